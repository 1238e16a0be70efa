package io.metawal.connectors.risingwave.simulated;

import io.metawal.connectors.risingwave.proto.CompactionConfig;
import io.metawal.connectors.risingwave.proto.CompatibilityVersion;
import io.metawal.connectors.risingwave.proto.GroupConstruct;
import io.metawal.connectors.risingwave.proto.GroupDelta;
import io.metawal.connectors.risingwave.proto.GroupMerge;
import io.metawal.connectors.risingwave.proto.GroupMetaChange;
import io.metawal.connectors.risingwave.proto.GroupTableChange;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta.GroupDeltas;
import io.metawal.connectors.risingwave.proto.StateTableInfo;
import io.metawal.connectors.risingwave.proto.StateTableInfoDelta;
import io.metawal.connectors.risingwave.proto.TruncateTables;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Groups split, joined, tables moved between them and truncated. Null where the version has nothing for it. */
final class RegroupingDeltas {
    private final RandomGenerator random;
    private final RwEra era;
    private final Numbers numbers;

    RegroupingDeltas(RandomGenerator random, RwEra era, Numbers numbers) {
        this.random = random;
        this.era = era;
        this.numbers = numbers;
    }

    @Nullable
    HummockVersionDelta split(HummockVersion version) {
        Map<Long, List<Integer>> groups = Tables.byGroup(Tables.groups(version));
        groups.values().removeIf(tables -> tables.size() < 2);
        if (groups.isEmpty()) {
            return null;
        }
        long parent = Tables.any(random, new ArrayList<>(groups.keySet()));
        List<Integer> tables = groups.getOrDefault(parent, List.of());
        int from = 1 + random.nextInt(tables.size() - 1);
        List<Integer> moving = era == RwEra.V2_1 ? tables.subList(from, tables.size()) : some(tables);
        long child = numbers.group();
        HummockVersionDelta.Builder delta = Tables.begin(version);
        GroupConstruct.Builder construct = GroupConstruct.newBuilder()
                .setGroupConfig(CompactionConfig.newBuilder().setMaxLevel(CommitDeltas.LEVELS))
                .setParentGroupId(parent)
                .setGroupId(child)
                .setNewSstStartId(numbers.ssts(2 * Tables.ssts(version.getLevelsOrThrow(parent))));
        switch (era) {
            case V1_0 -> {
                construct.addAllTableIds(moving).setVersionValue(random.nextInt(2));
                delta.putGroupDeltas(
                        parent,
                        GroupDeltas.newBuilder()
                                .addGroupDeltas(GroupDelta.newBuilder()
                                        .setGroupMetaChange(
                                                GroupMetaChange.newBuilder().addAllTableIdsRemove(moving)))
                                .build());
            }
            case V1_10 -> construct.setVersion(CompatibilityVersion.NO_MEMBER_TABLE_IDS);
            case V2_1 ->
                construct
                        .setVersion(CompatibilityVersion.SPLIT_GROUP_BY_TABLE_ID)
                        .setSplitKey(HummockKeys.splitKey(moving.get(0)));
        }
        if (era.hasStateTables()) {
            moving.forEach(table -> delta.putStateTableInfoDelta(table, inGroup(version, table, child)));
        }
        GroupDeltas.Builder deltas = GroupDeltas.newBuilder();
        deltas.addGroupDeltasBuilder().setGroupConstruct(construct);
        return delta.putGroupDeltas(child, deltas.build()).build();
    }

    private List<Integer> some(List<Integer> tables) {
        List<Integer> some = new ArrayList<>(tables);
        some.removeIf(table -> random.nextBoolean());
        return some.isEmpty() || some.size() == tables.size() ? tables.subList(0, 1) : some;
    }

    private StateTableInfoDelta inGroup(HummockVersion version, int table, long group) {
        StateTableInfo info = version.getStateTableInfoOrThrow(table);
        return StateTableInfoDelta.newBuilder()
                .setCommittedEpoch(info.getCommittedEpoch())
                .setSafeEpoch(info.getSafeEpoch())
                .setCompactionGroupId(group)
                .build();
    }

