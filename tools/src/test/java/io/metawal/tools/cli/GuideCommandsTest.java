package io.metawal.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Every command in the guides is one that there is, with options that there are. */
class GuideCommandsTest {
    static Stream<String> commands() throws IOException {
        try (Stream<Path> pages = Files.list(Path.of(System.getProperty("metawal.root", ".."))
                .resolve("docs")
                .resolve("guide"))) {
            return pages
                    .flatMap(GuideCommandsTest::lines)
                    .map(String::strip)
                    .filter(line -> line.startsWith("metawal "))
                    .toList()
                    .stream();
        }
    }

    /** Those between lines of three backquotes; a command may be on several. */
    private static Stream<String> lines(Path page) {
        List<String> commands = new ArrayList<>();
        boolean inside = false;
        try {
            for (String line :
                    Files.readString(page).replaceAll("\\\\\\n +", "").lines().toList()) {
                if (line.strip().startsWith("```")) {
                    inside = !inside;
                } else if (inside) {
                    commands.add(line);
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return commands.stream();
    }

    private static String[] words(String command) {
        return command.substring("metawal ".length())
                .replace("'", "")
                .replaceAll("(^| )-P", "$1ago:P")
                .split(" +");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void isUnderstood(String command) {
        CommandLine line = new CommandLine(new MetawalCommand());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        assertThatCode(() -> line.parseArgs(words(command))).doesNotThrowAnyException();
    }

    /** What goes with a target that it does not go with is refused later than that: here, at once. */
    @ParameterizedTest
    @MethodSource("commands")
    void optionsGoWithTheirTarget(String command) {
        List<String> words = List.of(words(command));
        int into = words.indexOf("--into");
        if (into >= 0) {
            List<String> options =
                    words.stream().filter(word -> word.startsWith("--")).toList();
            String url = words.get(into + 1);
            assertThatCode(() -> TargetScope.check(url, url, options)).doesNotThrowAnyException();
        }
    }

    @Test
    void thereAreSome() throws IOException {
        assertThat(commands()).hasSizeGreaterThan(8);
    }
}
