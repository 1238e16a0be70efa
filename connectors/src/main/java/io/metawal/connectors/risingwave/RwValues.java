package io.metawal.connectors.risingwave;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.metawal.connectors.risingwave.proto.CatalogDatabase;
import io.metawal.connectors.risingwave.proto.CatalogRelation;
import io.metawal.connectors.risingwave.proto.CatalogSchema;
import io.metawal.connectors.risingwave.proto.CatalogSecret;
import io.metawal.connectors.risingwave.proto.CatalogSubscription;
import io.metawal.connectors.risingwave.proto.EpochNewChangeLog;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.HummockVersionStats;
import io.metawal.connectors.risingwave.proto.Level;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import io.metawal.connectors.risingwave.proto.StateTableInfo;
import io.metawal.connectors.risingwave.proto.TableFragments;
import io.metawal.connectors.risingwave.proto.TableWatermarks;
import io.metawal.connectors.risingwave.proto.UserInfo;
import io.metawal.connectors.risingwave.proto.VectorFileInfo;
import io.metawal.connectors.risingwave.proto.VectorIndex;
import io.metawal.connectors.view.ValueView;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** RisingWave's rows for people: what tells an object apart, never what is in its unknown fields. */
public final class RwValues implements ValueView {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer().preservingProtoFieldNames();
    private static final int COUNTER_BYTES = 8;

    private static final Map<String, Message> MESSAGES = Map.ofEntries(
            Map.entry("catalog.database", CatalogDatabase.getDefaultInstance()),
            Map.entry("catalog.schema", CatalogSchema.getDefaultInstance()),
            Map.entry("catalog.table", CatalogRelation.getDefaultInstance()),
            Map.entry("catalog.source", CatalogRelation.getDefaultInstance()),
            Map.entry("catalog.sink", CatalogRelation.getDefaultInstance()),
            Map.entry("catalog.index", CatalogRelation.getDefaultInstance()),
            Map.entry("catalog.view", CatalogRelation.getDefaultInstance()),
            Map.entry("catalog.function", CatalogRelation.getDefaultInstance()),
            Map.entry("catalog.connection", CatalogRelation.getDefaultInstance()),
            Map.entry("catalog.subscription", CatalogSubscription.getDefaultInstance()),
            Map.entry("catalog.secret", CatalogSecret.getDefaultInstance()),
            Map.entry("catalog.fragments", TableFragments.getDefaultInstance()),
            Map.entry("user.info", UserInfo.getDefaultInstance()),
            Map.entry("hummock.version", HummockVersion.getDefaultInstance()),
            Map.entry("hummock.delta", HummockVersionDelta.getDefaultInstance()),
            Map.entry("hummock.unapplied", HummockVersionDelta.getDefaultInstance()),
            Map.entry("hummock.stats", HummockVersionStats.getDefaultInstance()),
            Map.entry("hummock.group", HummockVersion.Levels.getDefaultInstance()),
            Map.entry("hummock.level", Level.getDefaultInstance()),
            Map.entry("hummock.sublevel", Level.getDefaultInstance()),
            Map.entry("hummock.sst", SstableInfo.getDefaultInstance()),
            Map.entry("hummock.table", StateTableInfo.getDefaultInstance()),
            Map.entry("hummock.watermark", TableWatermarks.getDefaultInstance()),
            Map.entry("hummock.changelog", EpochNewChangeLog.getDefaultInstance()),
            Map.entry("hummock.vector", VectorIndex.getDefaultInstance()),
            Map.entry("hummock.vectorfile", VectorFileInfo.getDefaultInstance()));

    /** What may hold a credential: a secret, a password's hash, the options of a connection, source, sink or table, a licence. */
    private static final Set<String> SENSITIVE = Set.of(
            "catalog.secret",
            "catalog.connection",
            "catalog.source",
            "catalog.sink",
            "catalog.table",
            "catalog.fragments",
            "user.info",
            "catalog.sql_secret",
            "catalog.sql_connection",
            "catalog.sql_source",
            "catalog.sql_sink",
            "catalog.sql_table",
            "catalog.sql_fragment",
            "user.sql_user",
            "system.parameter",
            "system.sql_system_parameter");

