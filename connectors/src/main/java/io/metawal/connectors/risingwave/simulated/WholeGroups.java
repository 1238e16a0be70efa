package io.metawal.connectors.risingwave.simulated;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.proto.GroupConstruct;
import io.metawal.connectors.risingwave.proto.GroupMetaChange;
import io.metawal.connectors.risingwave.proto.HummockVersion.Levels;
import io.metawal.connectors.risingwave.proto.KeyRange;
import io.metawal.connectors.risingwave.proto.Level;
import io.metawal.connectors.risingwave.proto.LevelType;
import io.metawal.connectors.risingwave.proto.OverlappingLevel;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Groups made, split, merged, their tables moved and truncated. */
final class WholeGroups {
    private WholeGroups() {}

    record Split(Levels parent, Levels child) {}

    /** What becomes of SSTs at a split: those that stay, those that go. */
    private record Sides(List<SstableInfo> left, List<SstableInfo> right) {
        Sides() {
            this(new ArrayList<>(), new ArrayList<>());
        }
    }

    /** A group with empty levels 1 to {@code maxLevel}. */
    static Levels initial(long id, long maxLevel) {
        Levels.Builder group = Levels.newBuilder().setGroupId(id).setL0(OverlappingLevel.getDefaultInstance());
        for (int level = 1; level <= maxLevel; level++) {
            group.addLevels(Level.newBuilder().setLevelIdx(level).setLevelType(LevelType.LEVEL_TYPE_NONOVERLAPPING));
        }
        return group.build();
    }

    /**
     * To v2.0: an SST that has something of a table that moves is in both groups from then on, under two new ids, the moved
     * one's first, with all its tables. Only where {@code trivial} (the oldest deltas) does one whose tables all move go away.
     */
    static Split splitByTables(Levels parent, Levels child, Set<Integer> moving, long firstId, boolean trivial) {
        long[] ids = {firstId};
        return split(parent, child, level -> {
            Sides sides = new Sides();
            for (SstableInfo sst : level.getTableInfosList()) {
                if (sst.getTableIdsList().stream().noneMatch(moving::contains)) {
                    sides.left.add(sst);
                    continue;
                }
                sides.right.add(sst.toBuilder().setSstId(ids[0]++).build());
                if (!trivial || !moving.containsAll(sst.getTableIdsList())) {
                    sides.left.add(sst.toBuilder().setSstId(ids[0]++).build());
                }
            }
            return sides;
        });
    }

    /** From v2.1: what is at or after the key goes; an SST on both sides of it is cut in two. */
    static Split splitAtKey(Levels parent, Levels child, GroupConstruct construct, SimulatedRelease release) {
        if (!construct.hasSplitKey()) {
            return tidied(numbered(parent, release).toBuilder(), numbered(child, release).toBuilder(), release);
        }
        ByteString key = construct.getSplitKey();
        long[] ids = {construct.getNewSstStartId()};
        return splitSince21(parent, child, release, false, level -> {
            Sides sides = new Sides();
            for (SstableInfo sst : level.getTableInfosList()) {
                if (HummockKeys.compare(sst.getKeyRange().getLeft(), key) >= 0) {
                    sides.right.add(sst);
                } else if (endsBefore(sst.getKeyRange(), key)) {
                    sides.left.add(sst);
                } else {
                    cut(sst, key, ids, sides);
                }
            }
            return sides;
        });
    }

    /** From v2.1, for a delta of before: an SST of tables that move becomes two, each with its own tables and half the size. */
    static Split halveByTables(
            Levels parent, Levels child, Set<Integer> moving, long firstId, SimulatedRelease release) {
        long[] ids = {firstId};
        return splitSince21(parent, child, release, true, level -> {
            Sides sides = new Sides();
            for (SstableInfo sst : level.getTableInfosList()) {
                if (sst.getTableIdsList().stream().noneMatch(moving::contains)) {
                    sides.left.add(sst);
                    continue;
                }
                long half = Math.max(1, WholeLevels.sizeOf(sst) / 2);
                List<Integer> going = new ArrayList<>(sst.getTableIdsList());
                going.retainAll(moving);
                List<Integer> staying = new ArrayList<>(sst.getTableIdsList());
                staying.removeAll(moving);
                sides.right.add(sst.toBuilder()
                        .setSstId(ids[0]++)
                        .setSstSize(half)
                        .clearTableIds()
                        .addAllTableIds(going)
                        .build());
                sides.left.add(sst.toBuilder()
                        .setSstId(ids[0]++)
                        .setSstSize(half)
                        .clearTableIds()
                        .addAllTableIds(staying)
                        .build());
            }
            return sides;
        });
    }

    private static Levels numbered(Levels group, SimulatedRelease release) {
        return release.numbersGroups()
                ? group.toBuilder()
                        .setCompactionGroupVersionId(group.getCompactionGroupVersionId() + 1)
                        .build()
                : group;
    }

