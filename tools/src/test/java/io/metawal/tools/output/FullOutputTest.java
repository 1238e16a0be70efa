package io.metawal.tools.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.tools.cli.MetawalCommand;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every verb that prints, with a standard output that takes nothing: exit code 14 and one line. */
class FullOutputTest {
    private static final String LINES = """
            {"epoch":1,"changes":[{"space":"kv","key":"k","put":"1"}]}
            {"epoch":2,"changes":[{"space":"kv","key":"k","put":"2"}]}
            """;

    @TempDir
    static Path directory;

    /** A stream on a full disk. */
    private static final class Full extends OutputStream {
        @Override
        public void write(int one) throws IOException {
            throw new IOException("No space left on device");
        }
    }

    private record Ran(int exit, String err) {}

    private static String repo() {
        return directory.resolve("repo").toString();
    }

    @BeforeAll
    static void makeARepository() {
        assertThat(run(OutputStream.nullOutputStream(), "init", "--repo", repo())
                        .exit())
                .isZero();
        assertThat(run(OutputStream.nullOutputStream(), "append", "--repo", repo())
                        .exit())
                .isZero();
        assertThat(run(OutputStream.nullOutputStream(), "snapshot", "create", "--repo", repo())
                        .exit())
                .isZero();
        assertThat(run(OutputStream.nullOutputStream(), "point", "create", "a", "--repo", repo())
                        .exit())
                .isZero();
    }

    private static Ran run(OutputStream to, String... words) {
        PrintStream before = System.out;
        InputStream in = System.in;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream out = StandardOutput.over(to);
        try (PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            System.setOut(out);
            System.setIn(new ByteArrayInputStream(LINES.getBytes(StandardCharsets.UTF_8)));
            return new Ran(MetawalCommand.run(words, out, err), said.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(before);
            System.setIn(in);
        }
    }

    static Stream<List<String>> verbs() {
        return Stream.of(
                        "--help",
                        "restore --help",
                        "--version",
                        "completion",
                        "init --repo " + directory.resolve("other"),
                        "info --repo " + repo(),
                        "info -o json --repo " + repo(),
                        "log --repo " + repo(),
                        "log -o json --repo " + repo(),
                        "log -o cloudevents --repo " + repo(),
                        "show latest --repo " + repo(),
                        "history kv/k --repo " + repo(),
                        "diff seq:1..latest --repo " + repo(),
                        "snapshot list --repo " + repo(),
                        "snapshot create --repo " + repo(),
                        "point list --repo " + repo(),
                        "point create b --repo " + repo(),
                        "timeline list --repo " + repo(),
                        "verify --level list --repo " + repo(),
                        "restore --to latest --plan --repo " + repo(),
                        "restore --to latest --into ndjson:" + directory.resolve("image") + " --repo " + repo(),
                        "restore --to latest --into ndjson:- --repo " + repo(),
                        "append --repo " + repo(),
                        "import ndjson:- --repo " + repo(),
                        "demo --fast --dir " + directory.resolve("demo"))
                .map(line -> List.of(line.split(" ")));
    }

    @ParameterizedTest
    @MethodSource("verbs")
    void endsWith14(List<String> words) {
        Ran ran = run(new Full(), words.toArray(String[]::new));
        assertThat(ran.exit()).as(ran.err()).isEqualTo(14);
        assertThat(ran.err().lines().filter(line -> line.startsWith("metawal: ")))
                .as(ran.err())
                .hasSize(1);
        assertThat(ran.err()).contains("standard output").doesNotContain("metawal itself");
    }
}
