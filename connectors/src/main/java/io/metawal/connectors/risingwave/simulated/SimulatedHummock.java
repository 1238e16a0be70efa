package io.metawal.connectors.risingwave.simulated;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.metawal.connectors.risingwave.proto.GroupDelta;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionCheckpoint;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.HummockVersionStats;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import io.metawal.connectors.risingwave.proto.TableStats;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * The Hummock side of a meta node: every change of the version is a delta in a row, with the statistics in the same transaction;
 * now and then the version goes to the object store, and the deltas before it go away.
 */
final class SimulatedHummock {
    private static final int TRUNCATED_AT_ONCE = 10;
    private static final int STATS_CHANGED_MAX = 5;

    private final SimulationSettings settings;
    private final RandomGenerator random;
    private final SimulatedRows rows;
    private final SimulatedIds ids;
    private final SimulatedObjects objects;
    private final CommitDeltas commits;
    private final CompactionDeltas compactions;
    private final RegroupingDeltas regroupings;
    private HummockVersion version = RandomDeltas.first();
    private HummockVersionStats stats = HummockVersionStats.getDefaultInstance();

    SimulatedHummock(
            SimulationSettings settings,
            RandomGenerator random,
            SimulatedRows rows,
            SimulatedIds ids,
            SimulatedObjects objects) {
        this.settings = settings;
        this.random = random;
        this.rows = rows;
        this.ids = ids;
        this.objects = objects;
        this.commits = new CommitDeltas(random, settings.era(), ids);
        this.compactions = new CompactionDeltas(random, settings.era(), ids);
        this.regroupings = new RegroupingDeltas(random, settings.era(), ids);
    }

    HummockVersion version() {
        return version;
    }

    long lastEpoch() {
        return version.getMaxCommittedEpoch();
    }

    void bootstrap() {
        objects.writeCheckpoint(
                HummockVersionCheckpoint.newBuilder().setVersion(version).build());
        MetaTransaction first = new MetaTransaction();
        if (!settings.since(1, 7)) {
            first.put(EtcdKeys.text(EtcdKeys.DEFAULT, "hummock_init_flag"), ByteString.copyFrom(new byte[] {1}));
        }
        putStats(first, version.getId());
        version.getLevelsMap().keySet().forEach(group -> putConfig(first, group));
        rows.commit(first, "an empty Hummock");
    }

    /** Puts this in the place of the empty version, as if it had always been there. */
    void prefill(HummockVersion large) {
        objects.writeCheckpoint(
                HummockVersionCheckpoint.newBuilder().setVersion(large).build());
        MetaTransaction configs = new MetaTransaction();
        large.getLevelsMap().keySet().forEach(group -> putConfig(configs, group));
        rows.commit(configs, "compaction groups", () -> version = large);
    }

    /** From v1.10 new tables come with the first epoch that is committed for them; before, they are registered. */
    void create(long epoch, Map<Integer, Long> added) {
        if (settings.era().hasStateTables()) {
            apply(commits.commit(version, epoch, added), new MetaTransaction(), "epoch " + epoch + ", new tables");
        } else {
            apply(commits.register(version, added), new MetaTransaction(), "new tables");
        }
    }

    void commitEpoch(long epoch) {
        apply(commits.commit(version, epoch, Map.of()), new MetaTransaction(), "epoch " + epoch);
    }

    /** Unregisters those tables that are there. */
    void drop(Collection<Integer> tables) {
        List<Integer> dropped = new ArrayList<>(tables);
        dropped.retainAll(Tables.groups(version).keySet());
        if (!dropped.isEmpty()) {
            apply(commits.drop(version, dropped), new MetaTransaction(), "tables dropped");
        }
    }

    Collection<Integer> tables() {
        return Tables.groups(version).keySet();
    }

    /** Which group a new table goes to, which may not be there yet. */
    long groupForNewTable() {
        List<Long> groups = new ArrayList<>(new TreeMap<>(version.getLevelsMap()).keySet());
        return random.nextInt(8) == 0 && groups.size() < 8 ? ids.group() : Tables.any(random, groups);
    }