    /** @param everyLevel whether a level that nothing leaves is tidied up, too */
    private static Split splitSince21(
            Levels parent, Levels child, SimulatedRelease release, boolean everyLevel, Function<Level, Sides> sidesOf) {
        Levels.Builder stays = numbered(parent, release).toBuilder();
        Levels.Builder goes = numbered(child, release).toBuilder();
        for (int n = 0; n < stays.getL0().getSubLevelsCount(); n++) {
            Level level = stays.getL0().getSubLevels(n);
            Sides sides = sidesOf.apply(level);
            addToLevel0(goes, level, sides.right);
            WholeLevels.growLevel0(goes, sides.right);
            Level left = WholeLevels.with(level, sides.left);
            stays.getL0Builder()
                    .setSubLevels(n, everyLevel || !sides.right.isEmpty() ? tidied(left, stays, release) : left);
        }
        if (release.splitRemovesEmptySubLevels()) {
            Levels without = WholeLevels.withoutEmptySubLevels(stays.build());
            stays.setL0(without.getL0());
        }
        for (int n = 0; n < stays.getLevelsCount(); n++) {
            Level level = stays.getLevels(n);
            Sides sides = sidesOf.apply(level);
            if (!sides.right.isEmpty()) {
                DoesNotFit.unless(n < goes.getLevelsCount(), "group " + goes.getGroupId() + " has no level " + (n + 1));
                goes.setLevels(n, WholeLevels.merged(goes.getLevels(n), sides.right));
            }
            Level left = WholeLevels.with(level, sides.left);
            stays.setLevels(n, everyLevel || !sides.right.isEmpty() ? tidied(left, null, release) : left);
        }
        return tidied(stays, goes, release);
    }

    private static Split tidied(Levels.Builder stays, Levels.Builder goes, SimulatedRelease release) {
        if (release.splitRemovesEmptySubLevels()) {
            stays.setL0(WholeLevels.withoutEmptySubLevels(stays.build()).getL0());
        }
        if (release.normalizes()) {
            WholeLevels.sumLevel0(stays);
        }
        return new Split(stays.build(), goes.build());
    }

    /** @param level0Of the group whose level 0 it is of; null for a level from 1 on */
    private static Level tidied(Level level, Levels.@Nullable Builder level0Of, SimulatedRelease release) {
        Level normalized = WholeLevels.normalized(level);
        if (release.normalizes()) {
            return normalized;
        }
        List<SstableInfo> gone = new ArrayList<>(level.getTableInfosList());
        gone.removeIf(sst -> sst.getTableIdsCount() > 0);
        Level sizes = WholeLevels.resized(WholeLevels.with(level, gone));
        if (level0Of != null) {
            level0Of.getL0Builder()
                    .setTotalFileSize(level0Of.getL0().getTotalFileSize() - sizes.getTotalFileSize())
                    .setUncompressedFileSize(
                            level0Of.getL0().getUncompressedFileSize() - sizes.getUncompressedFileSize());
        }
        return normalized.toBuilder()
                .setTotalFileSize(level.getTotalFileSize() - sizes.getTotalFileSize())
                .setUncompressedFileSize(level.getUncompressedFileSize() - sizes.getUncompressedFileSize())
                .build();
    }

    private static boolean endsBefore(KeyRange range, ByteString key) {
        int order = HummockKeys.compare(range.getRight(), key);
        return order < 0 || (order == 0 && range.getRightExclusive());
    }

    private static void cut(SstableInfo sst, ByteString key, long[] ids, Sides sides) {
        long half = Math.max(1, WholeLevels.sizeOf(sst) / 2);
        SstableInfo.Builder right = sst.toBuilder()
                .setSstId(ids[0]++)
                .setSstSize(half)
                .setKeyRange(sst.getKeyRange().toBuilder().setLeft(key))
                .clearTableIds();
        SstableInfo.Builder left = sst.toBuilder()
                .setSstId(ids[0]++)
                .setSstSize(half)
                .setKeyRange(sst.getKeyRange().toBuilder().setRight(key).setRightExclusive(true))
                .clearTableIds();
        for (int table : sst.getTableIdsList()) {
            (Integer.compareUnsigned(table, HummockKeys.tableOf(key)) < 0 ? left : right).addTableIds(table);
        }
        if (left.getTableIdsCount() > 0) {
            sides.left.add(left.build());
        }
        if (right.getTableIdsCount() > 0 || left.getTableIdsCount() == 0) {
            sides.right.add(right.build());
        }
    }

    /** Up to v2.0. */
    private static Split split(Levels parent, Levels child, Function<Level, Sides> sidesOf) {
        Levels.Builder stays = parent.toBuilder();
        Levels.Builder goes = child.toBuilder();
        WholeLevels.mapSubLevels(stays, level -> {
            Sides sides = sidesOf.apply(level);
            addToLevel0(goes, level, sides.right);
            return WholeLevels.with(level, sides.left);
        });
        WholeLevels.mapLevels(stays, level -> {
            Sides sides = sidesOf.apply(level);
            if (!sides.right.isEmpty()) {
                int at = level.getLevelIdx() - 1;
                DoesNotFit.unless(
                        at < goes.getLevelsCount(),
                        "group " + goes.getGroupId() + " has no level " + level.getLevelIdx());
                goes.setLevels(at, WholeLevels.merged(goes.getLevels(at), sides.right));
            }
            return WholeLevels.with(level, sides.left);
        });
        return new Split(WholeLevels.resized(stays.build()), WholeLevels.resized(goes.build()));
    }