    /** Of a sensitive row of SQL, the columns that are none. */
    private static final Set<String> PLAIN_COLUMNS = Set.of(
            "name",
            "table_id",
            "source_id",
            "sink_id",
            "connection_id",
            "secret_id",
            "user_id",
            "fragment_id",
            "job_id");

    /** Of them, URLs may have credentials in them. */
    private static final Set<String> PARAMETERS =
            Set.of("system.parameter", "system.sql_system_parameter", "system.parameter_unknown");

    private static final Set<String> SECRET_PARAMETERS = Set.of("license_key");

    @Override
    public boolean knows(EntryKey key) {
        String space = key.space().name();
        return MESSAGES.containsKey(space)
                || RwModel.ofSpace(key.space()).isPresent()
                || key.space().equals(RwSpaces.ID_DEFAULT)
                || PARAMETERS.contains(space)
                || space.contains(".sql_");
    }

    @Override
    public Optional<String> name(Entry entry) {
        return decoded(entry).map(json -> json.path("name").asText("")).filter(name -> !name.isEmpty());
    }

    @Override
    public Optional<JsonNode> decoded(Entry entry) {
        String space = entry.entryKey().space().name();
        if (space.equals("id.default")) {
            return counter(entry.value());
        }
        if (space.contains(".sql_")) {
            return row(entry);
        }
        if (isParameter(entry)) {
            return SystemValues.holdsCredential(entry.value())
                    ? Optional.of(
                            TextNode.valueOf(SystemValues.masked(entry.value().toStringUtf8())))
                    : Optional.empty();
        }
        Message message = MESSAGES.get(space);
        return message == null || !knows(entry.entryKey()) ? Optional.empty() : json(message, entry.value());
    }

    private static Optional<JsonNode> counter(ByteString value) {
        return value.size() == COUNTER_BYTES
                ? Optional.of(JSON.createObjectNode()
                        .put(
                                "next",
                                Long.toUnsignedString(
                                        value.asReadOnlyByteBuffer().getLong())))
                : Optional.empty();
    }

    private static Optional<JsonNode> json(Message kind, ByteString value) {
        try {
            Message known = kind.getParserForType().parseFrom(value);
            JsonNode json = JSON.readTree(PRINTER.print(known));
            if (json instanceof ObjectNode object) {
                mask(object, "value");
                mask(object, "auth_info");
                if (known instanceof UserInfo user) {
                    object.setAll(Grants.of(user));
                }
            }
            return Optional.of(json);
        } catch (InvalidProtocolBufferException | JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static void mask(ObjectNode object, String field) {
        if (object.has(field)) {
            object.put(field, "***");
        }
    }

    private Optional<JsonNode> row(Entry entry) {
        JsonNode json;
        try {
            json = JSON.readTree(entry.value().toStringUtf8());
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
        boolean masked = sensitive(entry.entryKey());
        for (Map.Entry<String, JsonNode> column : json.properties()) {
            boolean plain = !masked || PLAIN_COLUMNS.contains(column.getKey());
            column.setValue(plain ? shown(column.getValue()) : TextNode.valueOf("***"));
        }
        return Optional.of(isParameter(entry) ? SystemValues.masked(json) : json);
    }

    /** The JSON of a captured row stands in it as text: {@code {"json":"…"}}. */
    private static JsonNode shown(JsonNode value) {
        if (value.size() != 1 || !value.path("json").isTextual()) {
            return value;
        }
        try {
            return JSON.readTree(value.path("json").asText());
        } catch (JsonProcessingException e) {
            return value;
        }
    }

    @Override
    public boolean sensitive(Entry entry) {
        return sensitive(entry.entryKey()) || isParameter(entry) && SystemValues.holdsCredential(entry.value());
    }

    private static boolean isParameter(Entry entry) {
        return PARAMETERS.contains(entry.entryKey().space().name());
    }

    @Override
    public boolean sensitive(EntryKey key) {
        String space = key.space().name();
        return SENSITIVE.contains(space) && (!space.startsWith("system.") || secretParameter(key));
    }

    private static boolean secretParameter(@Nullable EntryKey key) {
        return key != null && SECRET_PARAMETERS.contains(key.key().toStringUtf8());
    }
}
