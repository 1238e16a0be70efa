package io.metawal.tools.cli;

import static io.metawal.tools.cli.CommandLineFixture.metawal;
import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.testkit.etcd.EtcdServer;
import io.metawal.testkit.servers.ServerCatalog;
import io.metawal.testkit.servers.ServerEntry;
import io.metawal.tools.cli.CommandLineFixture.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every refusal of a restore, for every kind of target: the plan refuses with the same exit code, and changes nothing. */
@Tag("server")
@Tag("process")
class PlanIsRunTest {
    private static final int LARGE = 200_000;
    private static final int REQUEST_BYTES_MAX = 100_000;

    @TempDir
    static Path directory;

    private static EtcdServer empty;
    private static EtcdServer used;
    private static EtcdServer full;

    /** @param words placed after {@code restore --repo REPO --to latest} */
    private record Refusal(String name, String repository, int code, List<String> words) {
        @Override
        public String toString() {
            return name + " → " + code;
        }
    }

    private static Refusal of(String name, String repository, int code, String into, String... more) {
        List<String> words = new ArrayList<>(List.of("--into", into));
        words.addAll(List.of(more));
        return new Refusal(name, repository, code, words);
    }

    @BeforeAll
    static void makeThings() throws Exception {
        empty = EtcdServer.start("--max-request-bytes", String.valueOf(REQUEST_BYTES_MAX));
        used = EtcdServer.start();
        used.ctl("put", "there", "1");
        full = EtcdServer.start("--quota-backend-bytes", "100000");
        fill(full);
        repository("kv", put("kv", "a", "1"), put("kv", "b", "2"));
        repository("large", put("kv", "a", "1"), put("kv", "much", "v".repeat(LARGE)));
        repository("catalog", put("catalog.table", "1001", "orders"));
        Files.writeString(directory.resolve("there"), "something");
        Files.createDirectories(directory.resolve("folder"));
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("rows.db"));
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)");
            statement.execute("INSERT INTO t VALUES (1)");
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("empty.db"));
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)");
        }
    }

    @AfterAll
    static void stop() {
        empty.close();
        used.close();
        full.close();
    }

    private static void fill(EtcdServer server) {
        for (int n = 0; n < 100; n++) {
            try {
                server.ctl("put", "fill" + n, "v".repeat(20_000));
            } catch (IllegalStateException noSpace) {
                return;
            }
        }
        throw new AssertionError("the quota of etcd has no effect");
    }

    private static String put(String space, String key, String value) {
        return "{\"changes\":[{\"space\":\"" + space + "\",\"key\":\"" + key + "\",\"put\":\"" + value + "\"}]}\n";
    }

    private static void repository(String name, String... lines) {
        String url = directory.resolve(name).toString();
        assertThat(metawal("init", "--repo", url, "--cluster", name).exit()).isZero();
        Ran appended = CommandLineFixture.metawalReading(String.join("", lines), "append", "--repo", url);
        assertThat(appended.exit()).as(appended.err()).isZero();
    }

    static Stream<Refusal> refusals() {
        Path there = directory.resolve("there");
        Path missing = directory.resolve("missing/file");
        List<Refusal> all = new ArrayList<>();
        for (String scheme : List.of("ndjson:", "rocksdb:", "sql-dump:", "databend-export:")) {
            all.add(of(scheme + " that exists", "kv", 15, scheme + there));
            all.add(of(scheme + " without its directory", "kv", 2, scheme + missing));
            all.add(of(scheme + " without a name", "kv", 2, scheme));
        }
        String fresh = directory.resolve("fresh").toString();
        all.add(of("a dump of no database", "kv", 2, "sql-dump:" + fresh));
        all.add(of("an export of no Databend", "kv", 2, "databend-export:" + fresh));
        all.add(of("a database with rows", "kv", 15, "sqlite:" + directory.resolve("rows.db")));
        all.add(of("a database of no rows", "kv", 2, "sqlite:" + directory.resolve("empty.db")));
        all.add(of("a file of no rows", "kv", 2, "sqlite:" + fresh, "--create-schema"));
        all.add(of("no file", "kv", 11, "sqlite:" + fresh));
        all.add(of("a file without its directory", "kv", 2, "sqlite:" + missing, "--create-schema"));
        all.add(of("a meta store with rows", "kv", 15, "risingwave+sqlite:" + directory.resolve("rows.db")));
        all.add(of("a meta store of another service", "kv", 2, "risingwave+sqlite:" + directory.resolve("empty.db")));
        all.add(of("a backup of another service", "kv", 2, "risingwave-backup:" + directory.resolve("backup")));
        all.add(of("an etcd in use", "kv", 15, used.url()));
        all.add(of("a space that is none of etcd's", "catalog", 2, empty.url()));
        all.add(of("a value that is too large", "large", 18, empty.url()));
        all.add(of("an etcd without room", "kv", 13, full.url(), "--prefix", "a"));
        all.add(of("a meta store in use", "kv", 15, "risingwave+" + used.url()));
        all.add(of("a meta store of another service on etcd", "kv", 2, "risingwave+" + empty.url()));
        all.add(of("an etcd that does not answer", "kv", 11, "etcd://127.0.0.1:1"));
        all.add(of("a Databend that does not answer", "kv", 11, "databend+grpc://127.0.0.1:1"));
        all.add(of("a PostgreSQL that does not answer", "kv", 11, "postgres://u:p@127.0.0.1:1/d"));
        all.add(of("a MySQL that does not answer", "kv", 11, "mysql://u:p@127.0.0.1:1/d"));
        for (String into : List.of("ndjson:" + fresh, empty.url(), "sqlite:" + directory.resolve("empty.db"))) {
            all.add(of("a scratch that is missing, into " + into, "kv", 2, into, "--scratch", missing.toString()));
            all.add(of("a scratch that is a file, into " + into, "kv", 2, into, "--scratch", there.toString()));
        }
        all.add(of("threads below one", "kv", 2, "ndjson:" + fresh, "--threads", "-5"));
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void thePlanRefusesWhatTheRunRefuses(Refusal refusal) throws Exception {
        Map<String, String> before = state();
        Ran plan = restore(refusal, "--plan");
        assertThat(plan.exit()).as("plan: " + plan.out() + plan.err()).isEqualTo(refusal.code());
        assertThat(plan.err().lines().filter(line -> line.startsWith("metawal: ")))
                .as(plan.err())
                .hasSize(1);
        assertThat(state()).isEqualTo(before);
        Ran run = restore(refusal);
        assertThat(run.exit()).as("run: " + run.out() + run.err()).isEqualTo(refusal.code());
        assertThat(run.err()).contains(plan.err().lines().reduce((a, b) -> b).orElseThrow());
        assertThat(state()).isEqualTo(before);
    }

    private static Ran restore(Refusal refusal, String... more) {
        List<String> words = new ArrayList<>(List.of(
                "restore", "--repo", directory.resolve(refusal.repository()).toString(), "--to", "latest"));
        words.addAll(refusal.words());
        words.addAll(List.of(more));
        return metawal(words.toArray(String[]::new));
    }

    /** What is on disk and in the services. */
    private static Map<String, String> state() throws Exception {
        Map<String, String> state = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(PlanIsRunTest::isTarget).toList()) {
                state.put(
                        directory.relativize(file).toString(),
                        Files.isRegularFile(file) ? String.valueOf(Files.size(file)) : "folder");
            }
        }
        state.put("empty etcd", empty.ctl("get", "", "--from-key"));
        state.put("used etcd", used.ctl("get", "", "--from-key"));
        return state;
    }

    private static boolean isTarget(Path file) {
        return Stream.of("kv", "large", "catalog")
                .noneMatch(name ->
                        file.startsWith(directory.resolve(name)) || file.startsWith(directory.resolve(name + ".wal")));
    }

    @Test
    void aValueThatIsTooLargeIsNamedBeforeTheFirstWrite() throws Exception {
        Ran run = metawal(
                "restore", "--repo", directory.resolve("large").toString(), "--to", "latest", "--into", empty.url());
        assertThat(run.err()).contains("\"much\"").contains("200004 bytes").contains("--max-request-bytes");
        assertThat(empty.ctl("get", "", "--from-key", "--keys-only")).isBlank();
    }

    @Test
    void anImageThatIsLargerThanTheQuotaIsRefusedBeforeTheFirstWrite() throws Exception {
        String[] lines = new String[60];
        for (int n = 0; n < lines.length; n++) {
            lines[n] = put("kv", "k" + n, "v".repeat(50_000));
        }
        repository("wide", lines);
        for (ServerEntry version : ServerCatalog.etcdVersionsWithQuota()) {
            try (EtcdServer small = EtcdServer.start(version, "--quota-backend-bytes", "2000000")) {
                for (List<String> mode : List.of(List.of("--plan"), List.<String>of())) {
                    List<String> words = new ArrayList<>(List.of(
                            "restore",
                            "--repo",
                            directory.resolve("wide").toString(),
                            "--to",
                            "latest",
                            "--into",
                            small.url()));
                    words.addAll(mode);
                    Ran ran = metawal(words.toArray(String[]::new));
                    assertThat(ran.exit()).as(ran.err()).isEqualTo(13);
                    assertThat(ran.err()).contains("--quota-backend-bytes");
                }
                assertThat(small.ctl("get", "", "--from-key", "--keys-only")).isBlank();
            }
        }
    }

    @Test
    void batchesKeepWithinTheLimitsOfTheServer() throws Exception {
        String[] lines = new String[40];
        for (int n = 0; n < lines.length; n++) {
            lines[n] = put("kv", "k" + n, "v".repeat(20_000));
        }
        repository("many", lines);
        try (EtcdServer small = EtcdServer.start("--max-request-bytes", "60000", "--max-txn-ops", "2")) {
            Ran run = metawal(
                    "restore", "--repo", directory.resolve("many").toString(), "--to", "latest", "--into", small.url());
            assertThat(run.exit()).as(run.err()).isZero();
        }
    }

    @Test
    void whatIsSkippedIsCountedInThePlanAndInTheRun() throws IOException, SQLException {
        String repo = directory.resolve("kv").toString();
        String[] words = {
            "restore", "--repo", repo, "--to", "latest", "--into", empty.url(), "--prefix", "b", "-o", "json"
        };
        Ran plan = metawal(Stream.concat(Stream.of(words), Stream.of("--plan")).toArray(String[]::new));
        assertThat(plan.exit()).as(plan.err()).isEqualTo(16);
        assertThat(plan.json().path("into").path("skipped").asLong()).isEqualTo(1);
        assertThat(plan.json().path("into").path("entries").asLong()).isEqualTo(1);
        assertThat(empty.ctl("get", "", "--from-key", "--keys-only")).isBlank();
        String[] text = {"restore", "--repo", repo, "--to", "latest", "--into", empty.url(), "--prefix", "b"};
        Ran run = metawal(text);
        assertThat(run.exit()).as(run.err()).isEqualTo(16);
        assertThat(run.out()).contains("restored 1 of 2 entries").contains("skipped  1 entries");
        empty.ctl("del", "", "--from-key");
    }

    @Test
    void thePlanFoldsItsSegments() {
        String repo = directory.resolve("folded").toString();
        assertThat(metawal("init", "--repo", repo, "--cluster", "folded").exit())
                .isZero();
        for (int n = 0; n < 3; n++) {
            assertThat(CommandLineFixture.metawalReading(put("kv", "k", "v" + n), "append", "--repo", repo)
                            .exit())
                    .isZero();
        }
        Ran folded = metawal("restore", "--repo", repo, "--to", "latest", "--plan");
        assertThat(folded.lines().stream().filter(line -> line.contains("segments/")))
                .hasSize(1);
        assertThat(folded.out()).contains("(3; --verbose lists them)");
        Ran all = metawal("restore", "--repo", repo, "--to", "latest", "--plan", "-v");
        assertThat(all.lines().stream().filter(line -> line.contains("segments/")))
                .hasSize(3);
        Ran json = metawal("restore", "--repo", repo, "--to", "-PT0S", "--plan", "-o", "json");
        assertThat(json.json().path("segments")).hasSize(3);
        assertThat(json.json().path("requested").asText()).isEqualTo("-PT0S");
    }
}
