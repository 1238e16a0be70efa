package io.metawal.connectors.risingwave.simulated;

import io.metawal.connectors.risingwave.proto.HummockVersion.Levels;
import io.metawal.connectors.risingwave.proto.IntraLevelDelta;
import io.metawal.connectors.risingwave.proto.Level;
import io.metawal.connectors.risingwave.proto.LevelType;
import io.metawal.connectors.risingwave.proto.OverlappingLevel;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/** What commits and compactions do to the levels of one group. */
final class WholeLevels {
    private WholeLevels() {}

    /** A sub level with the next id at the end of level 0, from v2.1. */
    static Levels append(Levels group, List<SstableInfo> ssts) {
        List<Level> subLevels = group.getL0().getSubLevelsList();
        long last =
                subLevels.isEmpty() ? 0 : subLevels.get(subLevels.size() - 1).getSubLevelId();
        return append(group, last + 1, ssts);
    }

    static Levels append(Levels group, long subLevelId, List<SstableInfo> ssts) {
        if (ssts.isEmpty()) {
            return group;
        }
        List<Level> subLevels = group.getL0().getSubLevelsList();
        if (!subLevels.isEmpty()) {
            long last = subLevels.get(subLevels.size() - 1).getSubLevelId();
            DoesNotFit.unless(
                    Long.compareUnsigned(last, subLevelId) < 0,
                    "sub level " + subLevelId + " does not come after " + last);
        }
        if (subLevelId == -1) {
            return group;
        }
        Level level = Level.newBuilder()
                .setLevelType(LevelType.LEVEL_TYPE_OVERLAPPING)
                .setSubLevelId(subLevelId)
                .addAllTableInfos(ssts)
                .build();
        Levels.Builder next = group.toBuilder();
        next.getL0Builder().addSubLevels(resized(level));
        growLevel0(next, ssts);
        return next.build();
    }

    static Levels compact(Levels group, IntraLevelDelta delta, Set<Integer> members, SimulatedRelease release) {
        if (!release.appliesWithoutRemovedSst() && !hasRemoved(group, delta)) {
            return group;
        }
        Levels rest = delta.getRemovedTableIdsCount() == 0 ? group : remove(group, delta);
        List<SstableInfo> inserted = delta.getInsertedTableInfosList();
        if (inserted.isEmpty()) {
            return rest;
        }
        return delta.getLevelIdx() == 0
                ? insertIntoLevel0(rest, delta, inserted, members)
                : insertIntoLevel(rest, delta, inserted, members);
    }

    private static Levels remove(Levels group, IntraLevelDelta delta) {
        Set<Long> removed = new HashSet<>(delta.getRemovedTableIdsList());
        UnaryOperator<Level> filter = level -> {
            List<SstableInfo> kept = new ArrayList<>(level.getTableInfosList());
            kept.removeIf(sst -> removed.contains(sst.getSstId()));
            return resized(with(level, kept));
        };
        Levels.Builder next = group.toBuilder();
        if (delta.getLevelIdx() == 0) {
            mapSubLevels(next, filter);
        } else {
            int at = indexOf(group, delta.getLevelIdx());
            next.setLevels(at, filter.apply(group.getLevels(at)));
        }
        return next.build();
    }

    /** Whether every SST that a compaction removes is in its level. */
    static boolean hasRemoved(Levels group, IntraLevelDelta delta) {
        Set<Long> missing = new HashSet<>(delta.getRemovedTableIdsList());
        List<Level> levels = delta.getLevelIdx() == 0
                ? group.getL0().getSubLevelsList()
                : List.of(group.getLevels(indexOf(group, delta.getLevelIdx())));
        levels.forEach(level -> level.getTableInfosList().forEach(sst -> missing.remove(sst.getSstId())));
        return missing.isEmpty();
    }

    private static Levels insertIntoLevel0(
            Levels group, IntraLevelDelta delta, List<SstableInfo> inserted, Set<Integer> members) {
        List<Level> subLevels = group.getL0().getSubLevelsList();
        for (int i = 0; i < subLevels.size(); i++) {
            Level level = subLevels.get(i);
            if (level.getSubLevelId() == delta.getL0SubLevelId()) {
                boolean ofOneTable = members.size() == 1
                        && inserted.stream()
                                .allMatch(
                                        sst -> Set.copyOf(sst.getTableIdsList()).equals(members));
                Level.Builder next = merged(level, inserted).toBuilder();
                if (level.getTableInfosCount() == 0 && ofOneTable) {
                    next.setVnodePartitionCount(delta.getVnodePartitionCount());
                }
                Levels.Builder all = group.toBuilder();
                all.getL0Builder().setSubLevels(i, next);
                return all.build();
            }
        }
        throw new DoesNotFit("group " + group.getGroupId() + " has no sub level " + delta.getL0SubLevelId());
    }

