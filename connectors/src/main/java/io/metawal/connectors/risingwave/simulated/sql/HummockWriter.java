package io.metawal.connectors.risingwave.simulated.sql;

import io.metawal.connectors.risingwave.proto.CompactionConfig;
import io.metawal.connectors.risingwave.proto.GroupDelta;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionCheckpoint;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.simulated.SimulatedObjects;
import io.metawal.connectors.risingwave.simulated.SimulatedRelease;
import io.metawal.connectors.risingwave.simulated.SqlEraDeltas;
import io.metawal.connectors.risingwave.simulated.WholeVersion;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * The Hummock side of a meta node: every change of the version is a delta in a row, with all that goes with it in one transaction; now and
 * then the version goes to the object store, and the deltas before it go away. One at a time, whoever asks.
 */
final class HummockWriter {
    private static final int TRUNCATED_AT_ONCE = 10;
    private static final int LEVELS = 6;
    private static final int TIME_TRAVEL_VERSIONS = 40;

    private final SimulatedStore store;
    private final Connection connection;
    private final RandomGenerator random;
    private final SimulatedClock clock;
    private final SqlLevel level;
    private final SimulatedObjects objects;
    private final SequenceIds ids;
    private final SqlEraDeltas deltas;
    private final RandomRows randomRows;
    private final VersionStats stats = new VersionStats();
    private final List<Long> stored = new ArrayList<>();
    private final Set<Long> statuses = new HashSet<>();
    private final SimulatedRelease release;
    private HummockVersion version = SqlEraDeltas.first();
    private long checkpointEpoch;

    HummockWriter(
            SimulatedStore store,
            Connection connection,
            RandomGenerator random,
            SimulatedClock clock,
            SqlLevel level,
            SimulatedObjects objects) {
        this.store = store;
        this.connection = connection;
        this.random = random;
        this.clock = clock;
        this.level = level;
        this.objects = objects;
        this.ids = new SequenceIds(store, connection);
        this.release = level.release();
        this.deltas = new SqlEraDeltas(random, ids, release);
        this.randomRows = new RandomRows(random);
    }

    /** As of the last commit; to be asked while nothing is committed, or by the one thread that there is. */
    HummockVersion version() {
        return version;
    }

    int ssts() {
        return SqlEraDeltas.ssts(version);
    }

    synchronized void bootstrap() throws SQLException {
        objects.writeCheckpoint(
                HummockVersionCheckpoint.newBuilder().setVersion(version).build());
        SqlTransaction first = store.begin(connection);
        long unused = first.insert("hummock_version_stats", Map.of("id", 0L, "stats", "{}"));
        for (long group : new TreeSet<>(version.getLevelsMap().keySet())) {
            insertConfig(first, group);
        }
        first.commit("an empty Hummock");
    }

    private static void insertConfig(SqlTransaction transaction, long group) throws SQLException {
        long unused = transaction.insert(
                "compaction_config",
                Map.of(
                        "compaction_group_id",
                        group,
                        "config",
                        CompactionConfig.newBuilder()
                                .setMaxLevel(LEVELS)
                                .build()
                                .toByteString()));
    }

    synchronized void commitEpoch(Collection<Integer> added) throws SQLException {
        long epoch = clock.nextEpoch();
        HummockVersionDelta delta = deltas.commit(version, epoch, added);
        apply(
                delta,
                store.begin(connection),
                epoch,
                "epoch " + epoch + (added.isEmpty() ? "" : ", new tables " + added));
    }

    /** Unregisters those tables that are there. */
    synchronized void drop(Collection<Integer> tables) throws SQLException {
        List<Integer> dropped = new ArrayList<>(tables);
        dropped.retainAll(SqlEraDeltas.tables(version));
        if (!dropped.isEmpty()) {
            apply(
                    deltas.drop(version, dropped),
                    store.begin(connection),
                    0,
                    "tables " + dropped + " dropped from Hummock");
        }
    }

    /** A task is given to a compactor; it reports back, or is cancelled. */
    synchronized void compact() throws SQLException {
        HummockVersionDelta delta = deltas.compact(version);
        if (delta == null) {
            return;
        }
        long group = delta.getGroupDeltasMap().keySet().iterator().next();
        long task = ids.take(SequenceIds.TASK, 1);
        SqlTransaction begun = store.begin(connection);
        long unused = begun.insert(
                "compaction_task",
                Map.of("id", task, "task", randomRows.bytes(60), "context_id", 1L + random.nextInt(3)));
        putStatus(begun, group);
        begun.commit("compaction task " + task);
        SqlTransaction done = store.begin(connection);
        int gone = done.delete("compaction_task", Map.of("id", task));
        putStatus(done, group);
        if (gone == 1 && random.nextInt(10) == 0) {
            done.commit("compaction task " + task + " cancelled");
        } else {
            apply(delta, done, 0, "compaction task " + task + " done");
        }
    }

