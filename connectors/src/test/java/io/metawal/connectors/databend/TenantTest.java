package io.metawal.connectors.databend;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.entry.SequenceMessage;
import io.metawal.connectors.databend.targets.ExportOptions;
import io.metawal.metadata.port.RestoreReport;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes with one tenant, by the rules of Databend's own {@code filter_tenant.rs}. */
class TenantTest {
    private static final byte[] NOTHING = {};

    @TempDir
    Path directory;

    private final TreeMap<String, byte[]> records = new TreeMap<>();

    private static byte[] digits(int number) {
        return ("" + number).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    private static byte[] message(int... bytes) {
        byte[] message = new byte[bytes.length + 5];
        for (int n = 0; n < bytes.length; n++) {
            message[n] = (byte) bytes[n];
        }
        byte[] version = {(byte) 0xa0, 6, 19, (byte) 0xa8, 6};
        System.arraycopy(version, 0, message, bytes.length, 5);
        return ByteString.copyFrom(message)
                .concat(ByteString.copyFrom(new byte[] {1}))
                .toByteArray();
    }

    /** What both tenants have; ids begin at {@code at}. */
    private void both(String tenant, int at) {
        records.put("__fd_database/" + tenant + "/db", digits(at));
        records.put("__fd_database_by_id/" + at, NOTHING);
        records.put("__fd_dictionaries_by_database/" + at + "/d", NOTHING);
        records.put("__fd_share_by/db/" + at, NOTHING);
        // A list of ids that is compressed: two tables that were dropped.
        records.put(
                "__fd_table_id_list/" + at + "/gone",
                SequenceMessage.compressed(ByteString.copyFrom(message(10, 2, at + 1, at + 2)))
                        .toByteArray());
        records.put("__fd_table_by_id/" + (at + 1), NOTHING);
        records.put("__fd_table_by_id/" + (at + 2), NOTHING);
        records.put("__fd_table_copied_file_lock/" + (at + 1), NOTHING);
        records.put("__fd_table_lvt/" + (at + 1), NOTHING);
        // An index that no name leads to, and one that was deleted.
        records.put("__fd_index_by_id/" + (at + 3), message(8, at + 1, 16, 1));
        records.put("__fd_index_id_to_name/" + (at + 3), NOTHING);
        records.put("__fd_marked_deleted_index/" + (at + 2) + "/" + (at + 4), NOTHING);
        records.put("__fd_index_id_to_name/" + (at + 4), NOTHING);
        records.put("__fd_row_access_policy/" + tenant + "/p", digits(at + 5));
        records.put("__fd_row_access_policy_by_id/" + tenant + "/" + (at + 5), NOTHING);
        records.put("__fd_row_access_policy_id_to_name/" + tenant + "/" + (at + 5), NOTHING);
        records.put("__fd_tag/" + tenant + "/tag", digits(at + 6));
        records.put("__fd_tag_by_id/" + tenant + "/" + (at + 6), NOTHING);
        records.put("__fd_tag_id_to_name/" + tenant + "/" + (at + 6), NOTHING);
        records.put("__fd_materialized_view_definition/" + tenant + "/" + (at + 1), NOTHING);
        records.put("__fd_materialized_view_by_source/" + tenant + "/" + (at + 1) + "/" + (at + 2), NOTHING);
        records.put("__fd_materialized_view_source_binding_version/" + tenant + "/" + (at + 1), NOTHING);
        records.put(tenant + "/history_log_transform/last_timestamp", NOTHING);
        records.put("__fd_vacuum_watermark_ts/" + tenant, NOTHING);
        records.put("__fd_sequence/" + tenant + "/s", NOTHING);
    }

    private RestoreReport export() {
        StringBuilder export = new StringBuilder();
        export.append("[\"header\",{\"DataHeader\":{\"key\":\"header\",\"value\":{\"version\":\"V004\"}}}]\n")
                .append("[\"state_machine/0\",{\"Sequences\":{\"key\":\"generic-kv\",\"value\":100}}]\n")
                .append("[\"state_machine/0\",{\"StateMachineMeta\":{\"key\":\"LastApplied\",\"value\":{\"LogId\":"
                        + "{\"leader_id\":{\"term\":1,\"node_id\":1},\"index\":9}}}}]\n");
        int seq = 1;
        for (var record : records.entrySet()) {
            export.append("[\"state_machine/0\",{\"GenericKV\":{\"key\":\"")
                    .append(record.getKey())
                    .append("\",\"value\":{\"seq\":")
                    .append(seq++)
                    .append(",\"meta\":{},\"data\":")
                    .append(numbers(record.getValue()))
                    .append("}}}]\n");
        }
        Imported imported = new Imported();
        imported.add(export.toString());
        return Imported.export(imported.latest(), directory.resolve("out"), ExportOptions.DEFAULT.withTenant("mine"));
    }

    private static String numbers(byte[] data) {
        StringBuilder numbers = new StringBuilder("[");
        for (byte b : data) {
            numbers.append(numbers.length() == 1 ? "" : ",").append(b & 0xff);
        }
        return numbers.append(']').toString();
    }

    private List<String> keys() {
        return Imported.lines(directory.resolve("out")).stream()
                .filter(line -> line.contains("GenericKV"))
                .map(line -> line.replaceAll(".*\"GenericKV\":\\{\"key\":\"([^\"]*)\".*", "$1"))
                .toList();
    }

    @Test
    void everything_that_its_objects_need_goes_with_it() {
        both("other", 50);
        TreeMap<String, byte[]> others = new TreeMap<>(records);
        both("mine", 10);
        for (String shared : List.of("__fd_id_gen/table_id", "__fd_table_lock_v2_seq", "__fd_explain_perf/x")) {
            records.put(shared, NOTHING);
        }
        RestoreReport report = export();
        List<String> wanted = records.keySet().stream()
                .filter(key -> !others.containsKey(key))
                // What only lasts while it is renewed.
                .filter(key -> !key.startsWith("__fd_explain_perf"))
                .toList();
        assertThat(keys()).containsExactlyElementsOf(wanted);
        assertThat(report.skipped()).isZero();
        assertThat(report.notes()).anyMatch(note -> note.startsWith(others.size() + " records that neither are"));
    }

    @Test
    void what_nobody_knows_is_named_and_makes_a_warning() {
        both("mine", 10);
        records.put("__fd_new_thing_by_id/7", NOTHING);
        records.put("__fd_new_thing_by_id/8", NOTHING);
        records.put("__fd_new_thing/mine/x", NOTHING);
        RestoreReport report = export();
        assertThat(report.skipped()).isEqualTo(2);
        assertThat(report.notes())
                .anyMatch(note ->
                        note.startsWith("2 records of kinds that this metawal does not know do not name the tenant"
                                + " and were left out: __fd_new_thing_by_id 2."));
        assertThat(keys()).contains("__fd_new_thing/mine/x").doesNotContain("__fd_new_thing_by_id/7");
    }
}
