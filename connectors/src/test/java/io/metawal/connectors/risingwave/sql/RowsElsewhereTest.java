package io.metawal.connectors.risingwave.sql;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.RwValues;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.risingwave.files.FilesFirst;
import io.metawal.connectors.risingwave.files.HummockParameters;
import io.metawal.connectors.risingwave.files.ObjectIds;
import io.metawal.connectors.sql.row.JsonText;
import io.metawal.connectors.sql.row.RowCodec;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What reads rows of RisingWave's beside this package reads both forms: as captured, and as in a snapshot. */
class RowsElsewhereTest {
    private static final ByteString SECRET = ByteString.copyFromUtf8("top secret");
    private final RwValues values = new RwValues();

    private static Entry captured(SqlModel model, String key, SqlRow row) {
        return new Entry(
                new EntryKey(model.space(), ByteString.copyFromUtf8(key)), RowCodec.encode(row), ByteString.EMPTY);
    }

    private String shown(Entry entry) {
        assertThat(values.knows(entry.entryKey())).isTrue();
        return values.decoded(entry).orElseThrow().toString();
    }

    @Test
    void secretsOfCapturedRowsAreMasked() {
        JsonText password = new JsonText("{\"connector\": \"kafka\", \"password\": \"top secret\"}");
        List<Entry> rows = List.of(
                captured(SqlModel.SECRET, "1", SnapshotRowsTest.row("secret_id", 1L, "name", "n", "value", SECRET)),
                captured(SqlModel.USER, "1", SnapshotRowsTest.row("user_id", 1L, "name", "n", "auth_info", SECRET)),
                captured(
                        SqlModel.CONNECTION,
                        "1",
                        SnapshotRowsTest.row("connection_id", 1L, "name", "n", "info", SECRET, "params", SECRET)),
                captured(
                        SqlModel.SOURCE,
                        "1",
                        SnapshotRowsTest.row("source_id", 1L, "name", "n", "with_properties", password)),
                captured(SqlModel.SINK, "1", SnapshotRowsTest.row("sink_id", 1L, "name", "n", "properties", password)),
                captured(
                        SqlModel.SYSTEM_PARAMETER,
                        "license_key",
                        SnapshotRowsTest.row("name", "license_key", "value", "top secret")));
        String base64 = java.util.Base64.getEncoder().encodeToString(SECRET.toByteArray());
        for (Entry row : rows) {
            assertThat(values.sensitive(row.entryKey()))
                    .as("%s", row.entryKey())
                    .isTrue();
            assertThat(shown(row)).doesNotContain("top secret", base64).contains("***");
        }
        assertThat(values.name(rows.get(0))).contains("n");
    }

    @Test
    void jsonInACapturedRowIsShownAsSuch() {
        Entry job = captured(
                SqlModel.STREAMING_JOB,
                "7",
                SnapshotRowsTest.row("job_id", 7L, "parallelism", new JsonText("{\"Fixed\": 4}"), "timezone", null));
        assertThat(shown(job)).isEqualTo("{\"job_id\":7,\"parallelism\":{\"Fixed\":4},\"timezone\":null}");
    }

    @ParameterizedTest
    @EnumSource
    void objectsOfChangeLogs(RwSqlStore.Form form) {
        ByteString blob = SnapshotRowsTest.bytes(10, 3, 8, 177, 54, 10, 0);
        SqlRow row = SnapshotRowsTest.row(
                "checkpoint_epoch", 2L, "new_value_sst", blob, "old_value_sst", ByteString.EMPTY, "table_id", 1L);
        ByteString value = form == RwSqlStore.Form.ROWS
                ? RowCodec.encode(row)
                : RowsToSnapshot.row(
                        SqlModel.HUMMOCK_TABLE_CHANGE_LOG,
                        RwTables.of(
                                SqlModel.HUMMOCK_TABLE_CHANGE_LOG, io.metawal.connectors.sql.row.SqlEngine.POSTGRESQL),
                        row);
        ObjectIds ids = new ObjectIds();
        ids.addChangeLogRow(value);
        assertThat(ids.sorted()).containsExactly(0, 6961);
    }

    @Test
    void filesAreLookedForWhereTheParametersSay() {
        List<HummockParameters> asked = new ArrayList<>();
        try (FilesFirst target = new FilesFirst(new Nowhere(), (ids, parameters) -> asked.add(parameters))) {
            target.write(captured(
                    SqlModel.SYSTEM_PARAMETER,
                    "state_store",
                    SnapshotRowsTest.row("name", "state_store", "value", "hummock+s3://b", "is_mutable", false)));
            target.write(new Entry(
                    EntryKey.of("system.sql_system_parameter", "data_directory"),
                    ByteString.copyFromUtf8("{\"name\":\"data_directory\",\"value\":\"h1\",\"is_mutable\":false}"),
                    ByteString.EMPTY));
            target.publish();
        }
        assertThat(asked).containsExactly(new HummockParameters("hummock+s3://b", "h1", ""));
    }

    private static final class Nowhere implements RestoreTarget {
        @Override
        public String describe() {
            return "nowhere";
        }

        @Override
        public boolean staged() {
            return true;
        }

        @Override
        public void check(RestorePoint point) {}

        @Override
        public void examine(Entry entry) {
            write(entry);
        }

        @Override
        public RestoreReport ready() {
            return publish();
        }

        @Override
        public void prepare(RestorePoint point) {}

        @Override
        public void write(Entry entry) {}

        @Override
        public RestoreReport publish(Runnable beforeVisible) {
            beforeVisible.run();
            return new RestoreReport(0, 0, List.of());
        }

        @Override
        public void close() {}
    }
}
