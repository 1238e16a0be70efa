package io.metawal.tools.cli;

import static io.metawal.tools.cli.CommandLineFixture.metawal;
import static io.metawal.tools.cli.CommandLineFixture.metawalReading;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.tools.cli.CommandLineFixture.Ran;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** I7, with what Databend only ever raises: into a file, from history alone. */
@Tag("process")
class DatabendIdsTest {
    private static final String FIRST = "2026-01-01 00:00:00 UTC";
    private static final String LATER = "2026-03-01 00:00:00 UTC";

    @TempDir
    private Path directory;

    private final List<String> entries = new ArrayList<>();

    private void put(String key, byte[] value) {
        int index = entries.size();
        entries.add(
                "[\"raft_log\",{\"LogEntry\":{\"log_id\":{\"leader_id\":{\"term\":1,\"node_id\":1},\"index\":" + index
                        + "},\"payload\":{\"Normal\":{\"time_ms\":" + (1_790_000_000_000L + index)
                        + ",\"cmd\":{\"UpsertKV\":{\"key\":\"" + key + "\",\"seq\":\"Any\",\"value\":{\"Update\":["
                        + numbers(value)
                        + "]},\"value_meta\":null}}}}}}]");
    }

    private static String numbers(byte[] value) {
        return IntStream.range(0, value.length)
                .mapToObj(n -> "" + (value[n] & 0xff))
                .collect(Collectors.joining(","));
    }

    /** A {@code SequenceMeta} that was created at FIRST: step 1, {@code next} below 128. */
    private static byte[] sequence(int next) {
        return message("(\u0001" + "0" + (char) next);
    }

    private static byte[] time(String time) {
        return message("\n\u0017" + time);
    }

    private static byte[] message(String fields) {
        String created = fields.startsWith("\n") ? "" : "\n\u0017" + FIRST + "\u0012\u0017" + FIRST;
        byte[] text = (created + fields).getBytes(StandardCharsets.US_ASCII);
        byte[] versions = {(byte) 0xa0, 6, (byte) 0xb6, 1, (byte) 0xa8, 6, 24};
        return ByteString.copyFrom(text).concat(ByteString.copyFrom(versions)).toByteArray();
    }

    private void imported() {
        List<String> export = new ArrayList<>(List.of(
                "[\"header\",{\"DataHeader\":{\"key\":\"header\",\"value\":{\"version\":\"V004\"}}}]",
                "[\"raft_log\",{\"NodeId\":1}]",
                "[\"raft_log\",{\"Vote\":{\"leader_id\":{\"term\":1,\"node_id\":1},\"committed\":true}}]",
                "[\"raft_log\",{\"Committed\":{\"leader_id\":{\"term\":1,\"node_id\":1},\"index\":"
                        + (entries.size() - 1) + "}}]",
                "[\"raft_log\",{\"Purged\":null}]"));
        export.addAll(entries);
        assertThat(metawal("init", "--repo", repo()).exit()).isZero();
        Ran taken = metawalReading(String.join("\n", export), "import", "databend:-", "--repo", repo());
        assertThat(taken.exit()).as(taken.err()).isZero();
    }

    private String repo() {
        return directory.resolve("repo").toString();
    }

    private String restored(String... more) throws IOException {
        Path out = directory.resolve("out" + String.join("-", more).replace('+', '_'));
        List<String> arguments = new ArrayList<>(
                List.of("restore", "--to", "epoch:4", "--into", "databend-export:" + out, "--repo", repo()));
        arguments.addAll(List.of(more));
        Ran ran = metawal(arguments.toArray(String[]::new));
        assertThat(ran.exit()).as(ran.err()).isZero();
        return Files.readString(out);
    }

    private static String record(String key, byte[] value) {
        return "\"GenericKV\":{\"key\":\"" + key + "\",\"value\":{\"seq\":%d,\"meta\":null,\"data\":[" + numbers(value)
                + "]}";
    }

    @Test
    void aRestoreToBeforeAVacuumKeepsWhatItSaidAndSequencesGoOn() throws IOException {
        put("__fd_sequence/t/s", sequence(1));
        put("__fd_table_lvt/9", time(FIRST));
        put("__fd_sequence/t/s", sequence(10));
        put("__fd_sequence/t/dropped", sequence(5));
        put("__fd_table/1/t", new byte[] {57});
        put("__fd_sequence/t/s", sequence(25));
        put("__fd_table_lvt/9", time(LATER));
        put("__fd_vacuum_watermark_ts/t", time(LATER));
        put("__fd_sequence/t/created", sequence(3));
        put("__fd_table_lvt/11", time(FIRST));
        imported();
        String lines = restored();
        assertThat(lines)
                .contains(record("__fd_sequence/t/s", sequence(25)).formatted(3))
                .contains(record("__fd_sequence/t/dropped", sequence(5)).formatted(4))
                .contains(record("__fd_table_lvt/9", time(LATER)).formatted(7))
                .contains(record("__fd_vacuum_watermark_ts/t", time(LATER)).formatted(8))
                .contains(record("__fd_table_lvt/11", time(FIRST)).formatted(10))
                .doesNotContain("__fd_sequence/t/created");
        assertThat(restored("--ids", "newest+7"))
                .contains(record("__fd_sequence/t/s", sequence(32)).formatted(3));
        assertThat(restored("--ids", "target"))
                .contains(record("__fd_sequence/t/s", sequence(10)).formatted(3))
                .contains(record("__fd_table_lvt/9", time(FIRST)).formatted(2))
                .doesNotContain("__fd_vacuum_watermark_ts");
    }
}
