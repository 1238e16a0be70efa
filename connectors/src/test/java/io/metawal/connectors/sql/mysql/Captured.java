package io.metawal.connectors.sql.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.cdc.SqlSourceOptions;
import io.metawal.connectors.sql.jdbc.JdbcDialect;
import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.RowCodec;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.testkit.sql.BinlogServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A database of a real server, its capture, which can be stopped and started again, and the log that it fills. */
final class Captured implements AutoCloseable {
    private static final long JOIN_MILLIS_MAX = 30_000;

    private final BinlogServer server;
    private final String database;
    private final JdbcDialect dialect = JdbcDialect.of(SqlEngine.MYSQL);
    private final FoldingSink sink = new FoldingSink();
    private final InstantSource clock = InstantSource.system();
    private SqlUrl url;
    private @Nullable MysqlSource source;
    private @Nullable Thread thread;
    private volatile @Nullable Throwable ended;

    /** Makes the database. */
    Captured(BinlogServer server, String database) {
        this.server = server;
        this.database = database;
        server.createDatabase(database);
        url = SqlUrl.parse(server.url(database));
    }

    FoldingSink sink() {
        return sink;
    }

    BinlogServer server() {
        return server;
    }

    String database() {
        return database;
    }

    /** From now on another server, or as another user. */
    Captured at(SqlUrl other) {
        url = other;
        return this;
    }

    SqlUrl url() {
        return url;
    }

    Captured run(String... statements) {
        server.execute(database, statements);
        return this;
    }

    /** Several statements in one transaction. */
    void transaction(String... statements) throws SQLException {
        try (Connection connection = server.connect(database)) {
            connection.setAutoCommit(false);
            Query.run(connection, statements);
            connection.commit();
        }
    }

    Captured start() {
        ended = null;
        MysqlSource next = new MysqlSource(
                url, SqlSourceOptions.defaults().withHeartbeatMillis(50), new SqlInterpretation.Plain("mysql"), clock);
        source = next;
        ByteString at = sink.resumeAt();
        Thread running = new Thread(
                () -> {
                    try {
                        next.capture(at, sink);
                    } catch (RuntimeException | Error e) {
                        ended = e;
                    }
                },
                "capture of " + database);
        thread = running;
        running.start();
        return this;
    }

    Captured stop() throws InterruptedException {
        Thread running = thread;
        if (running != null) {
            running.interrupt();
            running.join(JOIN_MILLIS_MAX);
            assertThat(running.isAlive()).isFalse();
        }
        thread = null;
        return this;
    }

    MysqlSource source() {
        return Objects.requireNonNull(source);
    }

    /** What the capture ended with by itself. */
    Throwable fault() throws InterruptedException {
        Objects.requireNonNull(thread).join(JOIN_MILLIS_MAX);
        return Objects.requireNonNull(ended, "the capture goes on");
    }

    /** Waits until everything written up to now is captured. */
    Captured caughtUp() throws InterruptedException {
        long now = Timestamps.micros(clock.instant());
        sink.await("the capture of " + database + " as of now; it ended with " + ended, log -> {
            if (ended != null) {
                throw new AssertionError("the capture ended", ended);
            }
            return log.observedMicros() > now;
        });
        return this;
    }

    /** Catches up, and holds the image against a read of the database. */
    Captured same() throws InterruptedException, SQLException {
        caughtUp();
        assertThat(differences(read(), image())).isEmpty();
        return this;
    }

    /** In words, a column a line. */
    static List<String> differences(Map<String, String> expected, Map<String, String> found) {
        TreeSet<String> keys = new TreeSet<>(expected.keySet());
        keys.addAll(found.keySet());
        List<String> lines = new ArrayList<>();
        for (String key : keys) {
            String there = expected.get(key);
            String here = found.get(key);
            if (there == null || here == null) {
                lines.add(key + (there == null ? " should not be there" : " is missing"));
            } else if (!there.equals(here)) {
                SqlRow row = RowCodec.decode(ByteString.copyFromUtf8(there));
                SqlRow other = RowCodec.decode(ByteString.copyFromUtf8(here));
                row.values().forEach((name, value) -> {
                    if (!Objects.equals(value, other.value(name))) {
                        lines.add(key + " " + name + ": expected " + value + ", found " + other.value(name));
                    }
                });
            }
        }
        return lines;
    }

    /** All rows of the image, by space and key. */
    Map<String, String> image() {
        Map<String, String> rows = new TreeMap<>();
        try (ImageView image = sink.image();
                EntryIterator entries = image.entries()) {
            while (entries.hasNext()) {
                Entry entry = entries.next();
                if (entry.entryKey().space().name().startsWith("sql.")) {
                    rows.put(
                            entry.entryKey().space() + " "
                                    + entry.entryKey().key().toStringUtf8(),
                            entry.value().toStringUtf8());
                }
            }
        }
        return rows;
    }

    /** All rows of the database, through JDBC. */
    Map<String, String> read() throws SQLException {
        Map<String, String> rows = new TreeMap<>();
        SqlInterpretation plain = new SqlInterpretation.Plain("mysql");
        try (Connection connection = dialect.open(url)) {
            for (SqlTable table : dialect.describe(connection, url.schema())) {
                dialect.read(
                        connection,
                        table,
                        row -> rows.put(
                                plain.space(table) + " " + row.key(table.primaryKey()),
                                RowCodec.encode(row).toStringUtf8()));
            }
        }
        return rows;
    }

    @Nullable
    String counter(String table) {
        try (ImageView image = sink.image();
                EntryIterator entries = image.entries()) {
            while (entries.hasNext()) {
                Entry entry = entries.next();
                if (entry.entryKey().space().name().equals("id.auto_increment")
                        && entry.entryKey().key().toStringUtf8().equals(database + "/" + table)) {
                    return entry.value().toStringUtf8();
                }
            }
        }
        return null;
    }

    /** Commits of transactions, without those that only say how far the capture has come. */
    List<Commit> transactions() {
        return sink.commits().stream()
                .filter(commit -> commit.header().kind() == CommitKind.DATA
                        && !commit.body().changes().isEmpty())
                .toList();
    }

    /** Why bases were taken, of all that record a gap. */
    List<String> gaps() {
        return sink.commits().stream()
                .map(commit -> commit.body().gapReason())
                .filter(reason -> !reason.isEmpty())
                .toList();
    }

    @Override
    public void close() {
        try {
            stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (server.isShared()) {
            server.dropDatabase(database);
        }
    }
}