    private static Levels insertIntoLevel(
            Levels group, IntraLevelDelta delta, List<SstableInfo> inserted, Set<Integer> members) {
        int at = indexOf(group, delta.getLevelIdx());
        Level level = group.getLevels(at);
        Level.Builder next = merged(level, inserted).toBuilder();
        if (level.getTableInfosCount() == 0 && inserted.stream().allMatch(sst -> sst.getTableIdsCount() == 1)) {
            next.setVnodePartitionCount(delta.getVnodePartitionCount());
        } else if (level.getVnodePartitionCount() != 0 && delta.getVnodePartitionCount() == 0 && members.size() > 1) {
            next.setVnodePartitionCount(0);
        }
        return group.toBuilder().setLevels(at, next).build();
    }

    private static int indexOf(Levels group, int levelIdx) {
        DoesNotFit.unless(
                levelIdx <= group.getLevelsCount(), "group " + group.getGroupId() + " has no level " + levelIdx);
        return levelIdx - 1;
    }

    /** With more SSTs, in the order of their keys; what overlapped does so no more. The sizes grow by theirs. */
    static Level merged(Level level, List<SstableInfo> more) {
        List<SstableInfo> all = new ArrayList<>(level.getTableInfosList());
        all.addAll(more);
        all.sort(HummockKeys.BY_RANGE);
        DoesNotFit.unless(HummockKeys.canConcat(all), "SSTs overlap in level " + level.getLevelIdx());
        Level sizes = resized(with(level, more));
        return with(level, all).toBuilder()
                .setLevelType(LevelType.LEVEL_TYPE_NONOVERLAPPING)
                .setTotalFileSize(level.getTotalFileSize() + sizes.getTotalFileSize())
                .setUncompressedFileSize(level.getUncompressedFileSize() + sizes.getUncompressedFileSize())
                .build();
    }

    static void growLevel0(Levels.Builder group, List<SstableInfo> by) {
        Level sizes = resized(Level.newBuilder().addAllTableInfos(by).build());
        OverlappingLevel.Builder level0 = group.getL0Builder();
        level0.setTotalFileSize(level0.getTotalFileSize() + sizes.getTotalFileSize())
                .setUncompressedFileSize(level0.getUncompressedFileSize() + sizes.getUncompressedFileSize());
    }

    static Level with(Level level, List<SstableInfo> ssts) {
        return level.toBuilder().clearTableInfos().addAllTableInfos(ssts).build();
    }

    static void mapSubLevels(Levels.Builder group, UnaryOperator<Level> change) {
        for (int i = 0; i < group.getL0().getSubLevelsCount(); i++) {
            group.getL0Builder().setSubLevels(i, change.apply(group.getL0().getSubLevels(i)));
        }
    }

    static void mapLevels(Levels.Builder group, UnaryOperator<Level> change) {
        for (int i = 0; i < group.getLevelsCount(); i++) {
            group.setLevels(i, change.apply(group.getLevels(i)));
        }
    }

    /** Level 0's totals are those of its sub levels. */
    static void sumLevel0(Levels.Builder group) {
        OverlappingLevel.Builder level0 = group.getL0Builder();
        level0.setTotalFileSize(level0.getSubLevelsList().stream()
                        .mapToLong(Level::getTotalFileSize)
                        .sum())
                .setUncompressedFileSize(level0.getSubLevelsList().stream()
                        .mapToLong(Level::getUncompressedFileSize)
                        .sum());
    }

    /** SSTs that no table has go; sizes are summed. */
    static Level normalized(Level level) {
        List<SstableInfo> kept = new ArrayList<>(level.getTableInfosList());
        kept.removeIf(sst -> sst.getTableIdsCount() == 0);
        return resized(with(level, kept));
    }

    static Levels withoutEmptySubLevels(Levels group) {
        List<Level> kept = new ArrayList<>(group.getL0().getSubLevelsList());
        kept.removeIf(level -> level.getTableInfosCount() == 0);
        Levels.Builder next = group.toBuilder();
        next.getL0Builder().clearSubLevels().addAllSubLevels(kept);
        return next.build();
    }

    /** With all totals added up anew. */
    static Levels resized(Levels group) {
        Levels.Builder next = group.toBuilder();
        mapLevels(next, WholeLevels::resized);
        if (group.hasL0()) {
            mapSubLevels(next, WholeLevels::resized);
            sumLevel0(next);
        }
        return next.build();
    }

    static Level resized(Level level) {
        long total = 0;
        long uncompressed = 0;
        for (SstableInfo sst : level.getTableInfosList()) {
            total += sizeOf(sst);
            uncompressed += sst.getUncompressedFileSize();
        }
        return level.toBuilder()
                .setTotalFileSize(total)
                .setUncompressedFileSize(uncompressed)
                .build();
    }

    static long sizeOf(SstableInfo sst) {
        return sst.getSstSize() == 0 ? sst.getFileSize() : sst.getSstSize();
    }
}
