package io.metawal.tools.cli;

import static io.metawal.tools.cli.CommandLineFixture.metawal;
import static io.metawal.tools.cli.CommandLineFixture.metawalReading;
import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.testkit.kafka.KafkaBroker;
import io.metawal.tools.cli.CommandLineFixture.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --wal kafka://…} and {@code wal copy}, as a user gives them. */
@Tag("server")
@Tag("process")
class KafkaWalTest {
    private final KafkaBroker broker = KafkaBroker.shared();
    private final String topic = broker.url("wal-" + UUID.randomUUID());

    @TempDir
    Path directory;

    private String repo = "";

    @BeforeEach
    void init() {
        repo = directory.resolve("repo").toString();
        assertThat(metawal("init", "--repo", repo, "--cluster", "prod").exit()).isZero();
    }

    private static String commits(int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(n -> "{\"epoch\":" + n
                        + ",\"time\":\"2026-11-21T04:00:00Z\",\"changes\":[{\"space\":\"t\",\"key\":\"" + n % 7
                        + "\",\"put\":\"v" + n + "\"}]}\n")
                .collect(Collectors.joining());
    }

    private void append(String wal, int from, int to) {
        Ran ran = metawalReading(commits(from, to), "append", "--repo", repo, "--wal", wal);
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.lines()).hasSize(to - from + 1);
    }

    @Test
    void whatGoesThroughATopicIsArchivedAndRestored() throws IOException {
        append(topic, 1, 40);
        append(topic, 41, 60);
        Path file = directory.resolve("out.ndjson");
        Ran restored = metawal("restore", "--repo", repo, "--to", "epoch:50", "--into", "ndjson:" + file, "-o", "json");
        assertThat(restored.exit()).as(restored.err()).isZero();
        assertThat(restored.json().get("verified").asBoolean()).isTrue();
        assertThat(Files.readString(file))
                .contains("\"v50\"")
                .doesNotContain("v51")
                .doesNotContain("v43");
        assertThat(metawal("verify", "--repo", repo, "--level", "replay").exit())
                .isZero();
        assertThat(directory.resolve("repo.wal/log")).doesNotExist();
    }

    @Test
    void aLogIsCopiedToATopicAndBackAndIsTheSameHistory() {
        String first = directory.resolve("repo.wal").toString();
        String last = directory.resolve("other.wal").toString();
        append(first, 1, 300);
        Ran there = metawal("wal", "copy", "--repo", repo, "--from", first, "--to", topic, "-o", "json");
        assertThat(there.exit()).as(there.err()).isZero();
        assertThat(there.json().get("copied").asLong()).isEqualTo(300);
        append(first, 301, 310);
        Ran more = metawal("wal", "copy", "--repo", repo, "--from", first, "--to", topic, "-o", "json");
        assertThat(more.json().get("copied").asLong()).as(more.err()).isEqualTo(10);
        Ran back = metawal("wal", "copy", "--repo", repo, "--from", topic, "--to", last, "-o", "json");
        assertThat(back.exit()).as(back.err()).isZero();
        assertThat(back.json().get("chain")).isEqualTo(more.json().get("chain"));
        append(topic, 311, 320);
        append(last, 321, 330);
        assertThat(metawal("verify", "--repo", repo, "--level", "replay").exit())
                .isZero();
    }

    @Test
    void aTargetWithAnotherHistoryIsRefused() {
        String wal = directory.resolve("repo.wal").toString();
        append(topic, 1, 20);
        Ran copied = metawal("wal", "copy", "--repo", repo, "--from", topic, "--to", wal);
        assertThat(copied.exit()).as(copied.err()).isZero();
        append(wal, 21, 30);
        Ran backwards = metawal("wal", "copy", "--repo", repo, "--from", topic, "--to", wal);
        assertThat(backwards.exit()).as(backwards.err()).isEqualTo(15);
        assertThat(backwards.err()).contains("is not empty").contains("up to seq 30");
    }

    @Test
    void mistakesAreUsageErrors() {
        assertThat(metawal("append", "--repo", repo, "--wal", "kafka://nowhere/t")
                        .exit())
                .isEqualTo(2);
        assertThat(metawal("append", "--repo", repo, "--data-dir", "x").exit()).isEqualTo(2);
        Ran none = metawal(
                "wal",
                "copy",
                "--repo",
                repo,
                "--from",
                topic,
                "--to",
                directory.resolve("w").toString());
        assertThat(none.exit()).isEqualTo(2);
        assertThat(none.err()).contains("there is no hot log at " + topic);
        assertThat(metawal("wal", "copy", "--repo", repo, "--from", topic, "--to", topic)
                        .exit())
                .isEqualTo(2);
    }
}