    /** To v1.9: tables go to another group that exists. */
    @Nullable
    HummockVersionDelta move(HummockVersion version) {
        Map<Long, List<Integer>> groups = Tables.byGroup(Tables.groups(version));
        if (groups.isEmpty()) {
            return null;
        }
        long origin = Tables.any(random, new ArrayList<>(groups.keySet()));
        List<Long> targets = new ArrayList<>(new TreeMap<>(version.getLevelsMap()).keySet());
        targets.remove(origin);
        if (targets.isEmpty()) {
            return null;
        }
        long target = Tables.any(random, targets);
        GroupDeltas.Builder deltas = GroupDeltas.newBuilder();
        deltas.addGroupDeltasBuilder()
                .setGroupTableChange(GroupTableChange.newBuilder()
                        .addAllTableIds(some(groups.getOrDefault(origin, List.of())))
                        .setOriginGroupId(origin)
                        .setTargetGroupId(target)
                        .setNewSstStartId(numbers.ssts(2 * Tables.ssts(version.getLevelsOrThrow(origin))))
                        .setVersionValue(random.nextInt(2)));
        // Without a change of its own, a group's members stay in the order that they came in.
        deltas.addGroupDeltasBuilder().setGroupMetaChange(GroupMetaChange.getDefaultInstance());
        return Tables.begin(version).putGroupDeltas(target, deltas.build()).build();
    }

    /** From v2.1: two groups, all tables of the one before all of the other. */
    @Nullable
    HummockVersionDelta merge(HummockVersion version) {
        List<Long> groups = new ArrayList<>(new TreeMap<>(version.getLevelsMap()).keySet());
        long left = Tables.any(random, groups);
        groups.remove(left);
        groups.removeIf(group -> group <= CommitDeltas.LAST_STATIC_GROUP);
        if (groups.isEmpty()) {
            return null;
        }
        long right = Tables.any(random, groups);
        Map<Long, List<Integer>> tables = Tables.byGroup(Tables.groups(version));
        List<Integer> before = tables.getOrDefault(left, List.of());
        List<Integer> after = tables.getOrDefault(right, List.of());
        if (!before.isEmpty() && !after.isEmpty() && before.get(before.size() - 1) > after.get(0)) {
            return null;
        }
        HummockVersionDelta.Builder delta = Tables.begin(version);
        after.forEach(table -> delta.putStateTableInfoDelta(table, inGroup(version, table, left)));
        GroupDeltas.Builder deltas = GroupDeltas.newBuilder();
        deltas.addGroupDeltasBuilder()
                .setGroupMerge(GroupMerge.newBuilder().setLeftGroupId(left).setRightGroupId(right));
        return delta.putGroupDeltas(left, deltas.build()).build();
    }

    /** From v2.6: all SSTs forget some tables. */
    @Nullable
    HummockVersionDelta truncate(HummockVersion version) {
        Map<Long, List<Integer>> groups = Tables.byGroup(Tables.groups(version));
        if (groups.isEmpty()) {
            return null;
        }
        HummockVersionDelta.Builder delta = Tables.begin(version);
        long group = Tables.any(random, new ArrayList<>(groups.keySet()));
        GroupDeltas.Builder deltas = GroupDeltas.newBuilder();
        deltas.addGroupDeltasBuilder()
                .setTruncateTables(
                        TruncateTables.newBuilder().addAllTableIds(some(groups.getOrDefault(group, List.of()))));
        return delta.putGroupDeltas(group, deltas.build()).build();
    }

    /** A compaction as it is reported after its group was split: it names an older state of the group, and has no effect. */
    static @Nullable HummockVersionDelta outdated(@Nullable HummockVersionDelta compaction) {
        if (compaction == null) {
            return null;
        }
        HummockVersionDelta.Builder delta = compaction.toBuilder();
        compaction.getGroupDeltasMap().forEach((group, deltas) -> {
            GroupDeltas.Builder late = deltas.toBuilder();
            late.getGroupDeltasBuilderList()
                    .forEach(one -> one.getIntraLevelBuilder()
                            .setCompactionGroupVersionId(one.getIntraLevel().getCompactionGroupVersionId() + 7));
            delta.putGroupDeltas(group, late.build());
        });
        return delta.build();
    }

    /** Whether levels remain in order; where tables of groups interleave, not every regrouping does. */
    static boolean fits(HummockVersion version, HummockVersionDelta delta, SimulatedRelease release) {
        try {
            var unused = WholeVersion.apply(version, delta, release);
            return true;
        } catch (DoesNotFit e) {
            return false;
        }
    }
}
