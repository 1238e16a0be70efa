package io.metawal.connectors.risingwave.hummock;

import io.metawal.connectors.risingwave.proto.CompatibilityVersion;
import io.metawal.connectors.risingwave.proto.GroupConstruct;
import io.metawal.connectors.risingwave.proto.GroupDelta;
import io.metawal.connectors.risingwave.proto.GroupMetaChange;
import io.metawal.connectors.risingwave.proto.GroupTableChange;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.IntraLevelDelta;
import io.metawal.connectors.risingwave.proto.OverlappingLevel;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a delta does to compaction groups. RisingWave takes the groups in no order; here they are taken by id, so that a parent comes before
 * the group that is made of it. {@link Compactions} has what compactions do.
 */
final class GroupDeltas {
    private final Journal journal;
    private final Groups groups;
    private final StateTables tables;
    private final Rules rules;
    private final HummockEra era;
    private final boolean isCommit;
    private final List<Observation> observations = new ArrayList<>();

    GroupDeltas(Journal journal, Groups groups, StateTables tables, Rules rules, HummockEra era, boolean isCommit) {
        this.journal = journal;
        this.groups = groups;
        this.tables = tables;
        this.rules = rules;
        this.era = era;
        this.isCommit = isCommit;
    }

    List<Observation> observations() {
        return observations;
    }

    void apply(long group, List<GroupDelta> deltas) {
        if (era == HummockEra.ORDERED_DELTAS) {
            inOrder(group, deltas);
        } else {
            together(group, deltas);
        }
    }

    private void inOrder(long id, List<GroupDelta> deltas) {
        boolean level0Compacted = false;
        for (GroupDelta delta : deltas) {
            switch (delta.getDeltaTypeCase()) {
                case GROUP_CONSTRUCT -> construct(id, delta.getGroupConstruct());
                case GROUP_MERGE ->
                    new Regrouping(journal, groups, rules)
                            .merge(
                                    delta.getGroupMerge().getLeftGroupId(),
                                    delta.getGroupMerge().getRightGroupId());
                case INTRA_LEVEL -> level0Compacted |= intraLevel(groups.group(id), delta.getIntraLevel(), deltas);
                case NEW_L0_SUB_LEVEL ->
                    newSubLevel(groups.group(id), delta.getNewL0SubLevel().getInsertedTableInfosList());
                case GROUP_DESTROY -> groups.drop(journal, groups.group(id));
                case TRUNCATE_TABLES ->
                    new Regrouping(journal, groups, rules)
                            .truncate(
                                    groups.group(id),
                                    new HashSet<>(delta.getTruncateTables().getTableIdsList()));
                case GROUP_TABLE_CHANGE -> tableChange(id, delta.getGroupTableChange());
                case GROUP_META_CHANGE -> metaChange(groups.group(id), delta.getGroupMetaChange());
                case DELTATYPE_NOT_SET -> throw unknown(id);
            }
        }
        Group group = groups.find(id);
        if (level0Compacted && group != null) {
            new Compaction(journal, group).purge();
        }
    }

    /** Whether level 0 was compacted, or would have been: it is purged all the same. */
    private boolean intraLevel(Group group, IntraLevelDelta delta, List<GroupDelta> all) {
        if (isCommit) {
            commit(group, delta, all.stream().anyMatch(GroupDelta::hasGroupDestroy));
            return false;
        }
        new Compactions(journal, groups, tables, rules, observations).apply(group, delta, all, () -> members(group));
        return delta.getLevelIdx() == 0;
    }

    private void commit(Group group, IntraLevelDelta delta, boolean destroyed) {
        checkCommit(group, delta, destroyed);
        if (delta.getInsertedTableInfosCount() > 0) {
            new Compaction(journal, group).commit(delta.getL0SubLevelId(), delta.getInsertedTableInfosList());
        }
    }

