package io.metawal.connectors.risingwave.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.risingwave.snapshot.RowJson;
import io.metawal.connectors.risingwave.snapshot.SnapshotFaultException;
import io.metawal.connectors.sql.row.JsonText;
import io.metawal.connectors.sql.row.RowCodec;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.SqlType;
import io.metawal.testkit.seed.Seeded;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows go into the form of a snapshot and come back the same; what the snapshot has is looked at by a reader of its own. */
class SnapshotRowsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @EnumSource
    void everyTableOfEveryEngineComesBack(SqlEngine engine) {
        Seeded.check(5, random -> comesBack(engine, random));
    }

    private static void comesBack(SqlEngine engine, RandomGenerator random) throws Exception {
        for (SqlModel model : SqlModel.values()) {
            SqlTable table = RwTables.of(model, engine);
            for (int n = 0; n < 20; n++) {
                SqlRow row = RwTables.random(table, n, random);
                ByteString json = RowsToSnapshot.row(model, table, row);
                SqlRow back = SnapshotToRows.row(model, table, json);
                assertThat(RowCodec.encode(back))
                        .as("%s %s", table, json.toStringUtf8())
                        .isEqualTo(RowCodec.encode(row));
                assertLooksRight(model, table, row, JSON.readTree(json.toStringUtf8()));
            }
        }
    }

    /** By serde's rules, from the row alone. */
    private static void assertLooksRight(SqlModel model, SqlTable table, SqlRow row, JsonNode json) throws Exception {
        assertThat(json.size()).isEqualTo(row.values().size());
        for (Map.Entry<String, @Nullable Object> each : row.values().entrySet()) {
            JsonNode value = json.get(each.getKey());
            Object expected = each.getValue();
            SqlType type = table.column(each.getKey()).map(SqlColumn::type).orElseThrow();
            String as = table + "." + each.getKey();
            if (expected == null) {
                assertThat(value.isNull()).as(as).isTrue();
            } else if (expected instanceof ByteString bytes && !each.getKey().equals("cluster_id")) {
                assertThat(value.isArray()).as(as).isTrue();
                List<Integer> found = new ArrayList<>();
                value.forEach(item -> found.add(item.intValue()));
                List<Integer> wanted = new ArrayList<>();
                bytes.forEach(item -> wanted.add(item & 0xff));
                assertThat(found).as(as).isEqualTo(wanted);
            } else if (expected instanceof JsonText text) {
                assertThat(value).as(as).isEqualTo(JSON.readTree(text.text()));
            } else if (expected instanceof Boolean) {
                assertThat(value.isBoolean()).as(as).isTrue();
            } else if (type == SqlType.TIMESTAMP) {
                assertThat(value.textValue()).as(as).matches("2024-05-01T12:00:00(\\.\\d{3}|\\.\\d{6})?");
            } else if (!EnumColumns.words(model, each.getKey()).isEmpty()) {
                assertThat(value.textValue()).as(as).matches("([A-Z][a-z]+)+");
            } else if (each.getKey().equals("cluster_id")) {
                assertThat(value.textValue()).as(as).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
            }
        }
    }

    @Test
    void aRowIsWhatTheStockToolReads() {
        SqlTable table = RwTables.of(SqlModel.OBJECT, SqlEngine.POSTGRESQL);
        SqlRow row = row("oid", 1001L, "obj_type", "TABLE", "owner_id", -5L, "initialized_at", "2024-05-01 12:00:00.1");
        assertThat(RowsToSnapshot.row(SqlModel.OBJECT, table, row).toStringUtf8())
                .isEqualTo("{\"initialized_at\":\"2024-05-01T12:00:00.100\",\"obj_type\":\"Table\",\"oid\":1001,"
                        + "\"owner_id\":4294967291}");
        SqlTable sequence = RwTables.of(SqlModel.HUMMOCK_SEQUENCE, SqlEngine.MARIADB);
        assertThat(RowsToSnapshot.row(SqlModel.HUMMOCK_SEQUENCE, sequence, row("name", "meta_backup", "seq", 42L))
                        .toStringUtf8())
                .isEqualTo("{\"name\":\"meta_backup\",\"seq\":42}");
        SqlTable log = RwTables.of(SqlModel.HUMMOCK_TABLE_CHANGE_LOG, SqlEngine.SQLITE);
        assertThat(RowsToSnapshot.row(
                                SqlModel.HUMMOCK_TABLE_CHANGE_LOG,
                                log,
                                row("table_id", 1L, "checkpoint_epoch", -1L, "new_value_sst", bytes(10, 3, 8, 177)))
                        .toStringUtf8())
                .isEqualTo("{\"checkpoint_epoch\":18446744073709551615,\"new_value_sst\":[10,3,8,177],\"table_id\":1}");
    }

    @Test
    void theWordsOfASnapshotAreTheVariantsOfTheProgram() {
        assertThat(EnumColumns.variant(SqlModel.TABLE, "table_type", "MATERIALIZED_VIEW"))
                .isEqualTo("MaterializedView");
        assertThat(EnumColumns.variant(SqlModel.TABLE, "handle_pk_conflict_behavior", "DO_UPDATE_IF_NOT_NULL"))
                .isEqualTo("DoUpdateIfNotNull");
        assertThat(EnumColumns.variant(SqlModel.WORKER, "worker_type", "RISE_CTL"))
                .isEqualTo("RiseCtl");
        assertThat(EnumColumns.variant(SqlModel.FUNCTION, "kind", "Scalar")).isEqualTo("Scalar");
        assertThat(EnumColumns.sql(SqlModel.CATALOG_VERSION, "name", "TableRevision"))
                .isEqualTo("TABLE_REVISION");
        assertThat(EnumColumns.sql(SqlModel.TABLE, "name", "MaterializedView")).isEqualTo("MaterializedView");
    }

    @Test
    void whatCannotBeIsNamed() {
        SqlTable object = RwTables.of(SqlModel.OBJECT, SqlEngine.POSTGRESQL);
        assertThatThrownBy(() -> RowsToSnapshot.row(SqlModel.OBJECT, object, row("obj_type", "PIPELINE")))
                .isInstanceOf(SnapshotFaultException.class)
                .hasMessageContaining("obj_type")
                .hasMessageContaining("PIPELINE")
                .hasMessageContaining("DATABASE");
        SqlTable sink = RwTables.of(SqlModel.SINK, SqlEngine.POSTGRESQL);
        assertThatThrownBy(() -> SnapshotToRows.row(SqlModel.SINK, sink, json("{\"sink_id\":1,\"name\":\"s\"}")))
                .isInstanceOf(SnapshotFaultException.class)
                .hasMessageContaining("columns (other)")
                .hasMessageContaining("public.sink")
                .hasMessageContaining("older RisingWave");
        SqlTable schema = RwTables.of(SqlModel.SCHEMA, SqlEngine.POSTGRESQL);
        assertThatThrownBy(() ->
                        SnapshotToRows.row(SqlModel.SCHEMA, schema, json("{\"schema_id\":4294967296,\"name\":\"s\"}")))
                .hasMessageContaining("whole number of 32 bits")
                .hasMessageContaining("4294967296");
        assertThatThrownBy(() -> SnapshotToRows.row(SqlModel.SCHEMA, schema, json("{\"schema_id\":true}")))
                .hasMessageContaining("expected a value of integer");
        SqlTable secret = RwTables.of(SqlModel.SECRET, SqlEngine.POSTGRESQL);
        assertThatThrownBy(() -> SnapshotToRows.row(SqlModel.SECRET, secret, json("{\"value\":[1,256]}")))
                .hasMessageContaining("256");
        assertThatThrownBy(() -> SnapshotToRows.row(SqlModel.SECRET, secret, json("[]")))
                .hasMessageContaining("one JSON object");
    }

    @Test
    void columnsThatTheTableDoesNotHaveAreKept() {
        SqlTable schema = RwTables.of(SqlModel.SCHEMA, SqlEngine.POSTGRESQL);
        SqlRow row = SnapshotToRows.row(
                SqlModel.SCHEMA,
                schema,
                json("{\"schema_id\":1,\"name\":\"s\",\"other\": [1, {\"x\":null}] ,\"flag\":true,\"more\":\"é\"}"));
        assertThat(row.value("other")).isEqualTo(new JsonText("[1, {\"x\":null}]"));
        assertThat(row.value("flag")).isEqualTo(true);
        assertThat(row.value("more")).isEqualTo("é");
    }

    @Test
    void keysOfBothFormsAreOfTheSameColumns() {
        RandomGenerator random = Seeded.random(7);
        for (SqlModel model : SqlModel.values()) {
            SqlTable table = RwTables.of(model, SqlEngine.POSTGRESQL);
            SqlRow row = RwTables.random(table, 1, random);
            String key = RowJson.key(model, RowsToSnapshot.row(model, table, row));
            if (model != SqlModel.CATALOG_VERSION) {
                assertThat(key).isEqualTo(row.key(table.primaryKey()));
            }
        }
    }

    static ByteString json(String text) {
        return ByteString.copyFromUtf8(text);
    }

    static ByteString bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return ByteString.copyFrom(bytes);
    }

    static SqlRow row(@Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> values = new TreeMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return SqlRow.of(values);
    }
}
