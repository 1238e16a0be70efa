package io.metawal.connectors.sql.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.testkit.seed.Seeded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real SQLite file, and others who write it. */
class SqliteSourceTest {
    private static final Duration EVERY = Duration.ofMillis(20);

    @TempDir
    private Path folder;

    private final FoldingSink sink = new FoldingSink();

    private Path file() {
        return folder.resolve("meta.db");
    }

    private Connection writer(String journal) throws SQLException {
        Connection writer = DriverManager.getConnection("jdbc:sqlite:" + file());
        Query.run(writer, "PRAGMA busy_timeout = 20000");
        var unused = Query.value(writer, "PRAGMA journal_mode = " + journal);
        return writer;
    }

    private SqliteSource source() {
        return new SqliteSource(file(), EVERY, new SqlInterpretation.Plain("sqlite"), InstantSource.system(), folder);
    }

    private Reading reading() {
        return new Reading(source(), sink);
    }

    private static void tables(Connection writer) throws SQLException {
        Query.run(
                writer,
                "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, name varchar NOT NULL, flag boolean, data blob)",
                "CREATE TABLE \"other one\" (a varchar, b varchar, PRIMARY KEY (a, b))");
    }

    /** Rows of the image, by space and key. */
    private static Map<String, String> rows(FoldingSink sink) {
        Map<String, String> rows = new TreeMap<>();
        try (ImageView image = sink.image();
                EntryIterator entries = image.entries()) {
            while (entries.hasNext()) {
                Entry entry = entries.next();
                if (entry.entryKey().space().name().startsWith("sql.")) {
                    rows.put(
                            entry.entryKey().key().toStringUtf8(), entry.value().toStringUtf8());
                }
            }
        }
        return rows;
    }

    /** The row with the key 1; empty where it is not there. */
    private static String row(FoldingSink sink) {
        return rows(sink).getOrDefault("1", "");
    }

    private static String text(long id, String name, String flag) {
        return "{\"data\":null,\"flag\":" + flag + ",\"id\":" + id + ",\"name\":\"" + name + "\"}";
    }

    private void awaitRows(Map<String, String> expected) throws InterruptedException {
        sink.await(expected.toString(), each -> rows(each).equals(expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"WAL", "DELETE"})
    void everyReadIsWhatTheFileHeld(String journal) throws Exception {
        RandomGenerator random = Seeded.random(journal.length());
        Map<String, String> model = new TreeMap<>();
        try (Connection writer = writer(journal)) {
            tables(writer);
            Query.run(writer, "INSERT INTO t VALUES (1, 'first', 1, NULL)");
            model.put("1", text(1, "first", "true"));
            try (Reading reading = reading()) {
                awaitRows(model);
                for (int n = 0; n < 60; n++) {
                    transaction(writer, random, model, n);
                    if (n % 5 == 0) {
                        awaitRows(model);
                    }
                }
                awaitRows(model);
                assertThat(reading.running()).isTrue();
            }
        }
        assertThat(sink.commits().get(0).header().kind()).isEqualTo(CommitKind.BASE);
        assertThat(sink.commits().stream().skip(1))
                .allMatch(commit -> commit.header().kind() == CommitKind.DATA);
        assertThat(sink.commits()).allMatch(commit -> !commit.body().afterGap());
    }

    /** A few changes in one transaction, or the same rolled back. */
    private static void transaction(Connection writer, RandomGenerator random, Map<String, String> model, int number)
            throws SQLException {
        boolean rolledBack = random.nextInt(4) == 0;
        Map<String, String> after = new TreeMap<>(model);
        Query.run(writer, "BEGIN IMMEDIATE");
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            long id = 1L + random.nextInt(8);
            if (random.nextInt(3) == 0) {
                Query.run(writer, "DELETE FROM t WHERE id = " + id);
                after.remove(Long.toString(id));
            } else {
                String name = "n" + number;
                Query.run(writer, "INSERT OR REPLACE INTO t VALUES (" + id + ", '" + name + "', 0, NULL)");
                after.put(Long.toString(id), text(id, name, "false"));
            }
        }
        Query.run(writer, rolledBack ? "ROLLBACK" : "COMMIT");
        if (!rolledBack) {
            model.clear();
            model.putAll(after);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"WAL", "DELETE"})
    void whatIsNotCommittedIsNotSeen(String journal) throws Exception {
        try (Connection writer = writer(journal)) {
            tables(writer);
            Query.run(writer, "INSERT INTO t VALUES (1, 'a', NULL, x'00ff')");
            try (Reading reading = reading()) {
                awaitRows(Map.of("1", "{\"data\":{\"base64\":\"AP8=\"},\"flag\":null,\"id\":1,\"name\":\"a\"}"));
                Query.run(writer, "BEGIN IMMEDIATE", "UPDATE t SET name = 'b'");
                long at = sink.observedMicros();
                sink.await("reads meanwhile", each -> each.observedMicros() > at + 3 * EVERY.toNanos() / 1000);
                assertThat(sink.commits()).as("nothing committed, nothing read").hasSize(1);
                Query.run(writer, "UPDATE t SET name = 'c'", "COMMIT");
                sink.await("the end of it", each -> row(each).contains("\"c\""));
                assertThat(sink.commits()).hasSize(2);
                assertThat(reading.running()).isTrue();
            }
        }
    }

