package io.metawal.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.tools.cli.MetawalCommand;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is acknowledged and not archived is not there for who reads the repository: then nobody vouches for now. */
@Tag("process")
class AppendedTimesTest {
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    @TempDir
    Path directory;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test
    void nowIsNotKnownWhileAcknowledgedCommitsMayNotBeArchived() throws Exception {
        String repo = directory.resolve("repo").toString();
        Path first = Files.writeString(directory.resolve("first"), line("1"));
        assertThat(metawal("init", "--repo", repo)).isZero();
        assertThat(metawal("append", first.toString(), "--repo", repo)).isZero();
        assertThat(metawal("restore", "--to", "-PT0S", "--plan", "--repo", repo))
                .as("its writer stopped in good order")
                .isZero();
        Path out = directory.resolve("out");
        try (MetawalProcess append = MetawalProcess.start(
                out, "append", "/dev/stdin", "--repo", repo, "--segment-age", "PT1H", "--progress", "none")) {
            try (OutputStream in = append.input()) {
                in.write(line("2").getBytes(StandardCharsets.UTF_8));
                in.flush();
                acknowledged(out);
                append.kill();
            }
        }
        assertThat(metawal("restore", "--to", "-PT0S", "--plan", "--repo", repo))
                .isEqualTo(3);
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("later than what is known");
        assertThat(metawal("restore", "--to", "ago:PT0S", "--plan", "--repo", repo))
                .isEqualTo(3);
    }

    private static void acknowledged(Path out) throws Exception {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!Files.readString(out).contains("\"seq\":2")) {
            assertThat(System.nanoTime()).as(Files.readString(out)).isLessThan(deadline);
            LockSupport.parkNanos(20_000_000L);
        }
    }

    private static String line(String value) {
        return "{\"changes\":[{\"space\":\"t\",\"key\":\"a\",\"put\":\"" + value + "\"}]}\n";
    }

    private int metawal(String... words) {
        PrintStream to = new PrintStream(printed, true, StandardCharsets.UTF_8);
        return MetawalCommand.run(words, to, to);
    }
}
