package io.metawal.connectors.risingwave.outside;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.metawal.connectors.risingwave.files.HummockParameters;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A8: what is not rewound is listed from the image, whichever way it was captured, by a plan and by a run. */
class OutsideTargetTest {
    /** A target that takes everything. */
    private static final class Sink implements RestoreTarget {
        @Override
        public String describe() {
            return "sink";
        }

        @Override
        public boolean staged() {
            return true;
        }

        @Override
        public void check(RestorePoint point) {}

        @Override
        public void examine(Entry entry) {}

        @Override
        public RestoreReport ready() {
            return new RestoreReport(1, 0, List.of("first"));
        }

        @Override
        public void prepare(RestorePoint point) {}

        @Override
        public void write(Entry entry) {}

        @Override
        public RestoreReport publish(Runnable beforeVisible) {
            return ready();
        }

        @Override
        public void close() {}
    }

    private static Entry row(String space, String key, String json) {
        return new Entry(EntryKey.of(space, key), ByteString.copyFromUtf8(json), ByteString.EMPTY);
    }

    /** As rows are captured: JSON is text in an object. */
    private static Entry captured(String space, String key, String row, String column, String json) {
        String text = json.replace("\"", "\\\"");
        return row(space, key, "{" + row + ",\"" + column + "\":{\"json\":\"" + text + "\"}}");
    }

    private static final List<Entry> CAPTURED = List.of(
            row("catalog.sql_fragment", "3", "{\"fragment_id\":3,\"fragment_type_mask\":2064,\"job_id\":70}"),
            row("catalog.sql_iceberg_tables", "c/n/t", "{\"table_name\":\"t\",\"table_namespace\":\"n\"}"),
            row("catalog.sql_pending_sink_state", "9/1", "{\"epoch\":1,\"sink_id\":9,\"sink_state\":\"PENDING\"}"),
            row("catalog.sql_secret", "1", "{\"name\":\"s\",\"secret_id\":1}"),
            captured(
                    "catalog.sql_sink",
                    "9",
                    "\"name\":\"lake\",\"sink_id\":9",
                    "properties",
                    "{\"connector\":\"iceberg\",\"is_exactly_once\":\"true\",\"s3.secret.key\":\"hidden\"}"),
            captured(
                    "catalog.sql_source",
                    "7",
                    "\"name\":\"pg\",\"source_id\":7",
                    "with_properties",
                    "{\"connector\":\"postgres-cdc\",\"password\":\"hidden\",\"slot.name\":\"rw_slot\"}"),
            captured(
                    "catalog.sql_source",
                    "8",
                    "\"name\":\"my\",\"source_id\":8",
                    "with_properties",
                    "{\"connector\":\"mysql-cdc\"}"),
            captured(
                    "catalog.sql_source",
                    "6",
                    "\"name\":\"k\",\"source_id\":6",
                    "with_properties",
                    "{\"connector\":\"kafka\"}"),
            row("catalog.sql_streaming_job", "70", "{\"job_id\":70,\"job_status\":\"CREATING\"}"),
            row("catalog.sql_streaming_job", "71", "{\"job_id\":71,\"job_status\":\"CREATED\"}"),
            row("catalog.sql_subscription", "1", "{\"name\":\"s\"}"),
            row("catalog.sql_table", "70", "{\"name\":\"big_mv\",\"table_id\":70}"),
            row("system.sql_system_parameter", "data_directory", "{\"name\":\"data_directory\",\"value\":\"h\"}"),
            row("system.store", "layout", "{\"model\":\"sql\",\"form\":\"rows\",\"version\":\"2.8.0\"}"));

    /** As a snapshot has them: JSON is in its place, words are those of the program. */
    private static final List<Entry> IMPORTED = List.of(
            row("catalog.sql_fragment", "3", "{\"fragment_id\":3,\"fragment_type_mask\":8192,\"job_id\":70}"),
            row("catalog.sql_sink", "9", "{\"sink_id\":9,\"name\":\"out\",\"properties\":{\"connector\":\"kafka\"}}"),
            row(
                    "catalog.sql_source",
                    "8",
                    "{\"source_id\":8,\"name\":\"my\",\"with_properties\":{\"connector\":\"mysql-cdc\"}}"),
            row("catalog.sql_streaming_job", "70", "{\"job_id\":70,\"job_status\":\"Creating\"}"),
            row("catalog.sql_table", "70", "{\"table_id\":70,\"name\":\"big_mv\"}"),
            row("system.store", "layout", "{\"model\":\"sql\",\"version\":\"2.6.3\"}"));

