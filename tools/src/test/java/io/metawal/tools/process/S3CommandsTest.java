package io.metawal.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.testkit.s3.S3Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A repository on S3 from its beginning to a restore, as an operator does it. */
@Tag("server")
@Tag("process")
class S3CommandsTest {
    private static final String COMMITS = """
            {"epoch":7,"time":"2026-11-21T04:08:14Z","changes":[{"space":"user","key":"ann","put":"admin"}]}
            {"epoch":8,"time":"2026-11-21T04:09:00Z","changes":[{"space":"user","key":"ann","delete":true}]}
            """;

    @TempDir
    Path directory;

    private int run;

    private String metawal(int exit, Map<String, String> variables, String... words) throws Exception {
        Path log = directory.resolve("log" + ++run);
        try (MetawalProcess process = MetawalProcess.start(log, variables, words)) {
            assertThat(process.exitCode())
                    .as(String.join(" ", words) + ": " + process.output())
                    .isEqualTo(exit);
            return process.output();
        }
    }

    @Test
    void fromInitToRestore() throws Exception {
        try (S3Server server = S3Server.start()) {
            Map<String, String> way = server.environment();
            String repo = server.freshUrl();
            String wal = directory.resolve("wal").toString();
            String file =
                    Files.writeString(directory.resolve("commits"), COMMITS).toString();
            assertThat(metawal(0, way, "init", "--repo", repo))
                    .contains("created")
                    .contains(repo);
            assertThat(metawal(2, way, "append", "--repo", repo, file)).contains("--wal DIR");
            metawal(0, way, "append", "--repo", repo, "--wal", wal, file);
            assertThat(metawal(0, way, "verify", "--repo", repo, "--level", "list"))
                    .contains("nothing is wrong");
            Path out = directory.resolve("out");
            metawal(0, way, "restore", "--repo", repo, "--to", "epoch:7", "--into", "ndjson:" + out);
            assertThat(Files.readString(out)).contains("admin");
        }
    }
}
