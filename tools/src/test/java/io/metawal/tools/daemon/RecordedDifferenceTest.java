package io.metawal.tools.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.connectors.etcd.EtcdOptions;
import io.metawal.connectors.etcd.EtcdSource;
import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.cdc.SqlSourceOptions;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.mysql.MysqlSource;
import io.metawal.connectors.sql.postgres.PostgresSource;
import io.metawal.connectors.sql.sqlite.SqliteSource;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.SourceDifference;
import io.metawal.metadata.port.Source;
import io.metawal.storage.repository.Gap;
import io.metawal.testkit.etcd.EtcdServer;
import io.metawal.testkit.sql.MariaDbServer;
import io.metawal.testkit.sql.MySqlServer;
import io.metawal.testkit.sql.PostgresServer;
import io.metawal.testkit.sql.SqlServer;
import io.metawal.tools.process.EtcdPeer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** I12: where the image is not what the source holds, the log says so: a gap, a base, and the commits in doubt. */
@Tag("server")
class RecordedDifferenceTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final String SECRET = "hunter2";

    @TempDir
    Path directory;

    /** How a source is written to by its own means. */
    private interface Writer {
        void put(int id, String value) throws Exception;

        void delete(int id) throws Exception;
    }

    @Test
    void ofASqliteFile() throws Exception {
        Path file = directory.resolve("source.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            Source source = new SqliteSource(
                    file, Duration.ofMillis(50), new SqlInterpretation.Plain("sqlite"), CLOCK, directory);
            check(source, tables(connection), "sql.main.t", "50");
        }
    }

    @Test
    @Tag("process")
    void ofAPostgres() throws Exception {
        try (PostgresServer server = PostgresServer.start()) {
            server.createDatabase("compared");
            try (Connection connection = server.connect("compared")) {
                Writer writer = tables(connection);
                Source source = new PostgresSource(
                        SqlUrl.parse(server.url("compared")),
                        options(),
                        new SqlInterpretation.Plain("postgresql"),
                        CLOCK);
                check(source, writer, "sql.public.t", "50");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mariadb", "mysql"})
    @Tag("process")
    void ofADatabaseWithABinaryLog(String engine) throws Exception {
        try (SqlServer server = engine.equals("mysql")
                ? MySqlServer.start("gtid-mode=ON", "enforce-gtid-consistency=ON")
                : MariaDbServer.start()) {
            server.createDatabase("compared");
            try (Connection connection = server.connect("compared")) {
                Writer writer = tables(connection);
                Source source = new MysqlSource(
                        SqlUrl.parse(server.url("compared")), options(), new SqlInterpretation.Plain(engine), CLOCK);
                check(source, writer, "sql.compared.t", "50");
            }
        }
    }

    @Test
    @Tag("process")
    void ofAnEtcd() throws Exception {
        try (EtcdServer server = EtcdServer.start();
                EtcdPeer etcd = new EtcdPeer(server.endpoint())) {
            Writer writer = new Writer() {
                @Override
                public void put(int id, String value) throws Exception {
                    etcd.put(key(id), ByteString.copyFromUtf8(value), 0).get();
                }

                @Override
                public void delete(int id) throws Exception {
                    etcd.delete(key(id), ByteString.EMPTY).get();
                }
            };
            check(new EtcdSource(EtcdOptions.parse(server.url()), CLOCK), writer, "kv", "k/50");
        }
    }

    private static ByteString key(int id) {
        return ByteString.copyFromUtf8("k/" + id);
    }

    private static SqlSourceOptions options() {
        return SqlSourceOptions.defaults().withHeartbeatMillis(100);
    }

    private static Writer tables(Connection connection) throws SQLException {
        run(connection, "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, v VARCHAR(100))");
        return new Writer() {
            @Override
            public void put(int id, String value) throws SQLException {
                run(connection, "INSERT INTO t VALUES (" + id + ", '" + value + "')");
            }

            @Override
            public void delete(int id) throws SQLException {
                run(connection, "DELETE FROM t WHERE id = " + id);
            }
        };
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** More rows than a slice, one insert that the capture misses, then one delete. */
    private void check(Source source, Writer writer, String space, String missedKey) throws Exception {
        for (int id = 1000; id < 1700; id++) {
            writer.put(id, "row " + id);
        }
        LossySource lossy = new LossySource(source, change -> missed(change, space, missedKey));
        long afterFirst;
        try (lossy;
                RunningCapture capture = new RunningCapture(directory, lossy)) {
            capture.awaitCompared(1);
            long agreed = Objects.requireNonNull(capture.head().compared()).seq();
            assertThat(capture.complaints()).isEmpty();

            writer.put(49, "seen");
            writer.put(50, SECRET);
            writer.put(51, "seen");
            Gap first = awaitGap(capture, 1);
            assertThat(found(first).first()).contains(missedKey).doesNotContain(SECRET);
            assertThat(found(first).agreed().seq())
                    .isGreaterThanOrEqualTo(agreed)
                    .isLessThanOrEqualTo(first.afterSeq());
            capture.awaitCompared(first.afterSeq() + 1);
            assertThat(capture.complaints()).singleElement().asString().startsWith("gap: 1");
            assertThat(ids(capture.restored("latest"))).contains(49, 50, 51).hasSize(703);

            writer.delete(50);
            writer.delete(49);
            Gap second = awaitGap(capture, 2);
            assertThat(found(second).first()).contains(missedKey);
            capture.awaitCompared(second.afterSeq() + 1);
            assertThat(ids(capture.restored("latest")))
                    .contains(51)
                    .doesNotContain(49, 50)
                    .hasSize(701);
            afterFirst = first.afterSeq();
            capture.stop();
            says(capture, afterFirst);
        }
    }

    private static boolean missed(Change change, String space, String key) {
        return change.entryKey().space().name().equals(space)
                && change.entryKey().key().equals(ByteString.copyFromUtf8(key));
    }

    private static Gap awaitGap(RunningCapture capture, int count) {
        capture.await(
                "gap " + count,
                () -> capture.history().manifest().state().gaps().size() >= count);
        List<Gap> gaps = capture.history().manifest().state().gaps();
        assertThat(gaps).hasSize(count);
        return gaps.get(count - 1);
    }

    private static SourceDifference found(Gap gap) {
        return SourceDifference.parse(gap.reason()).orElseThrow(() -> new AssertionError(gap.reason()));
    }

    private static List<Integer> ids(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("{\"space\":\"sql.") || line.startsWith("{\"space\":\"kv\""))
                .map(line -> line.replaceAll(".*\"key\":\"(?:k/)?(\\d+)\".*", "$1"))
                .map(Integer::parseInt)
                .collect(Collectors.toList());
    }

    private void says(RunningCapture capture, long doubtful) {
        var info = capture.command("info", "-o", "json").json();
        assertThat(info.path("lastCompared").path("seq").asLong()).isGreaterThan(doubtful);
        assertThat(info.path("inDoubt"))
                .as(capture.history().manifest() + capture.command("log").printed())
                .hasSize(2);
        assertThat(info.path("inDoubt").get(0).path("toSeq").asLong()).isEqualTo(doubtful);
        assertThat(capture.command("info").printed())
                .contains("compared   equal to the source at seq ")
                .containsPattern("are IN DOUBT: .*what was captured differs from the source in ");
        assertThat(capture.command("verify").printed()).contains("compared equal to the source at seq ");

        var clean = capture.command("restore", "--to", "latest", "--plan");
        assertThat(clean.printed())
                .contains("proof    what was captured was last compared equal with the source at seq ")
                .doesNotContain("IN DOUBT");
        assertThat(capture.command("restore", "--to", "seq:" + doubtful, "--plan")
                        .exit())
                .as("a plan alone says so as well")
                .isEqualTo(16);
        Path sound = directory.resolve("sound.ndjson");
        assertThat(capture.command("restore", "--to", "latest", "--into", "ndjson:" + sound, "--progress=none")
                        .printed())
                .contains("what was captured was last compared equal with the source at seq ");
        Path file = directory.resolve("doubtful.ndjson");
        var doubt =
                capture.command("restore", "--to", "seq:" + doubtful, "--into", "ndjson:" + file, "--progress=none");
        assertThat(doubt.printed()).contains("IN DOUBT: seq ");
        assertThat(doubt.exit()).as("done with warnings").isEqualTo(16);
    }

    /** Slices by the order of the database find what is missing on either side, whatever the keys are like. */
    @Test
    void keysOfManyKindsAreComparedInSlices() throws Exception {
        Path file = directory.resolve("source.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            run(connection, "CREATE TABLE two (a TEXT NOT NULL, b BLOB NOT NULL, v, PRIMARY KEY (a, b))");
            run(
                    connection,
                    "INSERT INTO two VALUES "
                            + IntStream.range(0, 900)
                                    .mapToObj(n ->
                                            "('" + (n % 7) + "/%', x'" + String.format("%04x", n) + "', " + n + ")")
                                    .collect(Collectors.joining(",")));
            Source source = new SqliteSource(
                    file, Duration.ofMillis(50), new SqlInterpretation.Plain("sqlite"), CLOCK, directory);
            LossySource lossy = new LossySource(
                    source, change -> change.entryKey().key().toStringUtf8().endsWith("ffff"));
            try (lossy;
                    RunningCapture capture = new RunningCapture(directory, lossy)) {
                capture.awaitCompared(1);
                assertThat(capture.history().manifest().state().gaps()).isEmpty();
                run(connection, "INSERT INTO two VALUES ('3/%', x'ffff', 1)");
                Gap gap = awaitGap(capture, 1);
                assertThat(found(gap).first()).contains("3%2F%25/ffff");
                capture.awaitCompared(gap.afterSeq() + 1);
                run(connection, "DELETE FROM two WHERE b = x'ffff'");
                capture.awaitCompared(awaitGap(capture, 2).afterSeq() + 1);
            }
        }
    }
}
