package io.metawal.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.metawal.connectors.risingwave.files.HummockObjects;
import io.metawal.connectors.risingwave.files.HummockParameters;
import io.metawal.connectors.risingwave.simulated.SimulationSettings;
import io.metawal.connectors.risingwave.simulated.sql.SimulatedSqlRisingWave;
import io.metawal.connectors.risingwave.simulated.sql.SqlDump;
import io.metawal.connectors.risingwave.simulated.sql.SqlLevel;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.pitr.plan.CommitScan;
import io.metawal.storage.object.FileObjectStore;
import io.metawal.storage.object.IfAbsent;
import io.metawal.storage.object.ObjectStoreOpener;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.Points;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.repository.Segments;
import io.metawal.testkit.seed.Seeded;
import io.metawal.testkit.sql.MariaDbServer;
import io.metawal.testkit.sql.MySqlServer;
import io.metawal.testkit.sql.PostgresServer;
import io.metawal.testkit.sql.SqlServer;
import io.metawal.tools.cli.MetawalCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * A simulated RisingWave on a real database, written by several threads, captured by a real daemon; daemon and server are killed on the way.
 * Then what metawal restores is compared, table by table and column by column, with what the database held after that transaction.
 */
final class SqlOracle {
    private static final long FIRST_SEED = 23;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SOURCE = "rw";
    private static final String RESTORED = "restored";
    private static final int STEPS_OF_A_PART = 40;
    /** Not restored, since they are of the moment, or in the checkpoint. */
    private static final List<String> OF_THE_MOMENT = List.of(
            "hummock_version_delta",
            "hummock_pinned_version",
            "hummock_pinned_snapshot",
            "compaction_status",
            "compaction_task",
            "hummock_gc_history",
            "hummock_sstable_info",
            "hummock_time_travel_version",
            "hummock_time_travel_delta",
            "hummock_epoch_to_version",
            "election_leader",
            "election_member");
    /** Taken from the newest, not from the point; moved by the restore. */
    private static final List<String> MOVED = List.of("hummock_sequence", "catalog_version", "system_parameter");

    private final Path directory;
    private final NavigableMap<Long, Long> commits = new TreeMap<>();
    private long scanned;
    private int tables;

    private SqlOracle(Path directory) {
        this.directory = directory;
    }

    /**
     * Runs the seeds of one test.
     *
     * @param checked how many transactions are restored, by a usual run; five times as many where there are more seeds
     * @param kills how often daemon and server are killed
     */
    static void everyTransactionIsWhatTheDatabaseHeld(
            Path temporary, SqlEngine engine, SqlLevel level, int checked, int kills) {
        Seeded.checkSeeds(
                FIRST_SEED,
                1,
                seed -> new SqlOracle(Files.createDirectory(temporary.resolve(level + "-" + seed)))
                        .run(seed, engine, level, Seeded.size(checked, 5 * checked), Seeded.size(kills, 5)));
    }

    private void run(long seed, SqlEngine engine, SqlLevel level, int checked, int kills) throws Exception {
        RandomGenerator random = Seeded.random(seed);
        Path bucket = Files.createDirectories(directory.resolve("bucket"));
        SimulationSettings settings =
                SimulatedSqlRisingWave.settings(seed, level).withStateStore("hummock+fs://" + bucket, "hummock_001");
        try (SqlServer server = start(engine)) {
            server.createDatabase(SOURCE);
            try (Connection connection = server.connect(SOURCE)) {
                level.create(connection, engine);
            }
            RevivedConnections connections = new RevivedConnections(server, SOURCE);
            try (SimulatedSqlRisingWave cluster = new SimulatedSqlRisingWave(
                    settings, level, engine, connections, new FileObjectStore(bucket, InstantSource.system()))) {
                cluster.bootstrap();
                cluster.commitEpoch();
                cluster.checkpoint();
                assertThat(metawal("init")).isZero();
                List<SqlSamples.Sample> samples = captured(server, cluster, connections, engine, kills, random);
                assertThat(metawal("verify", "--level", "replay")).isZero();
                check(server, engine, level, samples, checked, random);
            }
        }
    }

    private static SqlServer start(SqlEngine engine) {
        return switch (engine) {
            case POSTGRESQL -> PostgresServer.start("fsync=on");
            case MYSQL -> MySqlServer.start("gtid-mode=ON", "enforce-gtid-consistency=ON");
            default -> MariaDbServer.start();
        };
    }

