package io.metawal.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Looks for every server once, for the table of the run, and checks what {@code METAWAL_REQUIRE_SERVERS} requires. */
@Tag("process")
class ServerCatalogTest {
    private static final Path ROOT = Path.of(System.getProperty("metawal.root"));

    @Test
    void whatIsRequiredIsHere() throws Exception {
        String directory = System.getProperty(ServerUses.DIRECTORY_PROPERTY);
        if (directory != null) {
            ServerTable.writeAvailable(Path.of(directory), ServerCatalog.all());
        }
        assertThat(ServerRequirement.ofEnvironment().problems(ServerCatalog.all()))
                .isEmpty();
    }

    @Test
    void namesAreUnique() {
        assertThat(ServerCatalog.all()).extracting(ServerEntry::name).doesNotHaveDuplicates();
    }

    /** A version is in the catalog and in the script that fetches it. */
    @Test
    void theScriptsFetchTheVersionsOfTheCatalog() throws Exception {
        assertThat(versionsIn("fetch-etcd")).containsExactlyElementsOf(wanted("etcd-"));
        assertThat(versionsIn("fetch-databend")).containsExactlyElementsOf(wanted("databend-"));
        assertThat(versionsIn("fetch-seaweedfs")).containsExactlyElementsOf(wanted("seaweedfs"));
        assertThat(versionsIn("fetch-mysql")).containsExactlyElementsOf(wanted("mysql"));
    }

    private static List<String> wanted(String prefix) {
        return ServerCatalog.all().stream()
                .filter(entry -> entry.name().startsWith(prefix))
                .map(ServerEntry::wanted)
                .toList();
    }

    /** Those of the line {@code version=}, or of the list that begins with {@code versions=(} or {@code wheels=(}. */
    private static List<String> versionsIn(String script) throws Exception {
        List<String> versions = new ArrayList<>();
        boolean inList = false;
        for (String line : Files.readAllLines(ROOT.resolve("bin").resolve(script))) {
            inList |= line.startsWith("versions=(") || line.startsWith("wheels=(");
            if (inList || line.startsWith("version=")) {
                Pattern.compile("(?<![0-9a-f.])\\d+(\\.\\d+)+(?![0-9a-f.])")
                        .matcher(line)
                        .results()
                        .forEach(found -> versions.add(found.group()));
            }
            inList &= !line.endsWith(")");
        }
        return versions;
    }

    /** A fixture that looks for a program by itself would not be in the table. */
    @Test
    void onlyTheCatalogLooksForServers() throws Exception {
        List<String> others = new ArrayList<>();
        try (Stream<Path> files = Files.walk(ROOT.resolve("testkit/src/main/java"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String text = Files.readString(file);
                boolean own = Objects.requireNonNull(file.getParent()).endsWith("servers");
                if (!own && (text.contains("getenv(\"PATH\")") || text.contains("isDockerAvailable"))) {
                    others.add(file.toString());
                }
            }
        }
        assertThat(others).isEmpty();
    }
}
