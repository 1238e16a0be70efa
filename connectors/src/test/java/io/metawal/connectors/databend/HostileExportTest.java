package io.metawal.connectors.databend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.connectors.databend.export.ExportReader;
import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.GapException;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.testkit.seed.Seeded;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Exports that are not what they should be: refused by line and field, with nothing of them imported. */
class HostileExportTest {
    private static final List<String> SOUND =
            new String(Exports.own("v002"), StandardCharsets.UTF_8).lines().toList();

    private static Arguments bad(String what, String line, String with, String said) {
        return Arguments.of(what, line, with, said);
    }

    static Stream<Arguments> replaced() {
        return Stream.of(
                bad(
                        "a number for a key",
                        "{\"key\":\"__fd_id_gen/database_id\",\"value\"",
                        "{\"key\":5,\"value\"",
                        "field GenericKV.key: expected a string, found 5"),
                bad(
                        "a string for a seq",
                        "\"value\":{\"seq\":3,",
                        "\"value\":{\"seq\":\"3\",",
                        "field GenericKV.value.seq: expected a whole number from 0 to 2^63-1, found the string \"3\""),
                bad(
                        "a seq of 65 bits",
                        "\"value\":{\"seq\":3,",
                        "\"value\":{\"seq\":18446744073709551616,",
                        "field GenericKV.value.seq: expected a whole number from 0 to 2^63-1, found a number of 65 bits"),
                bad(
                        "a seq of 64 bits",
                        "\"value\":{\"seq\":3,",
                        "\"value\":{\"seq\":9223372036854775808,",
                        "field GenericKV.value.seq: expected a whole number from 0 to 2^63-1, found 9223372036854775808"),
                bad(
                        "a negative seq",
                        "\"value\":{\"seq\":3,",
                        "\"value\":{\"seq\":-3,",
                        "field GenericKV.value.seq: expected a whole number from 0 to 2^63-1, found -3"),
                bad(
                        "no seq",
                        "\"value\":{\"seq\":3,",
                        "\"value\":{",
                        "field GenericKV.value.seq: expected a whole number from 0 to 2^63-1, found nothing"),
                bad(
                        "a seq of 0",
                        "\"value\":{\"seq\":3,",
                        "\"value\":{\"seq\":0,",
                        "field GenericKV.value.seq: expected a number from 1, found 0"),
                bad(
                        "a byte of 256",
                        "\"data\":[162,",
                        "\"data\":[256,",
                        "field GenericKV.value.data: expected an array of numbers from 0 to 255, found an array"),
                bad(
                        "a fraction for a byte",
                        "\"data\":[162,",
                        "\"data\":[1.5,",
                        "field GenericKV.value.data: expected an array of numbers from 0 to 255"),
                bad(
                        "text for data",
                        "\"data\":[49]",
                        "\"data\":\"1\"",
                        "field GenericKV.value.data: expected an array of numbers from 0 to 255, found the string \"1\""),
                bad(
                        "an expiry of 65 bits",
                        "\"meta\":{\"expire_at\":1700000120}",
                        "\"meta\":{\"expire_at\":18446744073709551616}",
                        "field GenericKV.value.meta.expire_at: expected a whole number from 0 to 2^64-1, or null"),
                bad(
                        "seqs beyond Sequences",
                        "{\"key\":\"generic-kv\",\"value\":9}",
                        "{\"key\":\"generic-kv\",\"value\":8}",
                        "field Sequences.value: expected at least the greatest seq of a record, 9 of \"__fd_database/test_t/db%20x\", found 8"),
                bad(
                        "no room for seqs",
                        "{\"key\":\"generic-kv\",\"value\":9}",
                        "{\"key\":\"generic-kv\",\"value\":9223372036854775807}",
                        "field Sequences.value: expected room for the seqs"),
                bad(
                        "an unknown tree twice",
                        "[\"state_machine/0\",{\"Sequences\"",
                        "[\"state_machine/7\",{\"Sequences\"",
                        "expected lines of one state machine, state_machine/0, found one of state_machine/7 too"),
                bad(
                        "an index hole",
                        "\"key\":7,\"value\":{\"log_id\":{\"leader_id\":{\"term\":1,\"node_id\":0},\"index\":7}",
                        "\"key\":8,\"value\":{\"log_id\":{\"leader_id\":{\"term\":1,\"node_id\":0},\"index\":8}",
                        "line 12, field log_id.index: expected 7, one more than the entry before, found 8"),
                bad(
                        "a duplicate index",
                        "\"key\":7,\"value\":{\"log_id\":{\"leader_id\":{\"term\":1,\"node_id\":0},\"index\":7}",
                        "\"key\":6,\"value\":{\"log_id\":{\"leader_id\":{\"term\":1,\"node_id\":0},\"index\":6}",
                        "line 12, field log_id.index: expected 7, one more than the entry before, found 6"),
                bad("blanks", "\"index\":7}", "\"index\":7} ", ""),
                bad(
                        "a term that falls",
                        "{\"term\":1,\"node_id\":0},\"index\":7}",
                        "{\"term\":0,\"node_id\":0},\"index\":7}",
                        "line 12, field log_id.term: expected at least that of the entry before, 1, found 0"),
                bad(
                        "a key beside its index",
                        "\"Logs\":{\"key\":7",
                        "\"Logs\":{\"key\":9",
                        "line 12, field Logs.key: expected the entry's index, 7, found 9"),
                bad(
                        "a time of year 10000",
                        "\"time_ms\":1700000000010",
                        "\"time_ms\":253402300800000",
                        "field Logs.value.payload.Normal.time_ms: expected ms since 1970 up to year 9999, found 253402300800000"),
                bad(
                        "a command that is a list",
                        "\"cmd\":{\"AddNode\"",
                        "\"cmd\":[],\"x\":{\"AddNode\"",
                        "field Logs.value.payload.Normal.cmd: expected an object, found an array"),
                bad(
                        "an expected that is text",
                        "\"expected\":0",
                        "\"expected\":\"EQ\"",
                        "condition[0].expected: expected a whole number"),
                bad(
                        "two variants",
                        "{\"Sequences\":",
                        "{\"X\":1,\"Sequences\":",
                        "expected an object of one member, the variant, found 2 members"),
                bad(
                        "a member twice",
                        "\"value\":{\"seq\":3,",
                        "\"value\":{\"seq\":3,\"seq\":3,",
                        "field GenericKV.value.seq: expected JSON, found Duplicate field 'seq'"),
                bad(
                        "no JSON",
                        "[\"state_machine/0\",{\"Sequences\"",
                        "[\"state_machine/0\";{\"Sequences\"",
                        "expected JSON, found Unexpected character (';'"),
                bad(
                        "something behind",
                        "\"value\":9}}]",
                        "\"value\":9}}] true",
                        "expected nothing behind the array, found more"),
                bad(
                        "an object for the line",
                        "[\"state_machine/0\",{\"Sequences\":{\"key\":\"generic-kv\",\"value\":9}}]",
                        "{\"a\":1}",
                        "expected an array of a tree's name and an object"),
                bad(
                        "a header behind",
                        "[\"state_machine/0\",{\"Sequences\":{\"key\":\"generic-kv\",\"value\":9}}]",
                        "[\"header\",{\"DataHeader\":{\"key\":\"header\",\"value\":{\"version\":\"V004\"}}}]",
                        "field DataHeader: expected the header in line 1 only, found one in line 26"),
                bad(
                        "another header key",
                        "{\"key\":\"header\"",
                        "{\"key\":\"head\"",
                        "line 1, field DataHeader.key: expected \"header\", found \"head\""),
                bad(
                        "keys out of order",
                        "\"key\":\"__fd_id_gen/database_id\",\"value\":{\"seq\"",
                        "\"key\":\"__fd_a/b\",\"value\":{\"seq\"",
                        "field GenericKV.key: expected a key greater than the one before, \"__fd_database_by_id/1\", found \"__fd_a/b\""),
                bad(
                        "a key twice",
                        "\"key\":\"__fd_id_gen/database_id\",\"value\":{\"seq\"",
                        "\"key\":\"__fd_database_by_id/1\",\"value\":{\"seq\"",
                        "field GenericKV.key: expected a key greater than the one before"),
                bad(
                        "LastApplied of another kind",
                        "\"LastApplied\",\"value\":{\"LogId\"",
                        "\"LastApplied\",\"value\":{\"Bool\"",
                        "field StateMachineMeta.value: expected a LogId"),
                bad(
                        "a node id that is text",
                        "\"Nodes\":{\"key\":1",
                        "\"Nodes\":{\"key\":\"1\"",
                        "field Nodes.key: expected a whole number from 0 to 2^64-1"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("replaced")
    void is_refused_by_line_and_field(String what, String part, String with, String said) {
        int number = 0;
        while (!SOUND.get(number).contains(part)) {
            number++;
        }
        List<String> lines = new ArrayList<>(SOUND);
        lines.set(number, lines.get(number).replace(part, with));
        Imported imported = new Imported();
        String export = String.join("\n", lines) + "\n";
        if (said.isEmpty()) {
            // Blanks between tokens are no fault.
            assertThat(imported.add(export).findings()).isEmpty();
            return;
        }
        assertThatThrownBy(() -> imported.add(export))
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("test line ")
                .hasMessageContaining(said)
                .hasMessageContaining("Nothing of this file was imported");
        assertThat(imported.sink.commits()).isEmpty();
    }

    @Test
    void a_line_names_its_number() {
        List<String> lines = new ArrayList<>(SOUND);
        lines.set(20, lines.get(20).replace("\"seq\":", "\"seq\":-"));
        assertThatThrownBy(() -> new Imported().add(String.join("\n", lines)))
                .hasMessageContaining("test line 21, field ");
    }

    @Test
    void a_last_line_that_breaks_off_is_refused_wherever_it_does() {
        String whole = String.join("\n", SOUND);
        int last = SOUND.get(SOUND.size() - 1).length();
        for (int cut = 1; cut < last; cut++) {
            Imported imported = new Imported();
            String export = whole.substring(0, whole.length() - cut);
            assertThatThrownBy(() -> imported.add(export))
                    .isInstanceOf(CorruptException.class)
                    .hasMessageContaining("line " + SOUND.size())
                    .hasMessageContaining("breaks off");
            assertThat(imported.sink.commits()).isEmpty();
        }
        assertThat(new Imported().add(whole).findings()).isEmpty();
    }

    @Test
    void log_lines_that_are_missing_behind_what_is_committed_are_noticed() {
        List<String> lines = new String(Exports.own("v004"), StandardCharsets.UTF_8)
                .lines()
                .filter(line ->
                        !line.contains("\"index\":12},\"payload\"") && !line.contains("\"index\":13},\"payload\""))
                .toList();
        assertThatThrownBy(() -> new Imported().add(String.join("\n", lines)))
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("field Committed.index: expected log lines up to it, found lines up to 11 only");
    }

    @Test
    void records_without_a_sequence_are_noticed_in_every_version() {
        for (String name : List.of("v0", "v001", "v002", "v003", "v004")) {
            Imported imported = new Imported();
            String export = new String(Exports.own(name), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.contains("\"Sequences\""))
                    .collect(java.util.stream.Collectors.joining("\n"));
            assertThatThrownBy(() -> imported.add(export))
                    .as(name)
                    .isInstanceOf(CorruptException.class)
                    .hasMessageContaining("no line tells the Sequences \"generic-kv\"");
            assertThat(imported.sink.commits()).isEmpty();
        }
    }

    @Test
    void an_unknown_data_version_is_named() {
        Imported imported = new Imported();
        assertThatThrownBy(() -> imported.add(String.join("\n", SOUND).replace("V002", "V100")))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("test line 1, field DataHeader.value.version: \"V100\" is not known")
                .hasMessageContaining("V001 to V004");
        assertThat(imported.sink.commits()).isEmpty();
    }

    @Test
    void bytes_that_are_not_utf8_are_named() {
        byte[] export = String.join("\n", SOUND)
                .replace("__fd_users/test_t", "__fd_users/test_#")
                .getBytes(StandardCharsets.UTF_8);
        int at = new String(export, StandardCharsets.US_ASCII).indexOf("\"GenericKV\":{\"key\":\"__fd_users/test_#")
                + 37;
        assertThat(export[at - 1]).isEqualTo((byte) '#');
        // A byte that never stands in UTF-8, an overlong form, half a surrogate pair: as long as what they replace.
        for (byte[] wrong :
                new byte[][] {{(byte) 0xff}, {(byte) 0xc0, (byte) 0xaf}, {(byte) 0xed, (byte) 0xa0, (byte) 0x80}}) {
            byte[] broken = Arrays.copyOf(export, export.length);
            System.arraycopy(wrong, 0, broken, at - 1, wrong.length);
            Imported imported = new Imported();
            assertThatThrownBy(() -> imported.add(broken))
                    .isInstanceOf(CorruptException.class)
                    .hasMessageContaining("field GenericKV.key: expected UTF-8, found the byte 0x");
            assertThat(imported.sink.commits()).isEmpty();
        }
    }

    @Test
    void a_line_of_a_gibibyte_is_refused_in_little_memory() {
        byte[] start = (SOUND.get(0)
                        + "\n[\"state_machine/0\",{\"GenericKV\":{\"key\":\"k\",\"value\":{\"seq\":1,\"meta\":null,\"data\":[1")
                .getBytes(StandardCharsets.US_ASCII);
        ExportReader reader = new ExportReader(
                "huge", () -> new SequenceInputStream(new ByteArrayInputStream(start), new Ones(1L << 30)));
        FoldingSink sink = new FoldingSink();
        assertThatThrownBy(() -> new DatabendImport(reader, ImportOptions.DEFAULT)
                        .run(com.google.protobuf.ByteString.EMPTY, sink))
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("huge line 2")
                .hasMessageContaining("expected a line of at most 150994944 bytes");
        assertThat(sink.commits()).isEmpty();
    }

    private static final class Ones extends InputStream {
        private long left;

        Ones(long bytes) {
            left = bytes;
        }

        @Override
        public int read() {
            return left-- > 0 ? '1' : -1;
        }

        @Override
        public int read(byte[] bytes, int off, int len) {
            if (left <= 0) {
                return -1;
            }
            Arrays.fill(bytes, off, off + len, (byte) '1');
            left -= len;
            return len;
        }
    }

    @Test
    void empty_and_hopeless_files_are_refused() {
        assertThatThrownBy(() -> new Imported().add(""))
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("an empty file");
        assertThatThrownBy(() -> new Imported().add(SOUND.get(0) + "\n"))
                .isInstanceOf(GapException.class)
                .hasMessageContaining("it has no state, and its log is empty");
    }

    @Test
    void a_log_that_does_not_reach_back_to_the_state_is_refused() {
        List<String> lines =
                SOUND.stream().filter(line -> !line.contains("\"Logs\"")).toList();
        String far =
                "[\"raft_log\",{\"LogEntry\":{\"log_id\":{\"leader_id\":{\"term\":1,\"node_id\":0},\"index\":12},\"payload\":\"Blank\"}}]";
        assertThatThrownBy(() -> new Imported().add(String.join("\n", lines) + "\n" + far))
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("expected a log that goes on from LastApplied, 10, found one that begins at 12");
    }

    @Test
    void another_cluster_is_refused() {
        Imported imported = new Imported();
        imported.add(Exports.own("v002"));
        int commits = imported.sink.commits().size();
        String other = String.join("\n", SOUND);
        assertThatThrownBy(() -> imported.add(other.replace(
                        "\"term\":1,\"node_id\":0},\"index\":10", "\"term\":2,\"node_id\":0},\"index\":10")))
                .isInstanceOf(SourceChangedException.class)
                .hasMessageContaining("the log ends at index 10 of term 1, the export has index 10 of term 2");
        assertThatThrownBy(() -> imported.add(other.replace("1700000020010", "1700000020011")))
                .isInstanceOf(SourceChangedException.class)
                .hasMessageContaining("index 10 of term 1 with other content");
        assertThat(imported.sink.commits()).hasSize(commits);
    }

    @Test
    void the_same_entry_in_another_versions_words_is_the_same() {
        Imported imported = new Imported();
        imported.add(Exports.own("v002"));
        String newer = String.join("\n", SOUND)
                .replace("\"txid\":null,", "")
                .replace(",\"prev_value\":true", "")
                .replace(",\"expire_at\":null}", "}");
        assertThat(imported.add(newer).findings()).isEmpty();
    }

    @Test
    void a_replay_that_differs_from_the_state_is_said_by_key_and_is_no_history() {
        Imported imported = new Imported();
        String export = String.join("\n", SOUND)
                .replace(
                        "\"value\":{\"seq\":8,\"meta\":null,\"data\":[49]",
                        "\"value\":{\"seq\":8,\"meta\":null,\"data\":[50]");
        ImportReport report = imported.add(export);
        assertThat(report.findings())
                .containsExactly(
                        "the log, replayed, differs from the export's own state at index 10 in 1 entry:"
                                + " id.__fd_sequence_storage __fd_sequence_storage/test_t/s (another value); history begins at index 10");
        assertThat(imported.sink.commits()).hasSize(1);
        assertThat(Imported.value(imported.latest(), "id.__fd_sequence_storage", "__fd_sequence_storage/test_t/s"))
                .isEqualTo("2");
    }

    @Test
    void an_entry_of_an_unknown_kind_ends_the_history_until_a_state_is_behind_it() {
        String old = new String(Exports.own("v004"), StandardCharsets.UTF_8);
        String unknown = old.replace("{\"KvTransaction\":", "{\"QuantumTransaction\":");
        Imported imported = new Imported();
        ImportReport report = imported.add(unknown);
        assertThat(report.to()).isEqualTo(10);
        assertThat(report.findings())
                .containsExactly("log entry 11 has the command QuantumTransaction, which this metawal does not know:"
                        + " it and what follows it were not imported, until an export whose state is behind it");
        String later = unknown.replace(
                "\"LastApplied\",\"value\":{\"LogId\":{\"leader_id\":{\"term\":1,\"node_id\":0},\"index\":10}",
                "\"LastApplied\",\"value\":{\"LogId\":{\"leader_id\":{\"term\":1,\"node_id\":0},\"index\":12}");
        ImportReport joined = imported.add(later);
        assertThat(joined.baseAt()).isEqualTo(12);
        assertThat(imported.sink.last().body().gapReason())
                .isEqualTo(
                        "Databend log entries 11 to 12 hold the command QuantumTransaction, which is not known; what they left at index 12 is here");
    }

    @Test
    void any_byte_changed_is_imported_whole_or_refused_with_a_typed_fault() {
        byte[] sound = Exports.own("v004");
        Seeded.check(400, random -> {
            byte[] export = sound.clone();
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                export[random.nextInt(export.length)] = (byte)
                        (random.nextInt(3) == 0 ? random.nextInt(256) : "{}[]\",:0n9".charAt(random.nextInt(10)));
            }
            Imported imported = new Imported();
            try {
                imported.add(export);
                assertThat(imported.sink.last().header().kind().restorable()).isTrue();
            } catch (MetawalException e) {
                assertThat(e.text()).contains("test");
                assertThat(imported.sink.commits()).isEmpty();
            }
        });
    }
}