    private void putStatus(SqlTransaction transaction, long group) throws SQLException {
        Map<String, Object> status = Map.of("status", randomRows.bytes(20 + random.nextInt(40)));
        if (statuses.add(group)) {
            long unused = transaction.insert(
                    "compaction_status", Map.of("compaction_group_id", group, "status", randomRows.bytes(12)));
        } else {
            transaction.update("compaction_status", Map.of("compaction_group_id", group), status);
        }
    }

    synchronized void regroup() throws SQLException {
        HummockVersionDelta delta = deltas.regroup(version);
        if (delta == null) {
            compact();
        } else {
            apply(delta, store.begin(connection), 0, "compaction groups changed");
        }
    }

    private void apply(HummockVersionDelta delta, SqlTransaction transaction, long epoch, String description)
            throws SQLException {
        HummockVersion next = WholeVersion.apply(version, delta, release);
        DeltaParts.newObjects(delta).forEach(objects::writeSst);
        long unused = transaction.insert(
                "hummock_version_delta",
                Map.of(
                        "id", delta.getId(),
                        "prev_id", delta.getPrevId(),
                        "max_committed_epoch", delta.getMaxCommittedEpoch(),
                        "safe_epoch", 0L,
                        "trivial_move", delta.getTrivialMove(),
                        "full_version_delta", delta.toByteString()));
        putGroups(transaction, delta);
        stats.add(delta);
        transaction.update("hummock_version_stats", Map.of("id", 0L), Map.of("stats", stats.json()));
        if (epoch != 0) {
            new TimeTravelRows(transaction, randomRows).insert(delta, epoch, next);
        }
        if (level == SqlLevel.V3_0) {
            ChangeLogRows.put(transaction, delta);
        }
        transaction.commit(description, () -> {
            version = next;
            stored.add(delta.getId());
        });
    }

    private void putGroups(SqlTransaction transaction, HummockVersionDelta delta) throws SQLException {
        for (long group : new TreeSet<>(delta.getGroupDeltasMap().keySet())) {
            for (GroupDelta one : delta.getGroupDeltasOrThrow(group).getGroupDeltasList()) {
                if (one.hasGroupConstruct()) {
                    insertConfig(transaction, group);
                } else if (one.hasGroupDestroy()) {
                    forget(transaction, group);
                } else if (one.hasGroupMerge()) {
                    forget(transaction, one.getGroupMerge().getRightGroupId());
                }
            }
        }
    }

    private void forget(SqlTransaction transaction, long group) throws SQLException {
        int unused = transaction.delete("compaction_config", Map.of("compaction_group_id", group))
                + transaction.delete("compaction_status", Map.of("compaction_group_id", group));
        statuses.remove(group);
    }

    /** The version goes to the object store; then the deltas that it holds go, some at a time, and old time travel with them. */
    synchronized void checkpoint() throws SQLException {
        objects.writeCheckpoint(
                HummockVersionCheckpoint.newBuilder().setVersion(version).build());
        long last = version.getId();
        while (!stored.isEmpty()) {
            List<Long> some = List.copyOf(stored.subList(0, Math.min(TRUNCATED_AT_ONCE, stored.size())));
            SqlTransaction truncation = store.begin(connection);
            for (long id : some) {
                int unused = truncation.delete("hummock_version_delta", Map.of("id", id));
            }
            truncation.commit("deltas truncated up to " + some.get(some.size() - 1), () -> stored.removeAll(some));
        }
        SqlTransaction travel = store.begin(connection);
        TimeTravelRows.forgetBefore(travel, last - TIME_TRAVEL_VERSIONS);
        if (level == SqlLevel.V3_0) {
            ChangeLogRows.cutBefore(travel, checkpointEpoch);
            checkpointEpoch = clock.nextEpoch();
        }
        travel.commit("time travel before version " + (last - TIME_TRAVEL_VERSIONS) + " forgotten");
    }

    /** Deltas that have rows, as ids. */
    List<Long> storedDeltas() {
        return List.copyOf(stored);
    }
}