    private List<SqlSamples.Sample> captured(
            SqlServer server,
            SimulatedSqlRisingWave cluster,
            RevivedConnections connections,
            SqlEngine engine,
            int kills,
            RandomGenerator random)
            throws Exception {
        SqlSamples samples = new SqlSamples(cluster, engine, idle(connections), 3);
        for (int part = 0; part < kills; part++) {
            try (MetawalProcess daemon = daemon(server)) {
                caughtUp(daemon, cluster, samples);
                cluster.runTogether(3, STEPS_OF_A_PART / 2);
                cluster.endLongTransaction();
                LockSupport.parkNanos(random.nextLong(200_000_000L));
                server.kill();
                LockSupport.parkNanos(random.nextLong(300_000_000L));
                server.restart();
                connections.broken();
                cluster.runTogether(3, STEPS_OF_A_PART / 2);
                LockSupport.parkNanos(random.nextLong(1_500_000_000L));
                daemon.kill();
                cluster.runTogether(2, STEPS_OF_A_PART / 4);
            }
        }
        long end;
        try (MetawalProcess daemon = daemon(server)) {
            cluster.endLongTransaction();
            for (int n = 0; n < STEPS_OF_A_PART; n++) {
                cluster.step();
            }
            cluster.endLongTransaction();
            end = caughtUp(daemon, cluster, samples);
            assertThat(daemon.terminate()).as(daemon.output()).isZero();
            assertThat(daemon.output()).doesNotContain("is kept as it is").doesNotContain("new base is taken");
        }
        long covered = end;
        return samples.all().stream()
                .filter(sample -> sample.clock() <= covered)
                .toList();
    }

    /** Waits until something is captured that was written after this was called; returns where the log ended then. */
    private long caughtUp(MetawalProcess daemon, SimulatedSqlRisingWave cluster, SqlSamples samples) throws Exception {
        long before = samples.clock();
        cluster.commitEpoch();
        Oracle.await(
                "the daemon has caught up",
                daemon,
                () -> !commits().isEmpty() && commits().lastKey() > before);
        return before;
    }

    private static Connection idle(RevivedConnections connections) throws SQLException {
        Connection connection = connections.open();
        connection.setAutoCommit(false);
        return connection;
    }

    private MetawalProcess daemon(SqlServer server) throws IOException {
        return MetawalProcess.start(
                directory.resolve("daemon.log"),
                "run",
                "--repo",
                repo(),
                "--source",
                "risingwave+" + server.url(SOURCE),
                "--http",
                "none",
                "--snapshot-log-bytes",
                "1000000");
    }

    private String repo() {
        return directory.resolve("repo").toString();
    }

    private static Repository open(String directory) {
        return Repository.open(ObjectStoreOpener.open(directory, IfAbsent.REFUSE, InstantSource.system()));
    }

    /** Seq of each commit that can be restored, by the place in the database's log that it ends at. */
    private NavigableMap<Long, Long> commits() {
        History history = History.load(open(repo()));
        Line line = history.line(1);
        if (line.pieces().isEmpty() || line.lastSeq() == scanned) {
            return commits;
        }
        new CommitScan(new Segments(history.repository().store()))
                .forEach(line, scanned + 1, line.lastSeq(), stamped -> {
                    CommitRecord record = stamped.record();
                    if (record.commit().header().kind().restorable()) {
                        commits.put(clock(record), record.seq());
                    }
                    return true;
                });
        scanned = line.lastSeq();
        return commits;
    }

