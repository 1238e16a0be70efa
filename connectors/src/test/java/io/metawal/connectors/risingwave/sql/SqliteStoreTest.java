package io.metawal.connectors.risingwave.sql;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.risingwave.files.HummockParameters;
import io.metawal.connectors.risingwave.files.HummockVersions;
import io.metawal.connectors.risingwave.hummock.VersionAssembler;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.simulated.MetaNodeStart;
import io.metawal.connectors.risingwave.simulated.RandomDeltas;
import io.metawal.connectors.risingwave.simulated.SimulatedRelease;
import io.metawal.connectors.risingwave.simulated.WholeVersion;
import io.metawal.connectors.risingwave.simulated.sql.Migration;
import io.metawal.connectors.risingwave.simulated.sql.SqlLevel;
import io.metawal.connectors.risingwave.snapshot.SnapshotLayout;
import io.metawal.connectors.sql.jdbc.JdbcDialect;
import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.row.JsonText;
import io.metawal.connectors.sql.row.RowCodec;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.sqlite.SqliteSource;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.testkit.seed.Seeded;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** RisingWave's tables in a real SQLite file, at each of the levels. */
class SqliteStoreTest {
    private static final Duration EVERY = Duration.ofMillis(20);

    @TempDir
    private Path folder;

    private final FoldingSink sink = new FoldingSink();
    private final Checkpoints checkpoints = new Checkpoints();
    private Connection writer = open("unset");

    private static final class Checkpoints implements HummockVersions {
        private volatile HummockVersion version = HummockVersion.getDefaultInstance();

        @Override
        public boolean canFind(HummockParameters parameters) {
            return true;
        }

        @Override
        public HummockVersion checkpoint(HummockParameters parameters) {
            return version;
        }
    }

