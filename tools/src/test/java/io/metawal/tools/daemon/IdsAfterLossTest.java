package io.metawal.tools.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.sqlite.SqliteSource;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Position;
import io.metawal.pitr.plan.CommitFinder;
import io.metawal.storage.repository.SegmentName;
import io.metawal.storage.repository.Segments;
import io.metawal.storage.repository.Term;
import io.metawal.storage.repository.WriterRole;
import io.metawal.tools.engine.HotLogId;
import io.metawal.wal.chronicle.ChronicleLog;
import io.metawal.wal.chronicle.ChronicleLogConfig;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** I7: a restore to an early point hands out no id that was handed out later, or refuses to promise that. */
class IdsAfterLossTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final int ROWS = 6;

    @TempDir
    Path directory;

    private RunningCapture capture;
    private int targets;

    /** A row a segment: the counter goes from 1 to 6. */
    @BeforeEach
    void captured() throws Exception {
        Path file = directory.resolve("source.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            run(connection, "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT)");
            SqliteSource source = new SqliteSource(
                    file, Duration.ofMillis(20), new SqlInterpretation.Plain("sqlite"), CLOCK, directory);
            capture = new RunningCapture(directory, source);
            for (int row = 1; row <= ROWS; row++) {
                run(connection, "INSERT INTO t (v) VALUES ('x')");
                int seq = row;
                capture.await("row " + row, () -> capture.history().line(1).lastSeq() >= seq);
            }
            capture.stop();
        }
    }

    @AfterEach
    void close() {
        capture.close();
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private record Restored(int exit, String printed, long counter) {}

    /** To the first commit with rows, into a new file. */
    private Restored restore(String... more) throws IOException, SQLException {
        Path file = Files.createFile(directory.resolve("target-" + targets++ + ".db"));
        String[] words = Stream.concat(
                        Stream.of("restore", "--to", "seq:2", "--into", "sqlite:" + file, "--create-schema"),
                        Stream.of(more))
                .toArray(String[]::new);
        RunningCapture.Done done = capture.command(words);
        return new Restored(done.exit(), done.printed(), done.exit() == 0 ? counter(file) : -1);
    }

    private static long counter(Path file) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT seq FROM sqlite_sequence WHERE name = 't'")) {
            return found.next() ? found.getLong(1) : -1;
        }
    }

    private Path segment(SegmentName name) {
        return directory.resolve("repo").resolve(name.key().value());
    }

    private List<SegmentName> segments() {
        return capture.history().segments(1);
    }

    @Test
    void aCompleteHistoryContinuesAfterTheNewest() throws Exception {
        Restored whole = restore();
        assertThat(whole.exit()).as(whole.printed()).isZero();
        assertThat(whole.counter()).isEqualTo(ROWS);
        Restored further = restore("--ids", "newest+100");
        assertThat(further.exit()).as(further.printed()).isZero();
        assertThat(further.counter()).isEqualTo(ROWS + 100);
        assertThat(restore("--ids", "newest+0").exit()).isEqualTo(2);
    }

    @Test
    void aLostTailIsRefusedUnlessTheOperatorGivesAMargin() throws Exception {
        List<SegmentName> all = segments();
        Files.delete(segment(all.get(all.size() - 1)));
        refusesAndTakesAMargin();
    }

    @Test
    void aLostSegmentInBetweenIsRefusedUnlessTheOperatorGivesAMargin() throws Exception {
        List<SegmentName> all = segments();
        Files.delete(segment(all.get(all.size() - 2)));
        refusesAndTakesAMargin();
    }

    private void refusesAndTakesAMargin() throws Exception {
        Restored refused = restore();
        assertThat(refused.exit()).as(refused.printed()).isEqualTo(4);
        assertThat(refused.printed()).contains("no segment holds them any more", "--ids newest+N", "--ids target");
        assertThat(capture.command(
                                "restore",
                                "--to",
                                "seq:2",
                                "--plan",
                                "--into",
                                "sqlite:" + Files.createFile(directory.resolve("plan.db")),
                                "--create-schema")
                        .exit())
                .as("the plan refuses as well")
                .isEqualTo(4);
        Restored margin = restore("--ids", "newest+100");
        assertThat(margin.exit()).as(margin.printed()).isZero();
        assertThat(margin.counter()).isGreaterThanOrEqualTo(ROWS).isGreaterThan(100);
        assertThat(margin.printed()).contains("the margin of 100 must cover the ids given out in what is missing");
        assertThat(restore("--ids", "target").exit()).isZero();
    }

    /** As a writer leaves it that was killed between its acknowledgement and the archive. */
    private void acknowledge(long counter) {
        var head = capture.head();
        var config = ChronicleLogConfig.of(
                directory.resolve("repo.wal").resolve("log"),
                capture.history().repository().identity().clusterId(),
                head.at().position(),
                CLOCK);
        try (ChronicleLog log = ChronicleLog.open(config)) {
            append(log, counter);
        }
    }

    private static void append(ChronicleLog log, long counter) {
        Change put =
                Change.put(EntryKey.of("id.auto_increment", "main/t"), ByteString.copyFromUtf8(Long.toString(counter)));
        log.append(CommitDraft.of(
                        CommitDraft.ABSENT,
                        CommitDraft.ABSENT,
                        new CommitBody("", "test", ByteString.EMPTY, "", List.of(put))))
                .join();
    }

    @Test
    void whatIsAcknowledgedAndNotArchivedCounts() throws Exception {
        acknowledge(500);
        Restored restored = restore();
        assertThat(restored.exit()).as(restored.printed()).isZero();
        assertThat(restored.counter()).isEqualTo(500);
    }

    /** As a writer on another machine leaves it that was killed: nobody knows what it acknowledged last. */
    private WriterRole killed(String log) {
        return WriterRole.take(
                capture.history().repository(),
                new WriterRole.Request("daemon@other", 1, "", Term.OBSERVE_MICROS, log),
                CLOCK);
    }

    @Test
    void aHotLogElsewhereOfAWriterThatWasKilledIsRefused() throws Exception {
        WriterRole writer = killed("elsewhere");
        Restored refused = restore();
        assertThat(refused.exit()).as(refused.printed()).isEqualTo(4);
        assertThat(refused.printed())
                .contains("the hot log of term 2 (daemon@other) was not read", "--wal DIR", "--ids newest+N");
        Restored margin = restore("--ids", "newest+100");
        assertThat(margin.exit()).as(margin.printed()).isZero();
        assertThat(margin.printed()).contains("the margin of 100 must cover").contains("daemon@other");
        assertThat(restore("--ids", "target").exit()).isZero();
        writer.release();
        assertThat(restore().exit()).as("it said that everything is archived").isZero();
    }

    @Test
    void theHotLogOfAKilledWriterIsReadWhereItIsNamed() throws Exception {
        acknowledge(500);
        var unused = killed(HotLogId.read(directory.resolve("repo.wal")));
        Path moved = directory.resolve("moved.wal");
        Files.move(directory.resolve("repo.wal"), moved);
        assertThat(restore().exit()).as("not beside the repository").isEqualTo(4);
        Restored named = restore("--wal", moved.toString());
        assertThat(named.exit()).as(named.printed()).isZero();
        assertThat(named.counter()).isEqualTo(500);
        Restored wrong = restore("--wal", directory.resolve("none").toString());
        assertThat(wrong.exit()).isEqualTo(2);
        assertThat(wrong.printed()).contains("there is no hot log in it");
    }

    /** As a writer leaves it that acknowledged an id after seq 3, while another went on from there. */
    private Path other(String clusterId, long counter) throws IOException {
        var history = capture.history();
        var at = new CommitFinder(
                        history.line(1), new Segments(history.repository().store()))
                .bySeq(3)
                .orElseThrow();
        Path other = directory.resolve("other.wal");
        var config = ChronicleLogConfig.of(other.resolve("log"), clusterId, Position.of(at.record()), CLOCK);
        try (ChronicleLog log = ChronicleLog.open(config)) {
            append(log, counter);
        }
        Files.copy(directory.resolve("repo.wal/log-id.json"), other.resolve("log-id.json"));
        var unused = killed(HotLogId.read(other));
        return other;
    }

    @Test
    void aHotLogThatOthersWentPastIsReadWhole() throws Exception {
        Path other = other(capture.history().repository().identity().clusterId(), 500);
        Restored restored = restore("--wal", other.toString());
        assertThat(restored.exit()).as(restored.printed()).isZero();
        assertThat(restored.counter()).isEqualTo(500);
        Files.delete(other.resolve("log/log.json"));
        assertThat(restore("--wal", other.toString()).exit())
                .as("it does not say where it begins")
                .isEqualTo(4);
    }

    @Test
    void aHotLogOfAnotherClusterIsRefused() throws Exception {
        Restored restored = restore("--wal", other("another-cluster", 500).toString());
        assertThat(restored.exit()).as(restored.printed()).isEqualTo(2);
        assertThat(restored.printed())
                .contains(
                        "another-cluster",
                        capture.history().repository().identity().clusterId());
    }

    @Test
    void aHotLogThatDoesNotSayHowFarItAcknowledgedIsRefused() throws Exception {
        acknowledge(500);
        Path acked = directory.resolve("repo.wal/log/acked");
        byte[] before = Files.readAllBytes(acked);
        Files.write(acked, new byte[before.length]);
        Restored torn = restore();
        assertThat(torn.exit()).as(torn.printed()).isEqualTo(4);
        assertThat(torn.printed()).contains("its note is gone or damaged", "--ids newest+N");
        Files.delete(acked);
        assertThat(restore().exit()).isEqualTo(4);
        Files.write(acked, before);
        assertThat(restore().counter()).isEqualTo(500);
    }

    /** The copy is the log that the terms name; the one that is left is another when it is written again. */
    @Test
    void aCopyOfAHotLogIsKnownAsTheSame() throws Exception {
        acknowledge(500);
        Path from = directory.resolve("repo.wal");
        String id = HotLogId.read(from);
        var unused = killed(id);
        Path to = directory.resolve("copy.wal");
        RunningCapture.Done copied = capture.command("wal", "copy", "--from", from.toString(), "--to", to.toString());
        assertThat(copied.exit()).as(copied.printed()).isZero();
        assertThat(HotLogId.read(to)).isNotEmpty().isEqualTo(id);
        assertThat(HotLogId.read(from)).isEmpty();
        Restored restored = restore("--wal", to.toString());
        assertThat(restored.exit()).as(restored.printed()).isZero();
        assertThat(restored.counter()).isEqualTo(500);
    }

    @Test
    void aHotLogThatCannotBeReadIsRefused() throws Exception {
        acknowledge(500);
        try (Stream<Path> queue = Files.list(directory.resolve("repo.wal/log/queue"))) {
            for (Path file :
                    queue.filter(each -> each.toString().endsWith(".cq4")).toList()) {
                try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
                    bytes.setLength(0);
                }
            }
        }
        Restored refused = restore();
        assertThat(refused.exit()).as(refused.printed()).isEqualTo(4);
        assertThat(refused.printed()).contains("acknowledged in the hot log", "--ids newest+N");
    }
}