    private static long clock(CommitRecord record) {
        try {
            return JSON.readTree(record.commit().body().sourcePosition().toStringUtf8())
                    .path("clock")
                    .asLong();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void check(
            SqlServer server,
            SqlEngine engine,
            SqlLevel level,
            List<SqlSamples.Sample> samples,
            int checked,
            RandomGenerator random)
            throws Exception {
        NavigableMap<Long, Long> commits = commits();
        List<SqlSamples.Sample> within = samples.stream()
                .filter(sample -> commits.floorKey(sample.clock()) != null)
                .toList();
        assertThat(within.size()).isGreaterThan(10);
        List<SqlSamples.Sample> imported = new ArrayList<>();
        for (int n = 0; n < checked; n++) {
            SqlSamples.Sample sample = within.get(random.nextInt(within.size()));
            long seq = commits.floorEntry(sample.clock()).getValue();
            intoDatabase(server, engine, level, sample, repo(), "seq:" + seq);
            if (n % 10 == 0) {
                intoBackup(level, seq);
                imported.add(sample);
            }
        }
        fromBackup(server, engine, level, imported);
    }

    private void intoDatabase(
            SqlServer server, SqlEngine engine, SqlLevel level, SqlSamples.Sample sample, String repo, String ref)
            throws Exception {
        server.createDatabase(RESTORED);
        Path bucket = directory.resolve("restored-bucket");
        Files.createDirectories(bucket);
        try (Connection connection = server.connect(RESTORED)) {
            // An imported snapshot does not say how its tables are made.
            boolean there = tables++ % 2 == 0 || !repo.equals(repo());
            if (there) {
                madeEmpty(connection, engine, level);
            }
            assertThat(in(
                            repo,
                            "restore",
                            "--to",
                            ref,
                            "--into",
                            "risingwave+" + server.url(RESTORED),
                            "--state-store",
                            "hummock+fs://" + bucket,
                            "--data-directory",
                            "moved",
                            "--no-check-files",
                            there ? "--progress=none" : "--create-schema"))
                    .as("restore to %s", ref)
                    .isZero();
            SqlDump restored = SqlDump.of(connection, engine);
            assertThat(SqlDump.compare(sample.rows().without(OF_THE_MOMENT), restored.without(OF_THE_MOMENT), moved()))
                    .as("rows at %s", ref)
                    .isEmpty();
            assertThat(restored.rows("hummock_version_delta")).isEmpty();
            notBehind(sample.rows(), restored, "hummock_sequence", "seq");
            assertThat(new HummockObjects(null, Map.of(), InstantSource.system())
                            .checkpoint(new HummockParameters("hummock+fs://" + bucket, "moved", "")))
                    .as("the checkpoint at %s", ref)
                    .isEqualTo(sample.version());
        } finally {
            server.dropDatabase(RESTORED);
            remove(bucket);
        }
    }

    private static String[] moved() {
        return MOVED.toArray(String[]::new);
    }

    /** Tables as their migrations make them, without the rows that those begin with. */
    private static void madeEmpty(Connection connection, SqlEngine engine, SqlLevel level) throws SQLException {
        level.create(connection, engine);
        boolean postgres = engine == SqlEngine.POSTGRESQL;
        try (Statement statement = connection.createStatement()) {
            statement.execute(postgres ? "SET session_replication_role = replica" : "SET FOREIGN_KEY_CHECKS = 0");
            for (String table : level.tables(engine)) {
                if (!table.equals("seaql_migrations")) {
                    statement.execute("DELETE FROM " + (postgres ? '"' + table + '"' : '`' + table + '`'));
                }
            }
            statement.execute(postgres ? "SET session_replication_role = origin" : "SET FOREIGN_KEY_CHECKS = 1");
        }
    }

    private static void notBehind(SqlDump expected, SqlDump restored, String table, String column) {
        Map<String, Long> before = new HashMap<>();
        expected.rows(table).forEach(row -> before.put(row.get("name"), Long.valueOf(row.get(column))));
        restored.rows(table)
                .forEach(row -> assertThat(Long.parseLong(row.get(column)))
                        .as(row.get("name"))
                        .isGreaterThanOrEqualTo(before.getOrDefault(row.get("name"), 0L)));
        assertThat(restored.rows(table)).hasSizeGreaterThanOrEqualTo(before.size());
    }

    private void intoBackup(SqlLevel level, long seq) {
        assertThat(metawal(
                        "restore",
                        "--to",
                        "seq:" + seq,
                        "--into",
                        "risingwave-backup:" + directory.resolve("backup"),
                        "--even-if-alive",
                        "--risingwave-version",
                        level.version()))
                .as("restore to seq %d into a snapshot", seq)
                .isZero();
    }

    /** RisingWave's own snapshots, imported elsewhere, and from there into a database again. */
    private void fromBackup(SqlServer server, SqlEngine engine, SqlLevel level, List<SqlSamples.Sample> expected)
            throws Exception {
        String imported = directory.resolve("imported").toString();
        assertThat(in(imported, "init")).isZero();
        assertThat(in(imported, "import", "risingwave-backup:" + directory.resolve("backup")))
                .isZero();
        List<String> labels = new Points(open(imported))
                .list().stream()
                        .sorted(Comparator.comparingLong(Points.Point::seq))
                        .map(Points.Point::label)
                        .toList();
        assertThat(labels).hasSize(expected.size());
        for (int n = 0; n < labels.size(); n++) {
            intoDatabase(server, engine, level, expected.get(n), imported, "name:" + labels.get(n));
        }
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private int metawal(String verb, String... words) {
        return in(repo(), verb, words);
    }

    private static int in(String repo, String verb, String... words) {
        List<String> all = new ArrayList<>(List.of(verb, "--repo", repo));
        all.addAll(List.of(words));
        return MetawalCommand.run(all.toArray(String[]::new), System.out, System.err);
    }
}
