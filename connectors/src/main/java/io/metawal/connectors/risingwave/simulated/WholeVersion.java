package io.metawal.connectors.risingwave.simulated;

import io.metawal.connectors.risingwave.proto.GroupConstruct;
import io.metawal.connectors.risingwave.proto.GroupDelta;
import io.metawal.connectors.risingwave.proto.GroupDelta.DeltaTypeCase;
import io.metawal.connectors.risingwave.proto.GroupTableChange;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersion.Levels;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.IntraLevelDelta;
import io.metawal.connectors.risingwave.proto.StateTableInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A version delta applied to a whole version, as plainly as it can be said: messages in, messages out. What the captured version is compared
 * with, and itself compared with RisingWave's own versions. For deltas of every era and release; throws {@link DoesNotFit}.
 */
public final class WholeVersion {
    private final HummockVersion.Builder next;
    private final HummockVersionDelta delta;
    private final SimulatedRelease release;
    private final boolean commit;

    /** v1.0 to v1.9: there are no state tables, and one epoch for everything. */
    private final boolean oneEpoch;

    private WholeVersion(HummockVersion version, HummockVersionDelta delta, SimulatedRelease release) {
        this.release = release;
        this.next = version.toBuilder();
        this.delta = delta;
        this.oneEpoch = version.getStateTableInfoCount() == 0 && delta.getStateTableInfoDeltaCount() == 0;
        boolean advanced = WholeTables.applyStateTables(next, delta);
        this.commit =
                advanced || Long.compareUnsigned(version.getMaxCommittedEpoch(), delta.getMaxCommittedEpoch()) < 0;
    }

    /** The version after the delta, of a release that is not known. */
    public static HummockVersion apply(HummockVersion version, HummockVersionDelta delta) {
        return apply(version, delta, SimulatedRelease.ASSUMED);
    }

    /** The version after the delta. */
    public static HummockVersion apply(HummockVersion version, HummockVersionDelta delta, SimulatedRelease release) {
        DoesNotFit.unless(
                version.getId() == delta.getPrevId(),
                "delta " + delta.getId() + " follows version " + delta.getPrevId() + ", not " + version.getId());
        return new WholeVersion(version, delta, release).applied(version);
    }

    private HummockVersion applied(HummockVersion version) {
        // Later deltas write no epoch of the whole version any more, and none of them is not an epoch that falls.
        DoesNotFit.unless(
                !oneEpoch || Long.compareUnsigned(version.getMaxCommittedEpoch(), delta.getMaxCommittedEpoch()) <= 0,
                "the committed epoch " + version.getMaxCommittedEpoch() + " falls to " + delta.getMaxCommittedEpoch());
        new TreeMap<>(delta.getGroupDeltasMap())
                .forEach((id, deltas) -> applyToGroup(id, inOrder(deltas.getGroupDeltasList())));
        next.setId(delta.getId()).setMaxCommittedEpoch(delta.getMaxCommittedEpoch());
        if (delta.getSafeEpoch() != 0) {
            DoesNotFit.unless(
                    Long.compareUnsigned(version.getSafeEpoch(), delta.getSafeEpoch()) <= 0,
                    "the safe epoch " + version.getSafeEpoch() + " falls to " + delta.getSafeEpoch());
            next.setSafeEpoch(delta.getSafeEpoch());
        }
        WholeWatermarks.apply(version, next, delta, release);
        if (release.hasLogsInVersion()) {
            WholeTables.applyChangeLogs(version, next, delta, release);
        } else {
            next.clearTableChangeLogs();
        }
        WholeTables.applyVectorIndexes(next, delta);
        return next.build();
    }

    /** As they are listed; to v2.0 in four phases, which shows only where members of a group change. */
    private static List<GroupDelta> inOrder(List<GroupDelta> deltas) {
        boolean phases = deltas.stream()
                .anyMatch(it -> it.getDeltaTypeCase() == DeltaTypeCase.GROUP_META_CHANGE
                        || it.getDeltaTypeCase() == DeltaTypeCase.GROUP_TABLE_CHANGE);
        if (!phases) {
            return deltas;
        }
        List<GroupDelta> sorted = new ArrayList<>(deltas);
        sorted.sort(Comparator.comparingInt(it -> switch (it.getDeltaTypeCase()) {
            case GROUP_CONSTRUCT, GROUP_TABLE_CHANGE -> 0;
            case GROUP_META_CHANGE -> 1;
            case GROUP_DESTROY -> 3;
            default -> 2;
        }));
        return sorted;
    }

