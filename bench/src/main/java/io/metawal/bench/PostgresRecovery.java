package io.metawal.bench;

import io.metawal.testkit.net.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** One history of one PostgreSQL, brought back to one time by metawal and by pgBackRest. */
final class PostgresRecovery implements Benchmark {
    private static final int PER_SECOND = 2;
    private static final long PAUSE_NANOS = 1_200_000_000L;
    private static final long POLL_NANOS = 5_000_000L;

    @Override
    public String name() {
        return "postgres-recovery";
    }

    @Override
    public String says() {
        return "a meta service's transactions in a PostgreSQL, as many as it makes in an hour and in a day at "
                + PER_SECOND
                + " a second (1/20 with --small), written as fast as they go; captured by metawal and archived by"
                + " pgBackRest (local repository, zstd, a full backup at the beginning) at the same time. Then both bring back"
                + " the same time, seven eighths into it: seconds from the start of the restore to the first correct read,"
                + " and bytes stored. pgBackRest makes a new server of it; metawal restores into an empty database of the"
                + " server that runs, and once more into a new server that is made for it first.";
    }

    @Override
    public void run(Setting setting, Report report) throws Exception {
        int part = setting.scale().equals(Scale.FULL) ? 1 : setting.scale().equals(Scale.SMALL) ? 20 : 500;
        for (Duration span : new Duration[] {Duration.ofHours(1), Duration.ofDays(1)}) {
            long commits = span.toSeconds() * PER_SECOND / part;
            Path directory = setting.fresh("recovery");
            try {
                one(report, directory, (span.toHours() == 1 ? "an hour" : "a day"), Math.max(16, commits));
            } finally {
                Setting.remove(directory);
            }
        }
    }

    private static void one(Report report, Path directory, String span, long commits) throws Exception {
        Path server = Files.createDirectory(directory.resolve("server"));
        open(directory);
        try (PgBackRest pg = PgBackRest.start(server, FreePorts.find(1)[0])) {
            try (Connection connection = DriverManager.getConnection(pg.url())) {
                MetaRows.text(connection, "SELECT 1");
                connection.createStatement().execute(MetaRows.TABLES);
            }
            String source = "postgres://postgres@127.0.0.1:" + pg.port() + "/postgres";
            Target target;
            Capturing capturing = Capturing.start(directory, source);
            try {
                report.doing(span + ": a full backup, then " + commits + " transactions");
                pg.backup();
                target = write(pg, commits);
                capturing.await(commits);
                capturing.stop();
            } finally {
                capturing.close();
            }
            measure(report, span, pg, directory, target, capturing.repository());
        }
    }

    /** PostgreSQL's user goes through here. */
    private static void open(Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** A time, and what must be read as of it. */
    private record Target(String time, String fingerprint) {}

    private static Target write(PgBackRest pg, long commits) throws SQLException {
        Target target = null;
        try (MetaRows rows = new MetaRows(DriverManager.getConnection(pg.url()), 17);
                Connection looking = DriverManager.getConnection(pg.url())) {
            for (long n = 0; n < commits; n++) {
                rows.commit();
                if (n == commits * 7 / 8) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                    String time = MetaRows.text(
                            looking, "SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
                    target = new Target(time, MetaRows.fingerprint(looking));
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
            String last = MetaRows.text(looking, "SELECT pg_walfile_name(pg_current_wal_lsn())");
            MetaRows.text(looking, "SELECT pg_switch_wal()");
            while (MetaRows.text(looking, "SELECT coalesce(last_archived_wal, '') FROM pg_stat_archiver")
                            .compareTo(last)
                    < 0) {
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
        if (target == null) {
            throw new IllegalStateException("no target in " + commits + " transactions");
        }
        return target;
    }

    private static void measure(
            Report report, String span, PgBackRest pg, Path directory, Target target, Path repository)
            throws Exception {
        Path into = directory.resolve("server").resolve("restored");
        long start = System.nanoTime();
        String url = pg.restore(target.time().replace('T', ' ').replace("Z", "+00"), into, FreePorts.find(1)[0]);
        awaitRead(url, target);
        double theirs = (System.nanoTime() - start) / 1e9;
        pg.stop(into);
        report.row(new Report.Row(span + ": pgBackRest, to the first correct read", theirs, "s", 0, "a new server"));

        try (Connection connection = DriverManager.getConnection(pg.url())) {
            connection.createStatement().execute("CREATE DATABASE restored");
        }
        double ours = restore(repository, target, pg.port(), "restored", directory);
        report.row(
                new Report.Row(span + ": metawal, to the first correct read", ours, "s", theirs / ours, "a database"));

        long began = System.nanoTime();
        Path fresh = directory.resolve("server").resolve("fresh");
        int port = FreePorts.find(1)[0];
        pg.empty(fresh, port);
        double made = (System.nanoTime() - began) / 1e9;
        double with = made + restore(repository, target, port, "postgres", directory);
        pg.stop(fresh);
        report.row(new Report.Row(
                span + ": metawal, with a server made for it", with, "s", theirs / with, "initdb and start included"));

        double theirBytes = bytes(pg.repository()) / 1e6;
        double ourBytes = bytes(repository) / 1e6;
        report.row(new Report.Row(span + ": pgBackRest stores", theirBytes, "MB", 0, "backup and log"));
        report.row(
                new Report.Row(span + ": metawal stores", ourBytes, "MB", theirBytes / ourBytes, "snapshots and log"));
    }

    private static double restore(Path repository, Target target, int port, String database, Path scratch)
            throws Exception {
        long start = System.nanoTime();
        Child.metawal(
                "1g",
                Map.of(),
                "restore",
                "--repo",
                repository.toString(),
                "--to",
                "1@time:" + target.time(),
                "--into",
                "postgres://postgres@127.0.0.1:" + port + "/" + database,
                "--create-schema",
                "--scratch",
                scratch.toString(),
                "--progress=none");
        awaitRead("jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=postgres", target);
        return (System.nanoTime() - start) / 1e9;
    }

    /** A server that still replays answers with what it has come to. */
    private static void awaitRead(String url, Target target) throws SQLException {
        long deadline = System.nanoTime() + Duration.ofMinutes(10).toNanos();
        String read = "";
        while (System.nanoTime() < deadline) {
            try (Connection connection = DriverManager.getConnection(url)) {
                while (System.nanoTime() < deadline) {
                    read = MetaRows.fingerprint(connection);
                    if (read.equals(target.fingerprint())) {
                        return;
                    }
                    LockSupport.parkNanos(POLL_NANOS);
                }
            } catch (SQLException notYet) {
                read = String.valueOf(notYet.getMessage());
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
        throw new IllegalStateException("expected " + target.fingerprint() + " at " + target.time() + ", read " + read);
    }

    private static long bytes(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
