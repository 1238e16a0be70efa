package io.metawal.connectors.risingwave.simulated.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.connectors.risingwave.files.CheckpointCodec;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.simulated.SimulationSettings;
import io.metawal.connectors.risingwave.simulated.WholeVersion;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStore;
import io.metawal.testkit.seed.Seeded;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("server")
class SimulatedSqlRisingWaveTest {
    private static final List<SqlEngine> ENGINES = List.of(SqlEngine.SQLITE, SqlEngine.POSTGRESQL, SqlEngine.MARIADB);

    @TempDir
    Path directory;

    /** A meta store and what is written to it. */
    private record World(
            Stores.Connecting connecting,
            SqlEngine engine,
            SqlLevel level,
            ObjectStore objects,
            SimulatedSqlRisingWave risingWave) {}

    private static World world(Stores stores, SqlEngine engine, SqlLevel level, long seed) throws SQLException {
        Stores.Connecting connecting = stores.create(engine);
        try (Connection connection = connecting.open()) {
            level.create(connection, engine);
        }
        ObjectStore objects = new MemoryObjectStore(InstantSource.fixed(Instant.EPOCH));
        SimulationSettings settings =
                SimulatedSqlRisingWave.settings(seed, level).withLimits(20, 150);
        SimulatedSqlRisingWave risingWave = new SimulatedSqlRisingWave(settings, level, engine, connecting, objects);
        risingWave.bootstrap();
        return new World(connecting, engine, level, objects, risingWave);
    }

