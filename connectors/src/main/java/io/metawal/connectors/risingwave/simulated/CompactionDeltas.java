package io.metawal.connectors.risingwave.simulated;

import io.metawal.connectors.risingwave.proto.GroupDelta;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersion.Levels;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta.GroupDeltas;
import io.metawal.connectors.risingwave.proto.IntraLevelDelta;
import io.metawal.connectors.risingwave.proto.Level;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Compactions: within level 0, from it to a base level, from a level to the next one, and SSTs moved as they are. */
final class CompactionDeltas {
    private static final int INPUTS_MAX = 64;

    private final RandomGenerator random;
    private final RwEra era;
    private final RandomSsts ssts;

    CompactionDeltas(RandomGenerator random, RwEra era, Numbers numbers) {
        this.random = random;
        this.era = era;
        this.ssts = new RandomSsts(random, era, numbers);
    }

    /** Where a compaction takes from and puts to; from level 0 it is always whole sub levels. */
    private record Task(int fromLevel, List<SstableInfo> from, int toLevel, List<SstableInfo> to, long subLevelId) {
        List<SstableInfo> inputs() {
            List<SstableInfo> all = new ArrayList<>(from);
            all.addAll(to);
            return all;
        }
    }

    /** Null where there is nothing to compact. */
    @Nullable
    HummockVersionDelta compact(HummockVersion version) {
        Levels group = anyGroup(version);
        Task task = group == null ? null : task(group);
        if (group == null || task == null || task.from.isEmpty()) {
            return null;
        }
        List<SstableInfo> inputs = task.inputs();
        if (inputs.size() > INPUTS_MAX) {
            return null;
        }
        boolean move = task.to.isEmpty()
                && task.toLevel > 0
                && HummockKeys.canConcat(sorted(task.from))
                && random.nextInt(3) > 0;
        List<SstableInfo> outputs =
                move ? task.from : ssts.compacted(inputs, Tables.groups(version).keySet());
        HummockVersionDelta.Builder delta = Tables.begin(version).setTrivialMove(move);
        GroupDeltas.Builder deltas = GroupDeltas.newBuilder();
        addRemoval(deltas, group, task.fromLevel, task.from);
        addRemoval(deltas, group, task.toLevel, task.to);
        if (!outputs.isEmpty()) {
            deltas.addGroupDeltas(GroupDelta.newBuilder()
                    .setIntraLevel(IntraLevelDelta.newBuilder()
                            .setLevelIdx(task.toLevel)
                            .setL0SubLevelId(task.subLevelId)
                            .addAllInsertedTableInfos(outputs)
                            .setVnodePartitionCount(era.hasStateTables() ? random.nextInt(3) * 4 : 0)
                            .setCompactionGroupVersionId(group.getCompactionGroupVersionId())));
        }
        if (era == RwEra.V1_0 && !move) {
            // One that has been split has other ids than its object, which may be in use elsewhere.
            inputs.stream()
                    .filter(sst -> sst.getSstId() == sst.getObjectId())
                    .forEach(sst -> delta.addGcObjectIds(sst.getObjectId()));
        }
        return delta.putGroupDeltas(group.getGroupId(), deltas.build()).build();
    }

    private static List<SstableInfo> sorted(List<SstableInfo> ssts) {
        List<SstableInfo> sorted = new ArrayList<>(ssts);
        sorted.sort(HummockKeys.BY_RANGE);
        return sorted;
    }

    private @Nullable Levels anyGroup(HummockVersion version) {
        List<Levels> groups = new ArrayList<>(version.getLevelsMap().values());
        groups.removeIf(group -> Tables.levels(group).stream().allMatch(level -> level.getTableInfosCount() == 0));
        return groups.isEmpty() ? null : Tables.any(random, groups);
    }

    private @Nullable Task task(Levels group) {
        List<Level> subLevels = group.getL0().getSubLevelsList();
        if (!subLevels.isEmpty() && random.nextInt(3) > 0) {
            return fromLevel0(group, subLevels);
        }
        List<Level> full = new ArrayList<>(group.getLevelsList());
        full.removeIf(level -> level.getTableInfosCount() == 0 || level.getLevelIdx() == group.getLevelsCount());
        if (full.isEmpty()) {
            return null;
        }
        Level level = Tables.any(random, full);
        int at = random.nextInt(level.getTableInfosCount());
        int end = Math.min(level.getTableInfosCount(), at + 1 + random.nextInt(2));
        List<SstableInfo> from = level.getTableInfosList().subList(at, end);
        int to = level.getLevelIdx() + 1;
        return new Task(level.getLevelIdx(), from, to, overlapping(group.getLevels(to - 1), from), 0);
    }

    private Task fromLevel0(Levels group, List<Level> subLevels) {
        boolean toBase = random.nextBoolean();
        int first = toBase ? 0 : random.nextInt(subLevels.size());
        int end = Math.min(subLevels.size(), first + 1 + random.nextInt(4));
        List<SstableInfo> from = new ArrayList<>();
        subLevels.subList(first, end).forEach(level -> from.addAll(level.getTableInfosList()));
        if (toBase) {
            int base = Math.min(group.getLevelsCount(), 1 + random.nextInt(CommitDeltas.LEVELS));
            return new Task(0, from, base, overlapping(group.getLevels(base - 1), from), 0);
        }
        long target = subLevels.get(first).getSubLevelId();
        return new Task(0, from, 0, List.of(), target);
    }

    /** What lies anywhere between the first and the last key of these: that, too, must be rewritten. */
    private static List<SstableInfo> overlapping(Level level, List<SstableInfo> inputs) {
        if (inputs.isEmpty()) {
            return List.of();
        }
        SstableInfo.Builder all =
                SstableInfo.newBuilder().setKeyRange(inputs.get(0).getKeyRange());
        for (SstableInfo sst : inputs) {
            if (HummockKeys.compare(
                            sst.getKeyRange().getLeft(), all.getKeyRange().getLeft())
                    < 0) {
                all.getKeyRangeBuilder().setLeft(sst.getKeyRange().getLeft());
            }
            if (HummockKeys.compare(
                            sst.getKeyRange().getRight(), all.getKeyRange().getRight())
                    > 0) {
                all.getKeyRangeBuilder().setRight(sst.getKeyRange().getRight());
            }
        }
        SstableInfo range = all.build();
        return level.getTableInfosList().stream()
                .filter(sst -> HummockKeys.overlap(sst, range))
                .toList();
    }

    private static void addRemoval(GroupDeltas.Builder deltas, Levels group, int level, List<SstableInfo> removed) {
        if (!removed.isEmpty()) {
            deltas.addGroupDeltas(GroupDelta.newBuilder()
                    .setIntraLevel(IntraLevelDelta.newBuilder()
                            .setLevelIdx(level)
                            .addAllRemovedTableIds(removed.stream()
                                    .map(SstableInfo::getSstId)
                                    .sorted()
                                    .toList())
                            .setCompactionGroupVersionId(group.getCompactionGroupVersionId())));
        }
    }
}
