package io.metawal.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    @Test
    void theTableShowsWhoUsedWhatAndWhatWasMissing() throws Exception {
        ServerTable.writeAvailable(directory, List.of(HERE, MISSING));
        Files.writeString(
                directory.resolve("1.uses.tsv"),
                "here\t1.2\tPATH: /usr/bin/here\ta.OneTest\nhere\t?\tenvironment: X\ta.TwoTest\nmissing\t\t\ta.TwoTest\n");
        Files.writeString(directory.resolve("2.uses.tsv"), "here\t1.2\tPATH: /usr/bin/here\ta.OneTest\n");
        assertThat(ServerTable.lines(directory))
                .containsExactly(
                        "server   version  where                                test classes",
                        "here     1.2      PATH: /usr/bin/here; environment: X  2: OneTest TwoTest",
                        "missing  9        not here                             0",
                        "missing 9 is not here: apt-get install missing (Linux)",
                        "missing 9 was missing for: TwoTest");
    }

    @Test
    void aUseIsRecordedWithItsTestClass() throws Exception {
        String before = System.setProperty(ServerUses.DIRECTORY_PROPERTY, directory.toString());
        try {
            assertThat(HERE.use()).isEqualTo(FOUND);
            assertThat(HERE.use()).isEqualTo(FOUND);
        } finally {
            if (before == null) {
                System.clearProperty(ServerUses.DIRECTORY_PROPERTY);
            } else {
                System.setProperty(ServerUses.DIRECTORY_PROPERTY, before);
            }
        }
        String file = ProcessHandle.current().pid() + ServerUses.SUFFIX;
        assertThat(Files.readString(directory.resolve(file)))
                .isEqualTo("here\t1.2\tPATH: /usr/bin/here\tio.metawal.testkit.servers.ServerTableTest\n");
    }
}
