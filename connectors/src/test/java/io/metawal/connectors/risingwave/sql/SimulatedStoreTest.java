package io.metawal.connectors.risingwave.sql;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.risingwave.files.CheckpointCodec;
import io.metawal.connectors.risingwave.files.HummockParameters;
import io.metawal.connectors.risingwave.files.HummockVersions;
import io.metawal.connectors.risingwave.hummock.VersionAssembler;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.simulated.sql.SimulatedSqlRisingWave;
import io.metawal.connectors.risingwave.simulated.sql.SqlConnections;
import io.metawal.connectors.risingwave.simulated.sql.SqlLevel;
import io.metawal.connectors.sql.jdbc.JdbcDialect;
import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.row.RowCodec;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.sqlite.SqliteSource;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectKey;
import io.metawal.testkit.sql.MariaDbServer;
import io.metawal.testkit.sql.PostgresServer;
import io.metawal.testkit.sql.SqlServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A simulated RisingWave's own rows: in the form of a snapshot and back, and captured out of a SQLite file while it writes. */
@Tag("server")
class SimulatedStoreTest {
    @TempDir
    private Path folder;

    private volatile Instant now = Instant.parse("2026-11-21T12:00:00Z");
    private volatile MemoryObjectStore objects = new MemoryObjectStore(InstantSource.system());

    /** The checkpoint that the simulation writes. */
    private final class Checkpoints implements HummockVersions {
        @Override
        public boolean canFind(HummockParameters parameters) {
            return true;
        }

        @Override
        public HummockVersion checkpoint(HummockParameters parameters) {
            return CheckpointCodec.decode(objects.read(new ObjectKey("hummock_001/checkpoint/0")), "checkpoint")
                    .getVersion();
        }
    }

    private SimulatedSqlRisingWave cluster(SqlLevel level, SqlEngine engine, SqlConnections connections)
            throws SQLException {
        try (Connection connection = connections.open()) {
            level.create(connection, engine);
        }
        objects = new MemoryObjectStore(InstantSource.system());
        SimulatedSqlRisingWave cluster = new SimulatedSqlRisingWave(
                SimulatedSqlRisingWave.settings(7, level).withLimits(20, 150), level, engine, connections, objects);
        cluster.bootstrap();
        return cluster;
    }

    private SqlConnections file() {
        Path file = folder.resolve("meta.db");
        return () -> DriverManager.getConnection(
                "jdbc:sqlite:" + file + "?foreign_keys=true&busy_timeout=20000&synchronous=OFF");
    }

    private void assertRowsComeBack(SqlServer server, SqlEngine engine) throws Exception {
        for (SqlLevel level : SqlLevel.values()) {
            String name = "rows_" + level.name().toLowerCase(java.util.Locale.ROOT) + "_"
                    + ProcessHandle.current().pid();
            server.createDatabase(name);
            assertRowsComeBack(level, engine, () -> DriverManager.getConnection(server.jdbcUrl(name)));
            server.dropDatabase(name);
        }
    }

    private void assertRowsComeBack(SqlLevel level, SqlEngine engine, SqlConnections connections) throws Exception {
        try (SimulatedSqlRisingWave cluster = cluster(level, engine, connections)) {
            for (int n = 0; n < 120; n++) {
                cluster.step();
            }
        }
        JdbcDialect dialect = JdbcDialect.of(engine);
        int[] rows = {0};
        try (Connection connection = connections.open()) {
            String schema = engine == SqlEngine.POSTGRESQL
                    ? "public"
                    : engine == SqlEngine.SQLITE ? "main" : connection.getCatalog();
            for (SqlTable table : dialect.describe(connection, schema)) {
                SqlModel model = SqlModel.ofTable(table.name()).orElse(null);
                if (model != null) {
                    dialect.read(connection, table, row -> {
                        rows[0]++;
                        ByteString json = RowsToSnapshot.row(model, table, row);
                        assertThat(RowCodec.encode(SnapshotToRows.row(model, table, json)))
                                .as("%s: %s", table, json.toStringUtf8())
                                .isEqualTo(RowCodec.encode(row));
                    });
                }
            }
        }
        assertThat(rows[0]).isGreaterThan(100);
    }

    @ParameterizedTest
    @EnumSource
    void rowsOfASqliteFileComeBack(SqlLevel level) throws Exception {
        assertRowsComeBack(level, SqlEngine.SQLITE, file());
    }

