package io.metawal.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

class ServerTableTest {
    private static final FoundServer FOUND = new FoundServer(Origin.PATH, "1.2", "/usr/bin/here", null);
    private static final ServerEntry HERE = entry("here", Optional.of(FOUND));
    private static final ServerEntry MISSING = entry("missing", Optional.empty());

    @TempDir
    private Path directory;

    private static ServerEntry entry(String name, Optional<FoundServer> found) {
        return new ServerEntry(name, "9", "Linux", "apt-get install " + name, List.of(Optional::empty, () -> found));
    }

    private static List<String> problems(String required) {
        return ServerRequirement.parse(required).problems(List.of(HERE, MISSING));
    }

    @Test
    void aRequirementNamesWhatIsMissingAndHowToGetIt() {
        String missing =
                "METAWAL_REQUIRE_SERVERS requires missing, which this machine does not have: apt-get install missing (Linux)";
        assertThat(problems("")).isEmpty();
        assertThat(problems("here")).isEmpty();
        assertThat(problems("here, missing")).containsExactly(missing);
        assertThat(problems("all")).containsExactly(missing);
        assertThat(problems("heer"))
                .containsExactly(
                        "METAWAL_REQUIRE_SERVERS names \"heer\", which is no server of the catalog: here, missing");
    }

    private static List<String> unused(String required, String... used) {
        return ServerRequirement.parse(required).unused(List.of(HERE, MISSING), Set.of(used));
    }

    @Test
    void aWholeRunUsesWhatIsRequired() {
        String here = "METAWAL_REQUIRE_SERVERS requires here, which no test of this run used";
        assertThat(unused("")).isEmpty();
        assertThat(unused("here", "here")).isEmpty();
        assertThat(unused("here")).containsExactly(here);
        assertThat(unused("all", "missing")).containsExactly(here);
    }

    /** Any of the environment's variables that is set, and one that is not. */
    @Test
    void aServerThatAVariableNamesIsNotMissing() throws Exception {
        ServerEntry named = MISSING.orRunning("PATH");
        ServerEntry unnamed = MISSING.orRunning("METAWAL_TEST_NO_SUCH_SERVER");
        assertThat(named.running()).contains(System.getenv("PATH"));
        assertThat(unnamed.running()).isEmpty();
        ServerRequirement all = ServerRequirement.parse("all");
        assertThat(all.problems(List.of(named))).isEmpty();
        assertThat(all.problems(List.of(unnamed))).hasSize(1);
        recorded(() -> {
            assertThat(named.useShared().where()).isEqualTo("PATH");
            assertThatThrownBy(() -> unnamed.use(unnamed.findRunning(), ServerRequirement.parse("")))
                    .isInstanceOf(TestAbortedException.class);
        });
        assertThat(new ServerTable(directory, List.of(named)).lines())
                .containsExactly(
                        "server   version  where              test classes",
                        "missing  ?        environment: PATH  1: ServerTableTest",
                        "missing 9 was missing for: ServerTableTest");
        ServerEntry both = HERE.orRunning("PATH");
        recorded(() -> {
            assertThat(both.useShared().where()).isEqualTo("PATH");
            assertThat(both.use()).isEqualTo(FOUND);
        });
    }

    @Test
    void aTestOfAMissingServerIsSkippedOrFails() throws Exception {
        ServerRequirement others = ServerRequirement.parse("here");
        recorded(() -> {
            assertThat(HERE.use(HERE.find(), others)).isEqualTo(FOUND);
            assertThatThrownBy(() -> MISSING.use(MISSING.find(), others))
                    .isInstanceOf(TestAbortedException.class)
                    .hasMessage("this machine has no missing 9: apt-get install missing (Linux)");
            assertThatThrownBy(() -> MISSING.use(MISSING.find(), ServerRequirement.parse("missing")))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("this machine has no missing 9: apt-get install missing (Linux)");
        });
        ServerTable table = new ServerTable(directory, List.of(HERE, MISSING));
        assertThat(table.lines()).contains("missing 9 was missing for: ServerTableTest");
        assertThat(table.unused(ServerRequirement.parse("missing")))
                .as("what did not run is no use")
                .hasSize(1);
    }

    @Test
    void theTableShowsWhoUsedWhatAndWhatWasMissing() throws Exception {
        Files.writeString(
                directory.resolve("1.uses.tsv"),
                "here\t1.2\tPATH: /usr/bin/here\ta.OneTest\nhere\t?\tenvironment: X\ta.TwoTest\nmissing\t\t\ta.TwoTest\n");
        Files.writeString(directory.resolve("2.uses.tsv"), "here\t1.2\tPATH: /usr/bin/here\ta.OneTest\n");
        assertThat(new ServerTable(directory, List.of(HERE, MISSING)).lines())
                .containsExactly(
                        "server   version  where                                test classes",
                        "here     1.2      PATH: /usr/bin/here; environment: X  2: OneTest TwoTest",
                        "missing  9        not here                             0",
                        "missing 9 is not here: apt-get install missing (Linux)",
                        "missing 9 was missing for: TwoTest");
    }

    @Test
    void allNamesAreShownWhereTheyAreAskedFor() throws Exception {
        StringBuilder uses = new StringBuilder();
        for (String test : List.of("A", "B", "C", "D", "E")) {
            uses.append("here\t1.2\tPATH: /usr/bin/here\tx.").append(test).append("\n");
        }
        Files.writeString(directory.resolve("1.uses.tsv"), uses);
        ServerTable table = new ServerTable(directory, List.of(HERE));
        assertThat(table.lines()).last().asString().endsWith("  5");
        assertThat(table.allLines()).last().asString().endsWith("  5: A B C D E");
    }

    /** A run without the module that looks for all servers has a table too. */
    @Test
    void aUseOfWhatIsNotFoundNowIsShown() throws Exception {
        Files.writeString(directory.resolve("1.uses.tsv"), "missing\t8.1\tMaven Central: missing\ta.OneTest\n");
        assertThat(new ServerTable(directory, List.of(MISSING)).lines())
                .containsExactly(
                        "server   version  where                   test classes",
                        "missing  8.1      Maven Central: missing  1: OneTest");
        assertThat(new ServerTable(directory.resolve("no-run"), List.of(HERE)).lines())
                .hasSize(2);
        Files.writeString(directory.resolve("2.uses.tsv"), "here\t3.1\tMaven Central: here\ta.OneTest\n");
        assertThat(new ServerTable(directory, List.of(HERE)).lines())
                .as("what was used, not what is found now")
                .last()
                .isEqualTo("here    3.1      Maven Central: here  1: OneTest");
    }

    @Test
    void aUseIsRecordedWithItsTestClass() throws Exception {
        recorded(() -> {
            assertThat(HERE.use()).isEqualTo(FOUND);
            assertThat(HERE.use()).isEqualTo(FOUND);
        });
        String file = ProcessHandle.current().pid() + ServerUses.SUFFIX;
        assertThat(Files.readString(directory.resolve(file)))
                .isEqualTo("here\t1.2\tPATH: /usr/bin/here\tio.metawal.testkit.servers.ServerTableTest\n");
    }

    /** With the record in the directory of this test. */
    private void recorded(Runnable uses) {
        String before = System.setProperty(ServerUses.DIRECTORY_PROPERTY, directory.toString());
        try {
            uses.run();
        } finally {
            if (before == null) {
                System.clearProperty(ServerUses.DIRECTORY_PROPERTY);
            } else {
                System.setProperty(ServerUses.DIRECTORY_PROPERTY, before);
            }
        }
    }
}