    boolean isFull() {
        return Tables.ssts(version) > settings.sstsMax();
    }

    /** A task is given to a compactor; it reports back, or is cancelled. */
    void compact() {
        HummockVersionDelta delta = compactions.compact(version);
        if (delta == null) {
            return;
        }
        long group = delta.getGroupDeltasMap().keySet().iterator().next();
        long task = ids.next(SimulatedIds.TASK);
        RawMessage assignment = new RawMessage()
                .message(1, new RawMessage().number(4, task).number(7, group))
                .number(2, 1 + random.nextInt(3));
        ByteString taskKey = EtcdKeys.number(EtcdKeys.COMPACT_TASKS, task);
        ByteString statusKey = EtcdKeys.number(EtcdKeys.COMPACT_STATUS, group);
        rows.commit(
                new MetaTransaction().put(taskKey, assignment.encoded()).put(statusKey, status(group, task)),
                "compaction task " + task);
        MetaTransaction done = new MetaTransaction().delete(taskKey).put(statusKey, status(group, 0));
        if (random.nextInt(10) == 0) {
            rows.commit(done, "compaction task " + task + " cancelled");
        } else {
            apply(delta, done, "compaction task " + task + " done");
        }
    }

    private static ByteString status(long group, long task) {
        return new RawMessage()
                .number(1, group)
                .message(2, new RawMessage().number(2, task))
                .encoded();
    }

    void regroup() {
        // To v2.0 a split may double the SSTs that it touches.
        boolean split = settings.era() == RwEra.V1_10 || random.nextBoolean();
        if (isFull() || (split && version.getLevelsCount() >= 8)) {
            compact();
            return;
        }
        HummockVersionDelta delta = split ? regroupings.split(version) : regroupings.move(version);
        if (delta != null && RegroupingDeltas.fits(version, delta, SimulatedRelease.V2_0)) {
            apply(delta, new MetaTransaction(), split ? "group split" : "tables moved to another group");
        }
    }

    private void apply(HummockVersionDelta delta, MetaTransaction transaction, String description) {
        HummockVersion next = WholeVersion.apply(version, delta, SimulatedRelease.V2_0);
        writeSsts(delta);
        transaction.put(EtcdKeys.number(EtcdKeys.DELTAS, delta.getId()), delta.toByteString());
        delta.getGroupDeltasMap().forEach((group, deltas) -> {
            for (GroupDelta one : deltas.getGroupDeltasList()) {
                if (one.hasGroupConstruct()) {
                    putConfig(transaction, group);
                } else if (one.hasGroupDestroy()) {
                    transaction.delete(EtcdKeys.number(EtcdKeys.COMPACTION_GROUPS, group));
                    transaction.delete(EtcdKeys.number(EtcdKeys.COMPACT_STATUS, group));
                }
            }
        });
        stats = changedStats(delta);
        putStats(transaction, delta.getId());
        rows.commit(transaction, description, () -> version = next);
    }

    /** Objects before the rows that refer to them. */
    private void writeSsts(HummockVersionDelta delta) {
        delta.getGroupDeltasMap().values().stream()
                .flatMap(deltas -> deltas.getGroupDeltasList().stream())
                .flatMap(one -> one.getIntraLevel().getInsertedTableInfosList().stream())
                .filter(sst -> !delta.getTrivialMove())
                .forEach(sst -> objects.writeSst(sst.getObjectId()));
        delta.getChangeLogDeltaMap().values().forEach(change -> {
            List<SstableInfo> ssts = new ArrayList<>(change.getNewLog().getNewValueList());
            ssts.addAll(change.getNewLog().getOldValueList());
            ssts.forEach(sst -> objects.writeSst(sst.getObjectId()));
        });
    }

