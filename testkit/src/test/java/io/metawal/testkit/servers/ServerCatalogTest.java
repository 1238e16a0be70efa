package io.metawal.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Looks for every server once, and checks what {@code METAWAL_REQUIRE_SERVERS} requires. */
@Tag("process")
class ServerCatalogTest {
    private static final Pattern FINDS =
            Pattern.compile("getenv\\(\"(PATH|METAWAL_TEST_[A-Z0-9]+)\"\\)|isDockerAvailable"
                    + "|\"/usr/(bin|sbin|lib/postgresql)/(?!env\"|runuser\")|\"(psql|etcdctl|openssl|pgbackrest)\"");

    /** Of POSIX, and of util-linux where the test runs as root. */
    private static final Set<String> COMMON =
            Set.of("kill", "cp", "rm", "find", "chown", "chmod", "mkfifo", "mount", "umount", "sleep", "setpriv");

    private static final Path ROOT = Path.of(System.getProperty("metawal.root"));

    @Test
    void whatIsRequiredIsHere() {
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
        assertThat(versionsIn("fetch-etcd")).containsExactlyElementsOf(wanted("etcd-\\d.*"));
        assertThat(versionsIn("fetch-databend")).containsExactlyElementsOf(wanted("databend-.*"));
        assertThat(versionsIn("fetch-seaweedfs")).containsExactlyElementsOf(wanted("seaweedfs"));
        assertThat(versionsIn("fetch-mysql")).containsExactlyElementsOf(wanted("mysql"));
    }

    /** @param names a pattern */
    private static List<String> wanted(String names) {
        return ServerCatalog.all().stream()
                .filter(entry -> entry.name().matches(names))
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

    /** The engine is started in a network of its own, which needs more than leave to make one: the check does all of it. */
    @Test
    void databendIsMissingWhereItsNetworkCannotBeUsed() {
        Path python = ServerCatalog.databendVersions().get(0).use().programOrFail();
        assertThat(ServerCatalog.canLeaveTheNetwork(python, "")).isTrue();
        String refused = """
                import fcntl
                def refuse(*arguments):
                    raise PermissionError("lo stays down")
                fcntl.ioctl = refuse
                """;
        assertThat(ServerCatalog.canLeaveTheNetwork(python, refused)).isFalse();
        assertThat(ServerCatalog.canLeaveTheNetwork(python, "import fcntl\nfcntl.ioctl = lambda *arguments: None\n"))
                .as("lo stays down, and nobody says so")
                .isFalse();
    }

    /** A test that runs a program by its name fails where that is missing, and is not in the table. */
    @Test
    void programsThatATestNamesAreOnEverySystem() throws Exception {
        Pattern named = Pattern.compile(
                "(?:new ProcessBuilder|[ (]run|SqlPrograms\\.run)\\((?:List\\.of\\()?\\s*\"([^\"-]\\S*)\"");
        Set<String> programs = new TreeSet<>();
        for (Path file : sources()) {
            String text = Files.readString(file);
            if (text.contains("ProcessBuilder") || file.toString().contains("/testkit/")) {
                named.matcher(text).results().forEach(found -> programs.add(found.group(1)));
            }
        }
        assertThat(programs).contains("kill", "cp").isSubsetOf(COMMON);
    }

    private static List<Path> sources() throws Exception {
        List<Path> sources = new ArrayList<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path module : modules.toList()) {
                boolean ofTests = module.endsWith("testkit") || module.endsWith("bench");
                for (String part : ofTests ? List.of("src/main/java", "src/test/java") : List.of("src/test/java")) {
                    if (Files.isDirectory(module.resolve(part))) {
                        try (Stream<Path> files = Files.walk(module.resolve(part))) {
                            files.filter(file -> file.toString().endsWith(".java"))
                                    .forEach(sources::add);
                        }
                    }
                }
            }
        }
        return sources;
    }

    /** A fixture that looks for a program by itself would not be in the table. */
    @Test
    void onlyTheCatalogLooksForServers() throws Exception {
        List<String> others = new ArrayList<>();
        for (Path file : sources()) {
            String text = Files.readString(file);
            Path home = Objects.requireNonNull(file.getParent());
            boolean own = home.endsWith("testkit/servers") || home.endsWith("testkit/etcd");
            if (!own && FINDS.matcher(text).find()) {
                others.add(file.toString());
            }
        }
        assertThat(others).isEmpty();
    }
}