    private static void checkCommit(Group group, IntraLevelDelta delta, boolean destroyed) {
        if (delta.getRemovedTableIdsCount() > 0 && !destroyed) {
            throw new HummockFaultException(
                    group.name(), "no SST to be removed by a commit", delta.getRemovedTableIdsCount() + " of them");
        }
        if (delta.getInsertedTableInfosCount() > 0 && delta.getLevelIdx() != 0) {
            throw new HummockFaultException(
                    group.name(), "a commit into level 0", "into level " + HummockKeys.u32(delta.getLevelIdx()));
        }
    }

    private void newSubLevel(Group group, List<SstableInfo> inserted) {
        if (!isCommit) {
            throw new HummockFaultException(group.name(), "a commit to bring a new sub level", "no epoch to go up");
        }
        if (inserted.isEmpty()) {
            return;
        }
        Run newest = group.newestSubLevel();
        new Compaction(journal, group).commit(newest == null ? 1 : newest.id().subLevel() + 1, inserted);
    }

    /** Up to v2.0, whatever the order in the list: the group itself, its members, then one commit or compaction, then its end. */
    private void together(long id, List<GroupDelta> deltas) {
        List<IntraLevelDelta> levels = new ArrayList<>();
        boolean destroyed = false;
        for (GroupDelta delta : deltas) {
            switch (delta.getDeltaTypeCase()) {
                case GROUP_CONSTRUCT -> construct(id, delta.getGroupConstruct());
                case GROUP_TABLE_CHANGE -> tableChange(id, delta.getGroupTableChange());
                case INTRA_LEVEL -> levels.add(delta.getIntraLevel());
                case GROUP_DESTROY -> destroyed = true;
                case GROUP_META_CHANGE -> {}
                case GROUP_MERGE, NEW_L0_SUB_LEVEL, TRUNCATE_TABLES, DELTATYPE_NOT_SET -> throw unknown(id);
            }
        }
        Group group = groups.group(id);
        for (GroupDelta delta : deltas) {
            if (delta.hasGroupMetaChange()) {
                metaChange(group, delta.getGroupMetaChange());
            }
        }
        if (isCommit) {
            commitTogether(group, levels, destroyed);
        } else {
            compactTogether(group, levels);
        }
        if (destroyed) {
            groups.drop(journal, group);
        }
    }

    private void commitTogether(Group group, List<IntraLevelDelta> levels, boolean destroyed) {
        if (era == HummockEra.TABLE_EPOCHS) {
            levels.forEach(level -> commit(group, level, destroyed));
            return;
        }
        List<SstableInfo> inserted = new ArrayList<>();
        long subLevel = 0;
        for (IntraLevelDelta level : levels) {
            checkCommit(group, level, destroyed);
            if (level.getInsertedTableInfosCount() > 0) {
                inserted.addAll(level.getInsertedTableInfosList());
                subLevel = level.getL0SubLevelId();
            }
        }
        if (!inserted.isEmpty()) {
            new Compaction(journal, group).commit(subLevel, inserted);
        }
    }

    private void compactTogether(Group group, List<IntraLevelDelta> levels) {
        Compaction compaction = new Compaction(journal, group);
        boolean level0 = false;
        for (IntraLevelDelta level : levels) {
            requireAll(compaction, group, level);
            compaction.remove(level);
            level0 |= level.getLevelIdx() == 0;
        }
        for (IntraLevelDelta level : levels) {
            if (level.getInsertedTableInfosCount() > 0) {
                compaction.insert(level, members(group));
            }
        }
        if (level0) {
            compaction.purge();
        }
    }

    private static void requireAll(Compaction compaction, Group group, IntraLevelDelta level) {
        List<Long> absent = compaction.absent(level);
        if (!absent.isEmpty()) {
            throw new HummockFaultException(
                    group.name() + " level " + HummockKeys.u32(level.getLevelIdx()),
                    "SST " + HummockKeys.u64(absent.get(0)) + " to remove",
                    "none");
        }
    }