    @Test
    void aMigrationIsANewBaseThatSaysWhatChanged() throws Exception {
        try (Connection writer = writer("WAL")) {
            tables(writer);
            Query.run(writer, "INSERT INTO t VALUES (1, 'a', NULL, NULL)");
            try (Reading reading = reading()) {
                awaitRows(Map.of("1", text(1, "a", "null")));
                Query.run(
                        writer,
                        "BEGIN",
                        "ALTER TABLE t ADD COLUMN more integer",
                        "CREATE TABLE fresh (id integer PRIMARY KEY)",
                        "DROP TABLE \"other one\"",
                        "UPDATE t SET more = 7",
                        "INSERT INTO fresh VALUES (9)",
                        "COMMIT");
                sink.await("a base", each -> each.commits().size() == 2);
                Commit base = sink.last();
                assertThat(base.header().kind()).isEqualTo(CommitKind.BASE);
                assertThat(base.body().gapReason())
                        .contains("table main.fresh is new")
                        .contains("table main.t: column \"more\" is new")
                        .contains("table main.other one is gone");
                assertThat(rows(sink).get("1")).contains("\"more\":7");
                assertThat(rows(sink).get("9")).isEqualTo("{\"id\":9}");
                Query.run(writer, "UPDATE t SET more = 8");
                sink.await("what follows", each -> row(each).contains("\"more\":8"));
                assertThat(sink.last().header().kind()).isEqualTo(CommitKind.DATA);
                assertThat(reading.running()).isTrue();
            }
        }
    }

    @Test
    void aRestartGoesOnWhereTheLogEnds() throws Exception {
        try (Connection writer = writer("WAL")) {
            tables(writer);
            Query.run(writer, "INSERT INTO t VALUES (5, 'a', NULL, NULL)");
            try (Reading reading = reading()) {
                awaitRows(Map.of("5", text(5, "a", "null")));
                assertThat(reading.running()).isTrue();
            }
            long observed = sink.observedMicros();
            try (Reading reading = reading()) {
                sink.await("a quiet file", each -> each.observedMicros() > observed);
                assertThat(reading.running()).isTrue();
            }
            assertThat(sink.commits()).hasSize(1);
            Query.run(writer, "DELETE FROM t", "INSERT INTO t (name) VALUES ('b')");
            try (Reading reading = reading()) {
                awaitRows(Map.of("6", text(6, "b", "null")));
                assertThat(reading.running()).isTrue();
            }
            assertThat(sink.commits()).hasSize(2);
            assertThat(sink.last().header().kind()).isEqualTo(CommitKind.DATA);
            assertThat(sink.last().body().sourcePosition().toStringUtf8())
                    .contains("\"every\":\"PT0.02S\"")
                    .contains("\"reads\":2")
                    .doesNotContain("base_after");
        }
    }

    @Test
    void counterNeverFallsWhenRowsAreDeleted() throws Exception {
        try (Connection writer = writer("WAL")) {
            tables(writer);
            Query.run(writer, "INSERT INTO t VALUES (41, 'a', NULL, NULL)", "DELETE FROM t");
            try (Reading reading = reading()) {
                sink.await("a base", each -> each.commits().size() == 1);
                assertThat(counter()).isEqualTo("41");
                Query.run(writer, "DELETE FROM sqlite_sequence", "INSERT INTO t VALUES (3, 'b', NULL, NULL)");
                awaitRows(Map.of("3", text(3, "b", "null")));
                assertThat(counter()).isEqualTo("41");
                Query.run(writer, "INSERT INTO t VALUES (50, 'b', NULL, NULL)");
                sink.await("a row more", each -> rows(each).size() == 2);
                assertThat(counter()).isEqualTo("50");
                assertThat(reading.running()).isTrue();
            }
        }
    }

    private String counter() {
        try (ImageView image = sink.image()) {
            Entry entry = image.find(io.metawal.metadata.commit.EntryKey.of("id.auto_increment", "main/t"));
            return entry == null ? "" : entry.value().toStringUtf8();
        }
    }

    private void captureOnce(String statement) throws Exception {
        try (Connection writer = writer("DELETE")) {
            tables(writer);
            Query.run(writer, "INSERT INTO t VALUES (1, 'a', NULL, NULL)", statement);
            try (Reading reading = reading()) {
                sink.await("a base", each -> each.commits().size() == 1);
                assertThat(reading.running()).isTrue();
            }
        }
    }

