package io.metawal.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.testkit.s3.SeaweedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that share one SeaweedFS, as machines do: none overwrites what another wrote. */
@Tag("process")
@Tag("server")
class SeaweedSharedTest {
    @TempDir
    private Path directory;

    private MetawalProcess metawal(Map<String, String> variables, String... words) throws IOException {
        return MetawalProcess.start(Files.createTempFile(directory, "metawal", ".log"), variables, words);
    }

    private void done(Map<String, String> variables, String... words) throws Exception {
        try (MetawalProcess process = metawal(variables, words)) {
            assertThat(process.exitCode())
                    .as(String.join(" ", words) + ": " + process.output())
                    .isZero();
        }
    }

    private String[] append(String repo, String key, String wal) throws IOException {
        String commit = "{\"epoch\":7,\"time\":\"2026-11-21T04:08:14Z\",\"changes\":[{\"space\":\"user\",\"key\":\""
                + key + "\",\"put\":\"by " + key + "\"}]}\n";
        Path file = Files.writeString(directory.resolve(key), commit);
        return new String[] {
            "append", "--repo", repo, "--wal", directory.resolve(wal).toString(), file.toString()
        };
    }

    @Test
    void whatEveryWriterWasAcknowledgedIsThere() throws Exception {
        try (SeaweedServer server = SeaweedServer.start()) {
            Map<String, String> way = server.environment();
            String repo = server.freshUrl();
            done(way, "init", "--repo", repo);
            String[] ann = append(repo, "ann", "wal-ann");
            String[] bob = append(repo, "bob", "wal-bob");
            int annsEnd;
            int bobsEnd;
            try (MetawalProcess one = metawal(way, ann);
                    MetawalProcess other = metawal(way, bob)) {
                annsEnd = one.exitCode();
                bobsEnd = other.exitCode();
                assertThat(annsEnd == 0 || bobsEnd == 0)
                        .as(one.output() + other.output())
                        .isTrue();
            }
            server.kill();
            server.restart();
            // Who was refused has a log of its own that is no part of the history, and begins another.
            if (annsEnd != 0) {
                done(way, append(repo, "ann", "wal-ann-again"));
            }
            if (bobsEnd != 0) {
                done(way, append(repo, "bob", "wal-bob-again"));
            }
            done(way, "verify", "--repo", repo, "--level", "replay");
            Path out = directory.resolve("out");
            done(way, "restore", "--repo", repo, "--to", "latest", "--into", "ndjson:" + out);
            assertThat(Files.readString(out)).contains("by ann", "by bob");
        }
    }
}