    private void applyToGroup(long id, List<GroupDelta> deltas) {
        boolean level0Compacted = false;
        List<IntraLevelDelta> commits = new ArrayList<>();
        for (GroupDelta one : deltas) {
            switch (one.getDeltaTypeCase()) {
                case GROUP_CONSTRUCT -> construct(id, one.getGroupConstruct());
                case GROUP_TABLE_CHANGE -> changeTables(id, one.getGroupTableChange());
                case GROUP_META_CHANGE -> put(WholeGroups.changeMembers(group(id), one.getGroupMetaChange()));
                case GROUP_MERGE -> {
                    Levels right = group(one.getGroupMerge().getRightGroupId());
                    put(WholeGroups.merge(group(one.getGroupMerge().getLeftGroupId()), right));
                    next.removeLevels(right.getGroupId());
                }
                case GROUP_DESTROY -> {
                    group(id);
                    next.removeLevels(id);
                }
                case NEW_L0_SUB_LEVEL -> {
                    DoesNotFit.unless(commit, "delta " + delta.getId() + " adds a sub level and commits no epoch");
                    put(WholeLevels.append(group(id), one.getNewL0SubLevel().getInsertedTableInfosList()));
                }
                case TRUNCATE_TABLES ->
                    put(WholeGroups.truncate(group(id), one.getTruncateTables().getTableIdsList(), release));
                case INTRA_LEVEL -> {
                    if (commit) {
                        commits.add(one.getIntraLevel());
                    } else {
                        level0Compacted |= compact(id, one.getIntraLevel());
                    }
                }
                case DELTATYPE_NOT_SET -> {}
            }
        }
        commit(id, commits);
        if (level0Compacted && next.containsLevels(id)) {
            Levels.Builder purged = WholeLevels.withoutEmptySubLevels(group(id)).toBuilder();
            WholeLevels.sumLevel0(purged);
            put(purged.build());
        }
    }

    private void commit(long id, List<IntraLevelDelta> commits) {
        if (commits.isEmpty() || !next.containsLevels(id)) {
            return;
        }
        for (IntraLevelDelta one : commits) {
            DoesNotFit.unless(
                    one.getLevelIdx() == 0 && one.getRemovedTableIdsCount() == 0,
                    "delta " + delta.getId() + " commits an epoch and compacts group " + id);
        }
        if (!oneEpoch) {
            commits.forEach(
                    one -> put(WholeLevels.append(group(id), one.getL0SubLevelId(), one.getInsertedTableInfosList())));
            return;
        }
        IntraLevelDelta.Builder all = IntraLevelDelta.newBuilder();
        commits.forEach(all::mergeFrom);
        put(WholeLevels.append(group(id), all.getL0SubLevelId(), all.getInsertedTableInfosList()));
    }

    /** Whether it is of level 0, which is then purged. */
    private boolean compact(long id, IntraLevelDelta one) {
        Levels group = group(id);
        boolean expired =
                release.numbersGroups() && group.getCompactionGroupVersionId() != one.getCompactionGroupVersionId();
        if (!expired) {
            put(WholeLevels.compact(group, one, members(id), release));
        }
        return one.getLevelIdx() == 0;
    }

    private void construct(long id, GroupConstruct construct) {
        Levels child = WholeGroups.initial(id, construct.getGroupConfig().getMaxLevel()).toBuilder()
                .setParentGroupId(construct.getParentGroupId())
                .addAllMemberTableIds(construct.getTableIdsList())
                .build();
        put(child);
        if (construct.getParentGroupId() == 0) {
            return;
        }
        Levels parent = group(construct.getParentGroupId());
        WholeGroups.Split split;
        if (construct.getVersionValue() >= 3) {
            split = WholeGroups.splitAtKey(parent, child, construct, release);
        } else {
            Set<Integer> moving =
                    construct.getVersionValue() >= 2 ? members(id) : new TreeSet<>(construct.getTableIdsList());
            split = release.splitsByTablesInHalves()
                    ? WholeGroups.halveByTables(parent, child, moving, construct.getNewSstStartId(), release)
                    : WholeGroups.splitByTables(
                            parent, child, moving, construct.getNewSstStartId(), construct.getVersionValue() == 0);
        }
        put(split.parent());
        put(split.child());
    }

    private void changeTables(long id, GroupTableChange change) {
        Set<Integer> moving = new TreeSet<>(change.getTableIdsList());
        WholeGroups.Split split = WholeGroups.splitByTables(
                group(change.getOriginGroupId()),
                group(id),
                moving,
                change.getNewSstStartId(),
                change.getVersionValue() == 0);
        put(WholeGroups.withoutMembers(split.parent(), moving));
        Set<Integer> moved = new HashSet<>(split.parent().getMemberTableIdsList());
        moved.retainAll(moving);
        put(split.child().toBuilder().addAllMemberTableIds(new TreeSet<>(moved)).build());
    }

    private Set<Integer> members(long group) {
        // Since v1.10 a group's own list of them is written no more.
        if (oneEpoch) {
            return new TreeSet<>(group(group).getMemberTableIdsList());
        }
        Set<Integer> members = new TreeSet<>();
        for (Map.Entry<Integer, StateTableInfo> table :
                next.getStateTableInfoMap().entrySet()) {
            if (table.getValue().getCompactionGroupId() == group) {
                members.add(table.getKey());
            }
        }
        return members;
    }

    private Levels group(long id) {
        DoesNotFit.unless(next.containsLevels(id), "version " + delta.getPrevId() + " has no group " + id);
        return next.getLevelsOrThrow(id);
    }

    private void put(Levels group) {
        next.putLevels(group.getGroupId(), group);
    }
}