    private SourceChangedException changed() throws InterruptedException {
        try (Reading reading = reading()) {
            Throwable ended = reading.ended();
            assertThat(ended).isInstanceOf(SourceChangedException.class);
            return (SourceChangedException) ended;
        }
    }

    @Test
    void anotherFileUnderThePathIsToldApart() throws Exception {
        captureOnce("SELECT 1");
        Files.copy(file(), folder.resolve("copy.db"));
        Files.move(folder.resolve("copy.db"), file(), StandardCopyOption.REPLACE_EXISTING);
        assertThat(changed()).hasMessageContaining("is another file").hasMessageContaining("new repository");
        assertThat(sink.commits()).hasSize(1);
    }

    @Test
    void aFileThatIsReplacedWhileItIsReadIsToldApart() throws Exception {
        try (Connection writer = writer("DELETE")) {
            tables(writer);
        }
        Files.copy(file(), folder.resolve("copy.db"));
        try (Reading reading = reading()) {
            sink.await("a base", each -> each.commits().size() == 1);
            Files.move(folder.resolve("copy.db"), file(), StandardCopyOption.REPLACE_EXISTING);
            assertThat(reading.ended())
                    .isInstanceOf(SourceChangedException.class)
                    .hasMessageContaining("is another file");
        }
    }

    @Test
    void anEmptiedFileIsToldApart() throws Exception {
        captureOnce("SELECT 1");
        Files.write(file(), new byte[0]);
        try (Connection writer = writer("DELETE")) {
            Query.run(writer, "CREATE TABLE t (id INTEGER PRIMARY KEY)");
        }
        assertThat(changed()).hasMessageContaining("schema version is 1").hasMessageContaining("emptied");
    }

    @Test
    void aFileThatWentBackIsToldApart() throws Exception {
        try (Connection writer = writer("DELETE")) {
            tables(writer);
        }
        byte[] old = Files.readAllBytes(file());
        try (Connection writer = writer("DELETE");
                Reading reading = reading()) {
            for (int n = 1; n < 5; n++) {
                Query.run(writer, "INSERT INTO t VALUES (" + n + ", 'a', NULL, NULL)");
                int rows = n;
                sink.await("a row", each -> rows(each).size() == rows);
            }
            assertThat(reading.running()).isTrue();
        }
        // The same inode, the content of before.
        Files.write(file(), old);
        assertThat(changed()).hasMessageContaining("went back").hasMessageContaining("change counter");
    }

    @Test
    void aFileThatIsNotThereIsWaitedFor() throws Exception {
        Path away = folder.resolve("away.db");
        try (Reading reading = reading()) {
            try (Connection writer = writer("DELETE")) {
                // In one transaction: a look in between would see some of the tables, and say so.
                Query.run(writer, "BEGIN");
                tables(writer);
                Query.run(writer, "INSERT INTO t VALUES (1, 'a', NULL, NULL)", "COMMIT");
            }
            sink.await("the row", each -> rows(each).size() == 1);
            Files.move(file(), away);
            // What was asked before may still be told; then nothing is.
            long told = -1;
            while (told != sink.observedMicros()) {
                told = sink.observedMicros();
                var unused = new CountDownLatch(1).await(5 * EVERY.toMillis(), TimeUnit.MILLISECONDS);
            }
            Files.move(away, file());
            try (Connection writer = writer("DELETE")) {
                Query.run(writer, "INSERT INTO t VALUES (2, 'b', NULL, NULL)");
            }
            sink.await("the second row", each -> rows(each).size() == 2);
            assertThat(reading.running()).isTrue();
        }
        assertThat(sink.commits()).hasSize(2);
    }

    @Test
    void aFileThatIsNoDatabaseEndsTheCaptureAfterAFewTries() throws IOException, InterruptedException {
        Files.writeString(file(), "this is no database at all".repeat(100));
        try (Reading reading = reading()) {
            assertThat(reading.ended()).hasMessageContaining("not a database");
        }
    }

    @Test
    void whatTheIntervalCanTellIsSaid() throws Exception {
        captureOnce("SELECT 1");
        assertThat(SqlResolution.of(sink.resumeAt()).orElseThrow())
                .contains("read every 20 ms")
                .contains("changed back");
        assertThat(SqlResolution.of(ByteString.copyFromUtf8("{\"engine\":\"postgresql\"}")))
                .isEmpty();
        assertThat(SqlResolution.of(ByteString.EMPTY)).isEmpty();
        assertThat(SqlitePosition.parse(sink.resumeAt()).bytes()).isEqualTo(sink.resumeAt());
        assertThatThrownBy(() -> new SqliteSource(
                        file(), Duration.ZERO, new SqlInterpretation.Plain("sqlite"), InstantSource.system()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("at least 10 ms");
        assertThat(source().identity()).contains("ino=");
    }
}