    @Test
    void rowsOfAPostgresqlComeBack() throws Exception {
        assertRowsComeBack(PostgresServer.shared(), SqlEngine.POSTGRESQL);
    }

    @Test
    void rowsOfAMariaDbComeBack() throws Exception {
        assertRowsComeBack(MariaDbServer.shared(), SqlEngine.MARIADB);
    }

    private static HummockVersion version(FoldingSink sink) {
        VersionAssembler version = new VersionAssembler();
        try (ImageView image = sink.image();
                EntryIterator entries = image.entries()) {
            entries.forEachRemaining(version::add);
        }
        return version.assemble();
    }

    /** What a second reader finds in the file. */
    private SortedMap<EntryKey, ByteString> rows() throws SQLException {
        SortedMap<EntryKey, ByteString> rows = new TreeMap<>();
        JdbcDialect dialect = JdbcDialect.of(SqlEngine.SQLITE);
        try (Connection connection = file().open()) {
            Query.run(connection, "BEGIN");
            for (SqlTable table : dialect.describe(connection, "main")) {
                dialect.read(connection, table, row -> {
                    if (!table.name().equals(RwSqlTables.VERSION_DELTA)) {
                        rows.put(
                                new EntryKey(
                                        RwSqlTables.space(table), ByteString.copyFromUtf8(row.key(table.primaryKey()))),
                                RowCodec.encode(row));
                    }
                });
            }
        }
        return rows;
    }

    private static SortedMap<EntryKey, ByteString> rows(FoldingSink sink) {
        SortedMap<EntryKey, ByteString> rows = new TreeMap<>();
        try (ImageView image = sink.image();
                EntryIterator entries = image.entries()) {
            while (entries.hasNext()) {
                Entry entry = entries.next();
                if (entry.entryKey().space().name().contains(".sql_")) {
                    rows.put(entry.entryKey(), entry.value());
                }
            }
        }
        return rows;
    }

    private static boolean folded(FoldingSink sink) {
        try (ImageView image = sink.image();
                EntryIterator entries = image.entries()) {
            while (entries.hasNext()) {
                if (entries.next().entryKey().space().equals(RwSpaces.UNAPPLIED)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Whether the delta that led to a version has come, applied or not. */
    private static boolean come(FoldingSink sink, long version) {
        if (folded(sink)) {
            return version(sink).getId() >= version;
        }
        try (ImageView image = sink.image()) {
            return image.find(new EntryKey(RwSpaces.UNAPPLIED, ByteString.copyFromUtf8(Long.toString(version))))
                    != null;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSqliteFileIsCapturedWhileItIsWritten(SqlLevel level) throws Exception {
        FoldingSink sink = new FoldingSink();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        try (SimulatedSqlRisingWave cluster = cluster(level, SqlEngine.SQLITE, file())) {
            cluster.checkpoint();
            SqliteSource source = new SqliteSource(
                    folder.resolve("meta.db"),
                    Duration.ofMillis(20),
                    new RwSqlInterpretation(new Checkpoints(), () -> now),
                    InstantSource.system(),
                    folder);
            Thread capture = new Thread(() -> source.capture(sink.resumeAt(), sink), "capture");
            capture.setUncaughtExceptionHandler((which, thrown) -> failure.set(thrown));
            capture.start();
            for (int n = 0; n < 150; n++) {
                cluster.step();
                if (n % 30 == 29) {
                    SortedMap<EntryKey, ByteString> rows = rows();
                    sink.await("the rows after step " + n, each -> rows(each).equals(rows));
                    if (folded(sink)) {
                        assertThat(version(sink)).isEqualTo(cluster.version());
                    }
                }
            }
            // Where deltas were truncated unread, the next checkpoint with a delta behind it makes up for them.
            cluster.checkpoint();
            cluster.commitEpoch();
            // The checkpoint is looked at every few seconds, when a transaction comes.
            for (int n = 0; n < 20 && !folded(sink); n++) {
                now = now.plusSeconds(10);
                cluster.commitEpoch();
                HummockVersion next = cluster.version();
                sink.await("the commit of version " + next.getId(), each -> come(each, next.getId()));
            }
            HummockVersion last = cluster.version();
            sink.await("the last version", each -> folded(each) && version(each).equals(last));
            capture.interrupt();
            capture.join();
        }
        assertThat(failure.get()).isNull();
        assertThat(sink.commits()).hasSizeGreaterThan(5);
    }
}