    private void construct(long id, GroupConstruct construct) {
        HummockVersion.Levels rest = HummockVersion.Levels.newBuilder()
                .setGroupId(id)
                .setParentGroupId(construct.getParentGroupId())
                .addAllMemberTableIds(construct.getTableIdsList())
                .setL0(OverlappingLevel.getDefaultInstance())
                .build();
        Group group = groups.add(journal, id, rest);
        for (int level = 1; level <= construct.getGroupConfig().getMaxLevel(); level++) {
            group.addRun(journal, RunId.level(level), Regrouping.emptyLevel(level));
        }
        if (construct.getParentGroupId() == 0) {
            return;
        }
        Group parent = groups.group(construct.getParentGroupId());
        Regrouping regrouping = new Regrouping(journal, groups, rules);
        int version = construct.getVersionValue();
        if (version >= CompatibilityVersion.SPLIT_GROUP_BY_TABLE_ID_VALUE) {
            regrouping.splitByKey(
                    parent,
                    group,
                    construct.getNewSstStartId(),
                    construct.hasSplitKey() ? construct.getSplitKey() : null);
            return;
        }
        Set<Integer> moving = version >= CompatibilityVersion.NO_MEMBER_TABLE_IDS_VALUE
                ? tables.membersOf(id)
                : new HashSet<>(construct.getTableIdsList());
        SplitByTables split = new SplitByTables(moving, kind(version), construct.getNewSstStartId());
        if (era == HummockEra.ORDERED_DELTAS) {
            regrouping.splitByTables(parent, group, split);
        } else {
            regrouping.moveTables(parent, group, split);
        }
    }

    private SplitByTables.Kind kind(int version) {
        if (era == HummockEra.ORDERED_DELTAS) {
            return SplitByTables.Kind.DIVIDED;
        }
        return version < CompatibilityVersion.NO_TRIVIAL_SPLIT_VALUE
                ? SplitByTables.Kind.TRIVIAL
                : SplitByTables.Kind.SHARED;
    }

    private void tableChange(long id, GroupTableChange change) {
        Set<Integer> moving = new HashSet<>(change.getTableIdsList());
        Group origin = groups.group(change.getOriginGroupId());
        Group target = groups.group(change.getTargetGroupId());
        Group named = groups.group(id);
        if (origin == target) {
            throw new HummockFaultException(origin.name(), "another group to move tables to", "the same");
        }
        new Regrouping(journal, groups, rules)
                .moveTables(
                        origin,
                        target,
                        new SplitByTables(moving, kind(change.getVersionValue()), change.getNewSstStartId()));
        List<Integer> staying = new ArrayList<>(origin.rest().getMemberTableIdsList());
        List<Integer> moved = new ArrayList<>(staying);
        moved.retainAll(moving);
        staying.removeAll(moving);
        setMembers(origin, staying);
        List<Integer> joined = new ArrayList<>(named.rest().getMemberTableIdsList());
        joined.addAll(moved);
        setMembers(named, joined);
    }

    private void metaChange(Group group, GroupMetaChange change) {
        List<Integer> members = new ArrayList<>(group.rest().getMemberTableIdsList());
        members.addAll(change.getTableIdsAddList());
        members.removeAll(change.getTableIdsRemoveList());
        members.sort(Integer::compareUnsigned);
        setMembers(group, members);
    }

    private void setMembers(Group group, List<Integer> members) {
        group.rest(
                journal,
                group.rest().toBuilder()
                        .clearMemberTableIds()
                        .addAllMemberTableIds(members)
                        .build());
    }

    private Set<Integer> members(Group group) {
        return era == HummockEra.GROUP_MEMBERS
                ? new HashSet<>(group.rest().getMemberTableIdsList())
                : tables.membersOf(group.id());
    }

    private HummockFaultException unknown(long id) {
        return new HummockFaultException(
                "group " + HummockKeys.u64(id), "a delta of a kind that is known for it", "another");
    }
}