    private static Connection open(String file) {
        try {
            return DriverManager.getConnection("jdbc:sqlite:" + (file.equals("unset") ? ":memory:" : file));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private Path file() {
        return folder.resolve("meta.db");
    }

    @BeforeEach
    void connect() throws SQLException {
        writer.close();
        writer = open(file().toString());
        var unused = Query.value(writer, "PRAGMA journal_mode = WAL");
    }

    @AfterEach
    void disconnect() throws SQLException {
        writer.close();
    }

    private List<SqlTable> tables(SqlLevel level) throws SQLException {
        level.create(writer, SqlEngine.SQLITE);
        return JdbcDialect.of(SqlEngine.SQLITE).describe(writer, "main");
    }

    @ParameterizedTest
    @EnumSource
    void theLevelIsToldByMigrationsAndTables(SqlLevel level) throws SQLException {
        List<String> names = tables(level).stream().map(SqlTable::name).toList();
        List<String> migrations =
                level.migrations().stream().map(Migration::name).toList();
        assertThat(MigrationLevel.unknown(migrations)).isEmpty();
        RwVersion version = MigrationLevel.version(migrations, names).orElseThrow();
        assertThat(MigrationLevel.lacking(version, migrations)).isEmpty();
        assertThat(version).hasToString(level.version());
        SnapshotLayout layout = SnapshotLayout.of(2, version);
        assertThat(names)
                .containsAll(List.of(SqlModel.values()).stream()
                        .filter(layout::holds)
                        .map(SqlModel::table)
                        .toList());
    }

    /** With the tables as the database describes them. */
    @ParameterizedTest
    @EnumSource
    void rowsOfItsTablesComeBack(SqlLevel level) throws SQLException {
        List<SqlTable> tables = tables(level);
        Seeded.check(3, random -> {
            for (SqlTable table : tables) {
                SqlModel model = SqlModel.ofTable(table.name()).orElse(null);
                for (int n = 1; n < 10 && model != null; n++) {
                    SqlRow row = random(table, model, random, n);
                    ByteString json = RowsToSnapshot.row(model, table, row);
                    assertThat(RowCodec.encode(SnapshotToRows.row(model, table, json)))
                            .as("%s", table)
                            .isEqualTo(RowCodec.encode(row));
                }
            }
        });
    }

    private static SqlRow random(SqlTable table, SqlModel model, RandomGenerator random, int number) {
        Map<String, @Nullable Object> values = new TreeMap<>();
        for (SqlColumn column : table.columns()) {
            List<String> words = EnumColumns.words(model, column.name());
            Object value = switch (column.type()) {
                case BOOL -> random.nextBoolean();
                case INTEGER -> (long) number;
                case BYTES -> SnapshotRowsTest.bytes(number, 255);
                case JSON -> new JsonText("[1, " + number + "]");
                case UUID -> ByteString.copyFromUtf8("0123456789abcdef");
                case TIMESTAMP -> "2024-05-01 12:00:00.123";
                case TEXT -> words.isEmpty() ? "text " + number : words.get(number % words.size());
                default -> throw new AssertionError(table + "." + column);
            };
            values.put(column.name(), column.nullable() && random.nextInt(3) == 0 ? null : value);
        }
        return SqlRow.of(values);
    }

    private Cluster cluster(SimulatedRelease release) {
        return new Cluster(release);
    }

    /** Deltas of a release as rows, and the version that they lead to. */
    private final class Cluster {
        private RandomDeltas deltas;
        private SimulatedRelease release;
        private HummockVersion version = RandomDeltas.first();

        private Cluster(SimulatedRelease release) {
            this.release = release;
            this.deltas = new RandomDeltas(5, release);
        }

        void commitEpoch() {
            HummockVersionDelta delta = deltas.commit(version);
            version = WholeVersion.apply(version, delta, release);
            try {
                delta(delta.toByteString());
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        }

        /** A meta node of another release starts. */
        void upgrade(SimulatedRelease next) {
            release = next;
            version = MetaNodeStart.of(version, next);
            deltas = new RandomDeltas(version.getId(), next, version);
        }

        HummockVersion version() {
            return version;
        }
    }

    private void delta(ByteString raw) throws SQLException {
        try (PreparedStatement insert =
                writer.prepareStatement("INSERT INTO hummock_version_delta VALUES (?, ?, 0, 0, 0, ?)")) {
            var delta = io.metawal.connectors.risingwave.proto.HummockVersionDelta.parseFrom(raw);
            insert.setLong(1, delta.getId());
            insert.setLong(2, delta.getPrevId());
            insert.setBytes(3, raw.toByteArray());
            insert.executeUpdate();
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private Thread capture(AtomicReference<@Nullable Throwable> failure) {
        SqliteSource source = new SqliteSource(
                file(),
                EVERY,
                new RwSqlInterpretation(checkpoints, InstantSource.system()),
                InstantSource.system(),
                folder);
        Thread thread = new Thread(() -> source.capture(sink.resumeAt(), sink), "capture");
        thread.setUncaughtExceptionHandler((which, thrown) -> failure.set(thrown));
        thread.start();
        return thread;
    }

    private static void stop(Thread capture) throws InterruptedException {
        capture.interrupt();
        capture.join();
    }

    private static HummockVersion version(FoldingSink sink) {
        VersionAssembler version = new VersionAssembler();
        try (ImageView image = sink.image();
                EntryIterator entries = image.entries()) {
            entries.forEachRemaining(version::add);
        }
        return version.assemble();
    }

    private static long unapplied(FoldingSink sink) {
        long count = 0;
        try (ImageView image = sink.image();
                EntryIterator entries = image.entries()) {
            while (entries.hasNext()) {
                count += entries.next().entryKey().space().equals(RwSpaces.UNAPPLIED) ? 1 : 0;
            }
        }
        return count;
    }

    @Test
    void deltasAreFoldedAndTruncatedOnesAreMadeUpForByACheckpoint() throws Exception {
        tables(SqlLevel.V2_6);
        insertCluster("11111111-2222-3333-4444-555555555555");
        Cluster cluster = cluster(SimulatedRelease.V2_6);
        checkpoints.version = cluster.version();
        Query.run(writer, "DELETE FROM hummock_version_delta");
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread capture = capture(failure);
        sink.await("a base", each -> each.commits().size() == 1);
        for (int n = 0; n < 5; n++) {
            cluster.commitEpoch();
            HummockVersion now = cluster.version();
            sink.await("version " + now.getId(), each -> version(each).equals(now));
        }
        stop(capture);
        // Nobody reads while deltas come, are covered by a checkpoint, and go; one stands behind it.
        cluster.commitEpoch();
        cluster.commitEpoch();
        checkpoints.version = cluster.version();
        Query.run(writer, "DELETE FROM hummock_version_delta");
        cluster.commitEpoch();
        Thread again = capture(failure);
        HummockVersion now = cluster.version();
        sink.await("version " + now.getId(), each -> version(each).equals(now));
        assertThat(unapplied(sink)).isZero();
        assertThat(store()).contains("\"version\":\"2.6.0\"").contains("\"engine\":\"sqlite\"");
        assertThat(sink.epoch()).isPositive();

        SqlLevel.V2_6.migrate(writer, SqlEngine.SQLITE, SqlLevel.V3_0);
        cluster.upgrade(SimulatedRelease.V3_0);
        cluster.commitEpoch();
        HummockVersion migrated = cluster.version();
        sink.await("the migrated store", each -> version(each).equals(migrated) && store().contains("3.0.1"));
        assertThat(sink.commits().stream()
                        .filter(commit -> commit.header().kind() == CommitKind.BASE)
                        .skip(1))
                .isNotEmpty()
                .allMatch(commit -> commit.body().gapReason().contains("the schema changed"));
        stop(again);
        assertThat(failure.get()).isNull();
    }

    private String store() {
        try (ImageView image = sink.image()) {
            Entry store = image.find(RwSpaces.STORE);
            return store == null ? "" : store.value().toStringUtf8();
        }
    }

    private void insertCluster(String id) throws SQLException {
        Query.run(writer, "INSERT INTO cluster (cluster_id, created_at) VALUES ('" + id + "', '2024-05-01 12:00:00')");
    }

    @Test
    void anotherClusterIsToldApartAndACopyOfTheSameIsNot() throws Exception {
        tables(SqlLevel.V2_1);
        insertCluster("11111111-2222-3333-4444-555555555555");
        Cluster cluster = cluster(SimulatedRelease.V2_1);
        checkpoints.version = cluster.version();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread capture = capture(failure);
        sink.await("a base", each -> each.commits().size() == 1);
        stop(capture);
        writer.close();
        Files.copy(file(), folder.resolve("copy.db"));
        Files.delete(file());
        Files.move(folder.resolve("copy.db"), file());
        writer = open(file().toString());
        cluster.commitEpoch();
        Thread again = capture(failure);
        HummockVersion now = cluster.version();
        sink.await("what the copy goes on with", each -> version(each).equals(now));
        stop(again);
        assertThat(failure.get()).isNull();

        Query.run(writer, "DELETE FROM cluster");
        insertCluster("99999999-2222-3333-4444-555555555555");
        Thread last = capture(failure);
        last.join();
        assertThat(failure.get())
                .isInstanceOf(SourceChangedException.class)
                .hasMessageContaining("is of cluster 99999999")
                .hasMessageContaining("captured from cluster 11111111");
    }

    @Test
    void anOlderCopyOfTheSameClusterIsToldApart() throws Exception {
        tables(SqlLevel.V3_0);
        insertCluster("11111111-2222-3333-4444-555555555555");
        Query.run(writer, "INSERT INTO hummock_sequence VALUES ('sstable_object', 100)");
        Cluster cluster = cluster(SimulatedRelease.V3_0);
        checkpoints.version = cluster.version();
        Query.run(writer, "VACUUM INTO '" + folder.resolve("old.db") + "'");
        Query.run(writer, "UPDATE hummock_sequence SET seq = 200");
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread capture = capture(failure);
        sink.await("a base", each -> each.commits().size() == 1);
        stop(capture);
        writer.close();
        Files.delete(file());
        Files.move(folder.resolve("old.db"), file());
        writer = open(file().toString());
        Thread again = capture(failure);
        again.join();
        assertThat(failure.get())
                .isInstanceOf(SourceChangedException.class)
                .hasMessageContaining("seq of the row sstable_object")
                .hasMessageContaining("is 100, the log was captured up to 200");
    }
}