    private HummockVersionStats changedStats(HummockVersionDelta delta) {
        HummockVersionStats.Builder changed = stats.toBuilder().setHummockVersionId(delta.getId());
        delta.getGroupDeltasMap().values().stream()
                .flatMap(deltas -> deltas.getGroupDeltasList().stream())
                .flatMap(one -> one.getIntraLevel().getInsertedTableInfosList().stream())
                .limit(STATS_CHANGED_MAX)
                .forEach(sst -> changed.putTableStats(sst.getTableIds(0), more(changed, sst)));
        delta.getRemovedTableIdsList().forEach(changed::removeTableStats);
        return changed.build();
    }

    private static TableStats more(HummockVersionStats.Builder stats, SstableInfo sst) {
        TableStats before = stats.getTableStatsOrDefault(sst.getTableIds(0), TableStats.getDefaultInstance());
        return before.toBuilder()
                .setTotalKeyCount(before.getTotalKeyCount() + sst.getTotalKeyCount())
                .setTotalKeySize(before.getTotalKeySize() + 8 * sst.getTotalKeyCount())
                .setTotalValueSize(before.getTotalValueSize() + sst.getUncompressedFileSize())
                .build();
    }

    private void putStats(MetaTransaction transaction, long id) {
        stats = stats.toBuilder().setHummockVersionId(id).build();
        transaction.put(EtcdKeys.number(EtcdKeys.STATS, 0), stats.toByteString());
    }

    private static void putConfig(MetaTransaction transaction, long group) {
        RawMessage config = new RawMessage().number(1, 512 << 20).number(2, CommitDeltas.LEVELS);
        transaction.put(
                EtcdKeys.number(EtcdKeys.COMPACTION_GROUPS, group),
                new RawMessage().number(1, group).message(4, config).encoded());
    }

    /** The version goes to the object store; then the deltas that it holds go, a few at a time. */
    void checkpoint() {
        HummockVersion stored = version;
        objects.writeCheckpoint(
                HummockVersionCheckpoint.newBuilder().setVersion(stored).build());
        MetaTransaction truncation = new MetaTransaction();
        for (HummockVersionDelta delta : deltas()) {
            truncation.delete(EtcdKeys.number(EtcdKeys.DELTAS, delta.getId()));
            if (truncation.deletes().size() == TRUNCATED_AT_ONCE) {
                rows.commit(truncation, "deltas truncated up to " + delta.getId());
                truncation = new MetaTransaction();
            }
        }
        if (!truncation.deletes().isEmpty()) {
            rows.commit(truncation, "deltas truncated up to " + stored.getId());
        }
    }

    private List<HummockVersionDelta> deltas() {
        List<HummockVersionDelta> deltas = new ArrayList<>();
        try {
            for (ByteString row : rows.of(EtcdKeys.DELTAS).values()) {
                deltas.add(HummockVersionDelta.parseFrom(row));
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a row of " + EtcdKeys.DELTAS + " is no delta", e);
        }
        deltas.sort(Comparator.comparingLong(HummockVersionDelta::getId));
        return deltas;
    }

    /** As a meta node starts: the stored version and the deltas after it must give what was there before. */
    void restart() {
        HummockVersion replayed = objects.readCheckpoint();
        for (HummockVersionDelta delta : deltas()) {
            if (delta.getId() > replayed.getId()) {
                replayed = WholeVersion.apply(replayed, delta, SimulatedRelease.V2_0);
            }
        }
        if (!replayed.equals(version)) {
            throw new IllegalStateException("after a crash, checkpoint and deltas give version " + replayed.getId()
                    + ", which is not version " + version.getId() + " as it was");
        }
        version = replayed;
        stats = storedStats();
        MetaTransaction cancelled = new MetaTransaction();
        rows.of(EtcdKeys.COMPACT_TASKS).keySet().forEach(cancelled::delete);
        if (!cancelled.deletes().isEmpty()) {
            rows.commit(cancelled, "compaction tasks of before the crash cancelled");
        }
    }

    private HummockVersionStats storedStats() {
        ByteString row = rows.find(EtcdKeys.number(EtcdKeys.STATS, 0));
        try {
            return HummockVersionStats.parseFrom(row == null ? ByteString.EMPTY : row);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the row of " + EtcdKeys.STATS + " is no statistics", e);
        }
    }
}