    @Test
    void everyEngineHoldsWhatTheSimulationSaysAtEveryLevel() throws Exception {
        try (Stores stores = new Stores(directory)) {
            for (SqlLevel level : SqlLevel.values()) {
                for (SqlEngine engine : ENGINES) {
                    Seeded.check(1, random -> {
                        World world = world(stores, engine, level, random.nextLong());
                        try (SimulatedSqlRisingWave risingWave = world.risingWave()) {
                            for (int i = 0; i < 150; i++) {
                                risingWave.step();
                                if (i % 50 == 49) {
                                    assertRight(world);
                                }
                            }
                            assertThat(risingWave.committed()).isGreaterThan(170);
                        }
                    });
                }
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameHistory() throws Exception {
        try (Stores stores = new Stores(directory)) {
            List<List<String>> histories = new ArrayList<>();
            List<SqlDump> ends = new ArrayList<>();
            for (long seed : new long[] {5, 5, 6}) {
                World world = world(stores, SqlEngine.SQLITE, SqlLevel.V3_0, seed);
                List<String> history = new ArrayList<>();
                world.risingWave().addListener(history::add);
                for (int i = 0; i < 200; i++) {
                    world.risingWave().step();
                }
                histories.add(history);
                ends.add(world.risingWave().rows().without(List.of("database", "object", "schema")));
                world.risingWave().close();
            }
            assertThat(histories.get(0)).hasSizeGreaterThan(200).isEqualTo(histories.get(1));
            assertThat(histories.get(0)).isNotEqualTo(histories.get(2));
            assertThat(SqlDump.compare(ends.get(0), ends.get(1))).isEmpty();
        }
    }

    /** Everything that tests of a capture count on is in a history. */
    @Test
    void aHistoryHasAllKindsOfThings() throws Exception {
        try (Stores stores = new Stores(directory)) {
            World world = world(stores, SqlEngine.SQLITE, SqlLevel.V3_0, 11);
            Set<String> filled = new HashSet<>();
            Set<String> nullOrEmpty = new HashSet<>();
            List<String> history = new ArrayList<>();
            world.risingWave().addListener(history::add);
            int longest = 0;
            for (int i = 0; i < 800; i++) {
                world.risingWave().step();
                if (i % 50 == 0) {
                    SqlDump rows = world.risingWave().rows();
                    for (String table : rows.tables()) {
                        if (!rows.rows(table).isEmpty()) {
                            filled.add(table);
                        }
                    }
                    for (SortedMap<String, @Nullable String> row : rows.rows("source")) {
                        String info = row.get("source_info");
                        nullOrEmpty.add(info == null ? "null" : info.equals("\\x") ? "empty" : "bytes");
                    }
                    for (SortedMap<String, @Nullable String> row : rows.rows("fragment")) {
                        longest = Math.max(
                                longest, String.valueOf(row.get("stream_node")).length() / 2);
                    }
                }
            }
            Set<String> never = new HashSet<>(world.level().tables(SqlEngine.SQLITE));
            never.removeAll(filled);
            assertThat(never).containsExactlyInAnyOrder("actor", "compaction_task", "hummock_pinned_snapshot");
            assertThat(nullOrEmpty).containsExactlyInAnyOrder("null", "empty", "bytes");
            assertThat(longest).isGreaterThan(20_000);
            for (String words : List.of(
                    "deltas truncated", "dropped", "compaction task", "cancelled", "groups changed", "new tables")) {
                assertThat(history).anyMatch(line -> line.contains(words));
            }
            world.risingWave().close();
        }
    }

    @Test
    void severalWritersAtOnceCommitOneAfterTheOther() throws Exception {
        try (Stores stores = new Stores(directory)) {
            for (SqlEngine engine : List.of(SqlEngine.POSTGRESQL, SqlEngine.MARIADB)) {
                World world = world(stores, engine, SqlLevel.V3_0, 3);
                try (SimulatedSqlRisingWave risingWave = world.risingWave()) {
                    CompletableFuture<Void> running = CompletableFuture.runAsync(() -> {
                        try {
                            risingWave.runTogether(3, 120);
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    });
                    int looked = 0;
                    while (!finished(running)) {
                        assertRightNow(world);
                        looked++;
                    }
                    running.get();
                    risingWave.endLongTransaction();
                    assertRightNow(world);
                    assertThat(looked).isGreaterThan(2);
                    assertThat(risingWave.committed()).isGreaterThan(500);
                }
            }
        }
    }

    private static boolean finished(CompletableFuture<Void> running) throws Exception {
        try {
            running.get(100, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    @Test
    void aStoreInUseCanBeMigrated() throws Exception {
        try (Stores stores = new Stores(directory)) {
            for (SqlEngine engine : ENGINES) {
                World world = world(stores, engine, SqlLevel.V2_1, 9);
                for (int i = 0;
                        i < 90 || world.risingWave().rows().rows("actor").isEmpty();
                        i++) {
                    world.risingWave().step();
                }
                world.risingWave().endLongTransaction();
                world.risingWave().close();
                try (Connection connection = world.connecting().open()) {
                    SqlDump before = SqlDump.of(connection, engine);
                    SqlLevel.V2_1.migrate(connection, engine, SqlLevel.V2_6);
                    SqlDump after = SqlDump.of(connection, engine);
                    for (String same :
                            List.of("object", "hummock_version_delta", "actor", "view", "object_dependency")) {
                        assertThat(after.rows(same)).as(engine + " " + same).isEqualTo(before.rows(same));
                    }
                    assertThat(before.rows("actor")).isNotEmpty();
                    assertThat(after.rows("fragment")).hasSameSizeAs(before.rows("fragment"));
                    assertThat(after.tables()).contains("fragment_relation").doesNotContain("actor_dispatcher");
                    assertThat(after.rows("database")).allMatch(row -> "default".equals(row.get("resource_group")));
                    SqlLevel.V2_6.migrate(connection, engine, SqlLevel.V3_0);
                    assertThat(SqlDump.of(connection, engine).rows("fragment")).hasSameSizeAs(before.rows("fragment"));
                }
            }
        }
    }

    @Test
    void sqliteHasOneWriter() throws Exception {
        try (Stores stores = new Stores(directory)) {
            World world = world(stores, SqlEngine.SQLITE, SqlLevel.V2_6, 1);
            assertThatThrownBy(() -> world.risingWave().runTogether(2, 1))
                    .hasMessage("SQLite has one writer at a time");
            world.risingWave().close();
        }
    }

    private static void assertRightNow(World world) throws Exception {
        Object unused = world.risingWave().frozen(() -> {
            assertRight(world);
            return true;
        });
    }

    private static void assertRight(World world) throws SQLException {
        try (Connection connection = world.connecting().open()) {
            SqlDump found = SqlDump.of(connection, world.engine());
            assertThat(SqlDump.compare(world.risingWave().rows(), found))
                    .as(world.engine() + " " + world.level())
                    .isEmpty();
            assertThat(replayed(world, connection)).isEqualTo(world.risingWave().version());
            assertLinked(world, found);
        }
    }

    /** As a meta node starts: the stored version and the deltas after it. */
    private static HummockVersion replayed(World world, Connection connection) throws SQLException {
        ObjectKey key = new ObjectKey("hummock_001/checkpoint/0");
        HummockVersion version = CheckpointCodec.decode(world.objects().read(key), key.toString())
                .getVersion();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT id, prev_id, full_version_delta FROM hummock_version_delta ORDER BY id")) {
            while (rows.next()) {
                HummockVersionDelta delta = parsed(rows.getBytes(3));
                assertThat(delta.getId()).isEqualTo(rows.getLong(1));
                assertThat(delta.getPrevId()).isEqualTo(rows.getLong(2));
                if (delta.getId() > version.getId()) {
                    version = WholeVersion.apply(version, delta, world.level().release());
                }
            }
        }
        return version;
    }

    private static HummockVersionDelta parsed(byte[] bytes) {
        try {
            return HummockVersionDelta.parseFrom(bytes);
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /** Every foreign key of the level, whether the engine enforces it or not. */
    private static void assertLinked(World world, SqlDump rows) {
        for (LevelTable table : world.level().schema(world.engine()).tables()) {
            for (LevelTable.Link link : table.links()) {
                Set<@Nullable String> parents = new HashSet<>();
                rows.rows(link.parent()).forEach(row -> parents.add(row.get(link.parentColumn())));
                for (Map<String, @Nullable String> row : rows.rows(table.name())) {
                    String value = row.get(link.column());
                    assertThat(value == null || parents.contains(value))
                            .as(link.name() + " of " + row)
                            .isTrue();
                }
            }
        }
    }
}
