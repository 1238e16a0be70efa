package io.metawal.connectors.risingwave.simulated;

import io.metawal.connectors.risingwave.proto.CompactionConfig;
import io.metawal.connectors.risingwave.proto.CompatibilityVersion;
import io.metawal.connectors.risingwave.proto.GroupConstruct;
import io.metawal.connectors.risingwave.proto.GroupDelta;
import io.metawal.connectors.risingwave.proto.GroupDestroy;
import io.metawal.connectors.risingwave.proto.GroupMetaChange;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta.GroupDeltas;
import io.metawal.connectors.risingwave.proto.IntraLevelDelta;
import io.metawal.connectors.risingwave.proto.NewL0SubLevel;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import io.metawal.connectors.risingwave.proto.StateTableInfoDelta;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** Epochs committed, tables that come with them or before them, and tables dropped. */
final class CommitDeltas {
    static final int LEVELS = 6;
    static final long LAST_STATIC_GROUP = 4;
    private static final int SSTS_MAX = 3;

    private final RandomGenerator random;
    private final RwEra era;
    private final RandomSsts ssts;
    private final RandomTableChanges tableChanges;

    CommitDeltas(RandomGenerator random, RwEra era, Numbers numbers) {
        this.random = random;
        this.era = era;
        this.ssts = new RandomSsts(random, era, numbers);
        this.tableChanges = new RandomTableChanges(random, era, ssts, numbers);
    }

    /**
     * Commits an epoch of all tables, from v2.1 of some, with SSTs in some of their groups.
     *
     * @param added new tables, each with its group, which may be new, too; none to v1.9
     */
    HummockVersionDelta commit(HummockVersion version, long epoch, Map<Integer, Long> added) {
        HummockVersionDelta.Builder delta = Tables.begin(version);
        Map<Integer, Long> groups = Tables.groups(version);
        Map<Integer, Long> epochs = new TreeMap<>();
        groups.forEach((table, group) -> {
            if (era != RwEra.V2_1 || random.nextInt(4) > 0) {
                epochs.put(table, epoch);
            }
        });
        added.forEach((table, group) -> epochs.put(table, firstEpoch(epoch)));
        groups.putAll(added);
        Map<Integer, Long> advancing = new TreeMap<>(groups);
        advancing.keySet().retainAll(epochs.keySet());
        Tables.byGroup(advancing).forEach((group, tables) -> {
            GroupDeltas.Builder deltas = GroupDeltas.newBuilder();
            if (!version.containsLevels(group)) {
                deltas.addGroupDeltas(construct(List.of(), group));
            }
            if (random.nextInt(3) > 0) {
                flush(deltas, tables, epoch);
            }
            if (deltas.getGroupDeltasCount() > 0) {
                delta.putGroupDeltas(group, deltas.build());
            }
        });
        if (era.hasStateTables()) {
            epochs.forEach((table, at) -> delta.putStateTableInfoDelta(
                    table,
                    StateTableInfoDelta.newBuilder()
                            .setCommittedEpoch(at)
                            .setSafeEpoch(era == RwEra.V1_10 ? at : 0)
                            .setCompactionGroupId(groups.getOrDefault(table, 0L))
                            .build()));
        }
        if (era != RwEra.V2_1) {
            delta.setMaxCommittedEpoch(epoch);
            delta.setSafeEpoch(era == RwEra.V1_10 ? epoch : safeEpoch(version, epoch));
        }
        tableChanges.addTo(delta, version, epochs);
        return delta.build();
    }

    /** Since v2.1 a job that fills a table from a snapshot commits it at tiny epochs that are no times. */
    private long firstEpoch(long epoch) {
        return era == RwEra.V2_1 && random.nextInt(5) == 0 ? (long) random.nextInt(3) << 16 : epoch;
    }

    private long safeEpoch(HummockVersion version, long epoch) {
        return switch (random.nextInt(3)) {
            case 0 -> version.getSafeEpoch();
            case 1 -> version.getMaxCommittedEpoch();
            default -> epoch;
        };
    }

    private void flush(GroupDeltas.Builder deltas, List<Integer> tables, long epoch) {
        int levels = era.hasStateTables() && random.nextInt(4) == 0 ? 2 : 1;
        for (int level = 0; level < levels; level++) {
            List<SstableInfo> flushed = new ArrayList<>();
            int count = 1 + random.nextInt(SSTS_MAX);
            for (int i = 0; i < count; i++) {
                flushed.add(ssts.flushed(tables, epoch));
            }
            GroupDelta.Builder one = GroupDelta.newBuilder();
            if (era == RwEra.V2_1) {
                one.setNewL0SubLevel(NewL0SubLevel.newBuilder().addAllInsertedTableInfos(flushed));
            } else {
                one.setIntraLevel(IntraLevelDelta.newBuilder()
                        .setL0SubLevelId(epoch + level)
                        .addAllInsertedTableInfos(flushed));
            }
            deltas.addGroupDeltas(one);
        }
    }

    /** To v1.9: tables become members of groups before anything is committed for them. */
    HummockVersionDelta register(HummockVersion version, Map<Integer, Long> added) {
        HummockVersionDelta.Builder delta = Tables.begin(version);
        Tables.byGroup(added).forEach((group, tables) -> {
            GroupDelta one = version.containsLevels(group)
                    ? GroupDelta.newBuilder()
                            .setGroupMetaChange(GroupMetaChange.newBuilder().addAllTableIdsAdd(tables))
                            .build()
                    : construct(tables, group);
            delta.putGroupDeltas(
                    group, GroupDeltas.newBuilder().addGroupDeltas(one).build());
        });
        return delta.build();
    }

    private GroupDelta construct(List<Integer> tables, long group) {
        return GroupDelta.newBuilder()
                .setGroupConstruct(GroupConstruct.newBuilder()
                        .setGroupConfig(CompactionConfig.newBuilder().setMaxLevel(LEVELS))
                        .setGroupId(group)
                        .addAllTableIds(tables)
                        .setVersion(
                                switch (era) {
                                    case V1_0 -> CompatibilityVersion.NO_TRIVIAL_SPLIT;
                                    case V1_10 -> CompatibilityVersion.NO_MEMBER_TABLE_IDS;
                                    case V2_1 -> CompatibilityVersion.SPLIT_GROUP_BY_TABLE_ID;
                                }))
                .build();
    }

    /** Tables dropped, and groups of their own with the last of them. */
    HummockVersionDelta drop(HummockVersion version, Collection<Integer> tables) {
        HummockVersionDelta.Builder delta = Tables.begin(version).addAllRemovedTableIds(tables);
        Map<Integer, Long> groups = Tables.groups(version);
        Map<Integer, Long> dropped = new HashMap<>(groups);
        dropped.keySet().retainAll(tables);
        groups.keySet().removeAll(tables);
        Tables.byGroup(dropped).forEach((group, members) -> {
            GroupDeltas.Builder deltas = GroupDeltas.newBuilder();
            if (!era.hasStateTables()) {
                deltas.addGroupDeltasBuilder()
                        .setGroupMetaChange(GroupMetaChange.newBuilder().addAllTableIdsRemove(members));
            }
            if (group > LAST_STATIC_GROUP && !groups.containsValue(group)) {
                deltas.addGroupDeltasBuilder().setGroupDestroy(GroupDestroy.getDefaultInstance());
            }
            if (deltas.getGroupDeltasCount() > 0) {
                delta.putGroupDeltas(group, deltas.build());
            }
        });
        return delta.build();
    }
}
