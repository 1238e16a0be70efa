package io.metawal.connectors.risingwave.sql;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.metadata.commit.Meta;
import io.metawal.metadata.image.Entry;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@link RwSpaces#STORE} says of an image of a meta store on SQL.
 *
 * <pre>
 * {"engine":"postgresql","form":"rows","migration":"m20250821_081110_…","model":"sql","version":"2.6.0"}    rows captured
 * {"model":"sql","version":"2.6.3"}                                            imported from a snapshot
 * </pre>
 *
 * @param engine that rows were captured from; null for an imported snapshot
 * @param migration newest row of {@code seaql_migrations}; empty where there is none, and for an imported snapshot
 * @param version of captured rows, the first release that has this migration level; null where it is not known
 */
public record RwSqlStore(
        @Nullable SqlEngine engine,
        Form form,
        String migration,
        @Nullable RwVersion version) {
    /** How the values of the spaces {@code *.sql_*} are written. */
    public enum Form {
        /** {@link io.metawal.connectors.sql.row.RowCodec}, keys by the table's primary key. */
        ROWS,
        /** JSON as in RisingWave's snapshots of version 2, keys by {@code snapshot.RowJson}. */
        SNAPSHOT
    }

    public boolean captured() {
        return form == Form.ROWS;
    }

    public Entry entry() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("model", "sql");
        if (version != null) {
            json.put("version", version.toString());
        }
        if (form == Form.ROWS) {
            json.put("form", "rows").put("migration", migration);
            if (engine != null) {
                json.put("engine", engine.word());
            }
        }
        return new Entry(RwSpaces.STORE, Meta.of(json), ByteString.EMPTY);
    }

    /** Of the value of {@link RwSpaces#STORE}; empty where it is of no meta store on SQL. */
    public static Optional<RwSqlStore> parse(ByteString value) {
        JsonNode json = Meta.parse(value);
        if (json == null || !json.path("model").asText().equals("sql")) {
            return Optional.empty();
        }
        String version = json.path("version").asText();
        String engine = json.path("engine").asText();
        return Optional.of(new RwSqlStore(
                engine.isEmpty() ? null : SqlEngine.ofWord(engine),
                json.path("form").asText().equals("rows") ? Form.ROWS : Form.SNAPSHOT,
                json.path("migration").asText(),
                version.isEmpty() ? null : RwVersion.parse(version)));
    }
}