    private static void addToLevel0(Levels.Builder group, Level from, List<SstableInfo> ssts) {
        if (ssts.isEmpty()) {
            return;
        }
        List<Level> levels = new ArrayList<>(group.getL0().getSubLevelsList());
        int at = 0;
        while (at < levels.size() && Long.compareUnsigned(levels.get(at).getSubLevelId(), from.getSubLevelId()) < 0) {
            at++;
        }
        if (at == levels.size() || levels.get(at).getSubLevelId() != from.getSubLevelId()) {
            levels.add(
                    at,
                    WholeLevels.resized(Level.newBuilder()
                            .setLevelType(from.getLevelType())
                            .setSubLevelId(from.getSubLevelId())
                            .addAllTableInfos(ssts)
                            .build()));
        } else if (levels.get(at).getLevelType() == LevelType.LEVEL_TYPE_NONOVERLAPPING) {
            levels.set(at, WholeLevels.merged(levels.get(at), ssts));
        } else {
            levels.set(at, levels.get(at).toBuilder().addAllTableInfos(ssts).build());
        }
        group.getL0Builder().clearSubLevels().addAllSubLevels(levels);
    }

    /** The left group with everything of the right one. */
    static Levels merge(Levels left, Levels right) {
        Levels.Builder merged = left.toBuilder();
        List<Level> before = left.getL0().getSubLevelsList();
        long next = before.stream().mapToLong(Level::getSubLevelId).max().orElse(-1) + 1;
        for (Level level : right.getL0().getSubLevelsList()) {
            // A merged group's sub levels begin again; what else a sub level knew of itself goes with its group.
            merged.getL0Builder()
                    .addSubLevels(WholeLevels.resized(level).toBuilder()
                            .setSubLevelId(before.isEmpty() ? level.getSubLevelId() : next++));
            WholeLevels.growLevel0(merged, level.getTableInfosList());
        }
        WholeLevels.mapSubLevels(
                merged, level -> level.toBuilder().setVnodePartitionCount(0).build());
        for (int i = 0; i < right.getLevelsCount(); i++) {
            List<SstableInfo> ssts = right.getLevels(i).getTableInfosList();
            if (!ssts.isEmpty()) {
                DoesNotFit.unless(i < merged.getLevelsCount(), "group " + left.getGroupId() + " has fewer levels");
                merged.setLevels(i, WholeLevels.merged(merged.getLevels(i), ssts));
            }
        }
        return merged.build();
    }

    static Levels changeMembers(Levels group, GroupMetaChange change) {
        Set<Integer> members = new TreeSet<>(Integer::compareUnsigned);
        members.addAll(group.getMemberTableIdsList());
        members.addAll(change.getTableIdsAddList());
        members.removeAll(Set.copyOf(change.getTableIdsRemoveList()));
        return group.toBuilder()
                .clearMemberTableIds()
                .addAllMemberTableIds(members)
                .build();
    }

    static Levels withoutMembers(Levels group, Set<Integer> tables) {
        List<Integer> members = new ArrayList<>(group.getMemberTableIdsList());
        members.removeAll(tables);
        return group.toBuilder()
                .clearMemberTableIds()
                .addAllMemberTableIds(members)
                .build();
    }

    static Levels truncate(Levels group, Collection<Integer> tables, SimulatedRelease release) {
        Levels.Builder next = group.toBuilder().setCompactionGroupVersionId(group.getCompactionGroupVersionId() + 1);
        WholeLevels.mapSubLevels(next, level -> truncated(level, tables));
        WholeLevels.mapLevels(next, level -> truncated(level, tables));
        if (!release.normalizes()) {
            return next.build();
        }
        WholeLevels.mapSubLevels(next, WholeLevels::normalized);
        WholeLevels.mapLevels(next, WholeLevels::normalized);
        Levels.Builder purged = WholeLevels.withoutEmptySubLevels(next.build()).toBuilder();
        WholeLevels.sumLevel0(purged);
        return purged.build();
    }

    private static Level truncated(Level level, Collection<Integer> tables) {
        List<SstableInfo> kept = new ArrayList<>();
        for (SstableInfo sst : level.getTableInfosList()) {
            List<Integer> rest = new ArrayList<>(sst.getTableIdsList());
            rest.removeAll(Set.copyOf(tables));
            kept.add(sst.toBuilder().clearTableIds().addAllTableIds(rest).build());
        }
        return WholeLevels.with(level, kept);
    }
}
