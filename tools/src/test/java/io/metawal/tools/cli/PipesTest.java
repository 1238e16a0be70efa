package io.metawal.tools.cli;

import static io.metawal.tools.cli.CommandLineFixture.metawal;
import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.tools.cli.CommandLineFixture.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command that reads or writes a file takes a named pipe for one. */
@Tag("process")
class PipesTest {
    private static final String LINES = "{\"changes\":[{\"space\":\"kv\",\"key\":\"k\",\"put\":\"v\"}]}\n".repeat(3);

    @TempDir
    Path directory;

    @BeforeEach
    void makeARepository() {
        assertThat(metawal("init", "--repo", repo()).exit()).isZero();
    }

    private String repo() {
        return directory.resolve("repo").toString();
    }

    private Path pipe(String name) throws Exception {
        Path pipe = directory.resolve(name);
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        return pipe;
    }

    private static CompletableFuture<Void> writing(Path pipe, String text) {
        return CompletableFuture.runAsync(() -> {
            try {
                Files.writeString(pipe, text);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void appendAndImportTakeAllLinesOfAPipe() throws Exception {
        Path pipe = pipe("lines");
        CompletableFuture<Void> first = writing(pipe, LINES);
        Ran appended = metawal("append", "--repo", repo(), pipe.toString());
        first.join();
        assertThat(appended.exit()).as(appended.err()).isZero();
        assertThat(appended.lines()).hasSize(3);
        CompletableFuture<Void> second = writing(pipe, LINES);
        Ran imported = metawal("import", "--repo", repo(), "ndjson:" + pipe);
        second.join();
        assertThat(imported.exit()).as(imported.err()).isZero();
        assertThat(imported.lines()).hasSize(3);
    }

    @Test
    void theConfigurationMayComeThroughAPipe() throws Exception {
        Path pipe = pipe("config");
        CompletableFuture<Void> written = writing(pipe, "repo: " + repo() + "\n");
        Ran info = metawal("info", "-c", pipe.toString());
        written.join();
        assertThat(info.exit()).as(info.err()).isZero();
    }

    @Test
    void aRestoreGoesIntoAPipeWithTheReportElsewhere() throws Exception {
        assertThat(CommandLineFixture.metawalReading(LINES, "append", "--repo", repo())
                        .exit())
                .isZero();
        Path pipe = pipe("out");
        CompletableFuture<String> read = CompletableFuture.supplyAsync(() -> {
            try {
                return Files.readString(pipe);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        Ran restored = metawal("restore", "--repo", repo(), "--to", "latest", "--into", "ndjson:" + pipe);
        assertThat(restored.exit()).as(restored.err()).isZero();
        assertThat(read.join()).isEqualTo("{\"space\":\"kv\",\"key\":\"k\",\"value\":\"v\"}\n");
        assertThat(restored.out()).isEmpty();
        assertThat(restored.err())
                .contains("restored 1 entries")
                .contains("given completely; a stream cannot be read back")
                .doesNotContain("read back from the target");
        Ran standard = metawal("restore", "--repo", repo(), "--to", "latest", "--into", "ndjson:-", "-o", "json");
        assertThat(standard.exit()).as(standard.err()).isZero();
        assertThat(standard.out()).isEqualTo("{\"space\":\"kv\",\"key\":\"k\",\"value\":\"v\"}\n");
        assertThat(standard.err()).contains("\"verified\":true").contains("\"readBack\":false");
        Path file = directory.resolve("file");
        Ran whole = metawal("restore", "--repo", repo(), "--to", "latest", "--into", "ndjson:" + file);
        assertThat(whole.out()).contains("read back from the target").doesNotContain("a stream");
        assertThat(Path.of("-")).doesNotExist();
    }

    @Test
    void anUnknownKeyOfTheConfigurationIsOneLine() throws Exception {
        Path config = Files.writeString(directory.resolve("metawal.yaml"), "repo: " + repo() + "\nrepoo: x\n");
        Ran info = metawal("info", "-c", config.toString());
        assertThat(info.exit()).isEqualTo(2);
        assertThat(info.err().lines()).hasSize(1);
        assertThat(info.err()).contains("\"repoo\"").doesNotContain("Exception");
    }

    @Test
    void whatCannotBeReadIsNoErrorOfMetawal() {
        for (String place :
                new String[] {directory.toString(), directory.resolve("missing").toString()}) {
            for (String[] words : new String[][] {
                {"append", "--repo", repo(), place},
                {"import", "--repo", repo(), "ndjson:" + place},
                {"import", "--repo", repo(), "databend:" + place}
            }) {
                Ran ran = metawal(words);
                assertThat(ran.exit()).as(String.join(" ", words) + ran.err()).isEqualTo(2);
                assertThat(ran.err().lines()).hasSize(1);
            }
            Ran config = metawal("info", "-c", place);
            assertThat(config.exit()).as(config.err()).isEqualTo(2);
        }
    }
}