    private static RestoreReport planned(List<Entry> image, OutsideTarget.SchemaHistory histories) {
        try (OutsideTarget target = new OutsideTarget(new Sink(), histories, Map.of())) {
            image.forEach(target::examine);
            return target.ready();
        }
    }

    private static RestoreReport run(List<Entry> image) {
        try (OutsideTarget target =
                new OutsideTarget(new Sink(), OutsideTarget.SchemaHistory.UNSEEN, Map.of("data_directory", "copy"))) {
            target.prepare(new RestorePoint("prod", Provenance.START));
            image.forEach(target::write);
            return target.publish();
        }
    }

    private static void assertHas(List<String> notes, String... parts) {
        assertThat(notes).anySatisfy(note -> assertThat(note).contains(parts));
    }

    @Test
    void everyKindIsListedFromCapturedRows() {
        List<String> notes =
                planned(CAPTURED, OutsideTarget.SchemaHistory.UNSEEN).notes();
        assertThat(notes.get(0)).isEqualTo("first");
        assertHas(notes, "postgres-cdc source pg (7) (slot rw_slot)", "confirmed_flush_lsn", "lost without an error");
        assertHas(notes, "mysql-cdc source my (8)", "SHOW BINARY LOGS", "ALTER SOURCE");
        assertHas(notes, "iceberg sink lake (9)", "Exactly-once holds within one history only");
        assertHas(notes, "1 commit that exactly-once sinks had begun", "sink ids 9");
        assertHas(notes, "Iceberg table n.t");
        assertHas(notes, "1 job being created at the point: big_mv (70)", "Of them 70", "--with-time-travel");
        assertHas(notes, "1 subscription");
        assertHas(notes, "1 secret", "secret_store_private_key");
        assertThat(notes).noneMatch(note -> note.contains("kafka"));
        assertThat(notes).noneMatch(note -> note.contains("hidden"));
        assertThat(run(CAPTURED).notes()).containsExactlyElementsOf(notes);
    }

    @Test
    void andFromRowsOfASnapshot() {
        List<String> notes = run(IMPORTED).notes();
        assertHas(notes, "kafka sink out (9)", "readers get it twice");
        assertHas(notes, "mysql-cdc source my (8)");
        assertHas(notes, "1 job being created at the point: big_mv (70)", "Of them 70");
    }

    @Test
    void andFromMessagesOfEtcd() {
        List<Entry> image = List.of(
                message("catalog.sink", "5", out -> {
                    out.writeUInt32(1, 5);
                    out.writeString(4, "orders_out");
                    out.writeByteArray(12, pair("connector", "jdbc"));
                }),
                message("catalog.source", "3", out -> {
                    out.writeUInt32(1, 3);
                    out.writeString(4, "pg");
                    out.writeByteArray(8, pair("password", "hidden"));
                    out.writeByteArray(8, pair("connector", "postgres-cdc"));
                    out.writeByteArray(8, pair("slot.name", "rw_slot"));
                }),
                message("catalog.table", "4", out -> {
                    out.writeUInt32(1, 4);
                    out.writeString(4, "mv");
                    out.writeUInt32(31, 1);
                }));
        List<String> notes = run(image).notes();
        assertHas(notes, "postgres-cdc source pg (3) (slot rw_slot)");
        assertHas(notes, "jdbc sink orders_out (5)");
        assertHas(notes, "1 job being created at the point: mv (4). One in the foreground");
        assertThat(notes).noneMatch(note -> note.contains("hidden"));
    }

    @Test
    void aSchemaHistoryThatIsGoneIsAWarning() {
        List<String> asked = new ArrayList<>();
        OutsideTarget.SchemaHistory gone = (sources, parameters) -> {
            asked.addAll(sources);
            assertThat(parameters).isEqualTo(new HummockParameters("", "h", ""));
            return Set.copyOf(sources);
        };
        assertHas(planned(CAPTURED, gone).notes(), "WARNING: the schema history of mysql-cdc source 8");
        assertThat(asked).containsExactly("8");
        // Releases before v2.7 keep none.
        assertThat(planned(IMPORTED, gone).notes()).noneMatch(note -> note.startsWith("WARNING"));
    }

    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    private static Entry message(String space, String key, Fields fields) {
        return new Entry(EntryKey.of(space, key), ByteString.copyFrom(bytes(fields)), ByteString.EMPTY);
    }

    private static byte[] pair(String key, String value) {
        return bytes(out -> {
            out.writeString(1, key);
            out.writeString(2, value);
        });
    }

    private static byte[] bytes(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            fields.write(out);
            out.flush();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }
}
