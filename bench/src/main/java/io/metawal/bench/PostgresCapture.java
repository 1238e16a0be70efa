package io.metawal.bench;

import io.metawal.testkit.sql.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** What capturing costs a PostgreSQL that is written to all the time, and how far the capture is behind. */
final class PostgresCapture implements Benchmark {
    private static final int PER_SECOND = 2_000;
    private static final int WRITERS = 4;
    private static final int VALUE_BYTES = 200;

    @Override
    public String name() {
        return "postgres-capture";
    }

    @Override
    public String says() {
        return WRITERS + " writers that together offer a PostgreSQL " + PER_SECOND
                + " small transactions a second (an insert and an update of the row before) for 30 seconds (5 with --small);"
                + " once with nobody looking, once captured by `metawal run` on the same machine: the rate that is reached,"
                + " the writers' latency, and how long after the last transaction all of them are in the repository. Then"
                + " as fast as they go.";
    }

    @Override
    public void run(Setting setting, Report report) throws Exception {
        int seconds = setting.scale().equals(Scale.FULL) ? 30 : setting.scale().equals(Scale.SMALL) ? 5 : 1;
        for (boolean paced : new boolean[] {true, false}) {
            String how = paced ? "2,000/s" : "unpaced";
            Load bare;
            try (PostgresServer server = PostgresServer.start("fsync=on")) {
                bare = load(server, seconds, paced);
            }
            print(report, how + ", not captured", bare, null);
            Path directory = setting.fresh("capture");
            try (PostgresServer server = PostgresServer.start("fsync=on")) {
                captured(report, how, server, directory, seconds, paced, bare);
            } finally {
                Setting.remove(directory);
            }
        }
    }

    private static void captured(
            Report report, String how, PostgresServer server, Path directory, int seconds, boolean paced, Load bare)
            throws Exception {
        server.createDatabase("load");
        tables(server);
        try (Capturing capturing = Capturing.start(directory, server.url("load"))) {
            long before = capturing.archived();
            Load load = run(server, seconds, paced);
            long ended = System.nanoTime();
            capturing.await(before + load.transactions());
            double lag = (System.nanoTime() - ended) / 1e9;
            capturing.stop();
            print(report, how + ", captured", load, bare);
            report.row(new Report.Row(
                    how + ": in the repository after the last one",
                    lag,
                    "s",
                    0,
                    load.transactions() + " transactions"));
        }
    }

    /** @param nanos of each transaction, sorted */
    private record Load(long transactions, double seconds, long[] nanos) {
        double rate() {
            return transactions / seconds;
        }

        double millis(double share) {
            return nanos[(int) Math.min(nanos.length - 1, (long) (nanos.length * share))] / 1e6;
        }
    }

    private static void print(Report report, String what, Load load, @Nullable Load to) {
        report.row(new Report.Row(
                what,
                load.rate(),
                "tx/s",
                to == null ? 0 : load.rate() / to.rate(),
                String.format(
                        java.util.Locale.ROOT,
                        "latency p50 %.2f ms, p99 %.2f ms",
                        load.millis(0.5),
                        load.millis(0.99))));
    }

    private static Load load(PostgresServer server, int seconds, boolean paced) throws Exception {
        server.createDatabase("load");
        tables(server);
        return run(server, seconds, paced);
    }

    private static void tables(PostgresServer server) throws Exception {
        for (int n = 0; n < WRITERS; n++) {
            server.execute(
                    "load",
                    "CREATE TABLE item" + n + " (id bigint PRIMARY KEY, value bytea NOT NULL, note text NOT NULL)");
        }
    }

    private static Load run(PostgresServer server, int seconds, boolean paced) throws Exception {
        ConcurrentLinkedQueue<long[]> all = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<SQLException> failures = new ConcurrentLinkedQueue<>();
        List<Thread> writers = new ArrayList<>();
        long start = System.nanoTime();
        for (int n = 0; n < WRITERS; n++) {
            int number = n;
            Thread thread = new Thread(() -> {
                try (Connection connection = DriverManager.getConnection(server.jdbcUrl("load"))) {
                    all.add(write(connection, number, start, seconds, paced));
                } catch (SQLException e) {
                    failures.add(e);
                }
            });
            writers.add(thread);
            thread.start();
        }
        for (Thread thread : writers) {
            thread.join();
        }
        if (!failures.isEmpty()) {
            throw failures.remove();
        }
        double took = (System.nanoTime() - start) / 1e9;
        long[] nanos = all.stream().flatMapToLong(Arrays::stream).sorted().toArray();
        return new Load(nanos.length, took, nanos);
    }

    private static long[] write(Connection connection, int number, long start, int seconds, boolean paced)
            throws SQLException {
        connection.setAutoCommit(false);
        Bytes bytes = new Bytes(number);
        long interval = 1_000_000_000L * WRITERS / PER_SECOND;
        long[] nanos = new long[1024];
        int done = 0;
        try (var insert = connection.prepareStatement("INSERT INTO item" + number + " VALUES (?, ?, 'new')");
                var update = connection.prepareStatement("UPDATE item" + number + " SET note = 'seen' WHERE id = ?")) {
            long end = start + seconds * 1_000_000_000L;
            while (true) {
                long due = paced ? start + done * interval : System.nanoTime();
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                long began = System.nanoTime();
                if (began >= end) {
                    return Arrays.copyOf(nanos, done);
                }
                insert.setLong(1, done);
                insert.setBytes(2, bytes.value(VALUE_BYTES).toByteArray());
                insert.executeUpdate();
                update.setLong(1, done - 1L);
                update.executeUpdate();
                connection.commit();
                if (done == nanos.length) {
                    nanos = Arrays.copyOf(nanos, done * 2);
                }
                nanos[done++] = System.nanoTime() - began;
            }
        }
    }
}
