package io.metawal.connectors.risingwave.hummock;

import io.metawal.connectors.risingwave.proto.GroupDelta;
import io.metawal.connectors.risingwave.proto.IntraLevelDelta;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Compactions from v2.1 on, each of which has to be of the group's version id. A mismatch that a start of the meta node explains is cured by
 * the pruning that it did; any other is observed, and the compaction ignored as RisingWave ignores it.
 */
final class Compactions {
    private final Journal journal;
    private final Groups groups;
    private final StateTables tables;
    private final Rules rules;
    private final List<Observation> observations;

    Compactions(Journal journal, Groups groups, StateTables tables, Rules rules, List<Observation> observations) {
        this.journal = journal;
        this.groups = groups;
        this.tables = tables;
        this.rules = rules;
        this.observations = observations;
    }

    /**
     * @param all the deltas of the group that this one is of
     * @param members the tables of the group
     */
    void apply(Group group, IntraLevelDelta delta, List<GroupDelta> all, Supplier<Set<Integer>> members) {
        if (!isOfVersion(group, delta.getCompactionGroupVersionId())) {
            observations.add(new Observation(
                    Observation.Kind.EXPIRED,
                    group.name() + ": expected a compaction of group version "
                            + HummockKeys.u64(group.rest().getCompactionGroupVersionId()) + ", found one of "
                            + HummockKeys.u64(delta.getCompactionGroupVersionId())));
            return;
        }
        Compaction compaction = new Compaction(journal, group);
        List<Long> absent = compaction.absent(delta);
        if (!absent.isEmpty()) {
            boolean applied = rules.hold(HummockRule.ABSENT_SST_IS_IGNORED);
            observations.add(new Observation(
                    Observation.Kind.ABSENT_SST,
                    group.name() + " level " + HummockKeys.u32(delta.getLevelIdx()) + ": expected SST "
                            + HummockKeys.u64(absent.get(0)) + " to remove, found none; the compaction is "
                            + (applied ? "applied without it" : "ignored") + ", as RisingWave does"));
            if (!applied) {
                return;
            }
        }
        if (delta.getLevelIdx() == 0 && !group.prunedBefore().isEmpty()) {
            renumber(group, all);
        }
        compaction.remove(delta);
        if (delta.getInsertedTableInfosCount() > 0) {
            compaction.insert(delta, members.get());
        }
    }

    private boolean isOfVersion(Group group, long named) {
        if (!rules.known(HummockRule.GROUP_VERSION_IDS).orElse(true)) {
            return true;
        }
        long expected = group.rest().getCompactionGroupVersionId();
        boolean known = rules.known(HummockRule.GROUP_VERSION_IDS).isPresent();
        if (named == expected) {
            if (named != 0 && !known) {
                rules.show(journal, HummockRule.GROUP_VERSION_IDS, true);
            }
            return true;
        }
        if (named == 0 && !known) {
            forgetVersionIds();
            return true;
        }
        return named == expected + 1 && explainedByStart(group);
    }

    /** v2.1.0 to v2.2.3 have no such ids: those that splits were assumed to raise are taken back. */
    private void forgetVersionIds() {
        rules.show(journal, HummockRule.GROUP_VERSION_IDS, false);
        groups.all().values().forEach(group -> Truncation.setVersionId(journal, group, 0));
        observations.add(
                new Observation(Observation.Kind.NO_GROUP_VERSION_IDS, "compactions name no version ids of groups"));
    }

    private boolean explainedByStart(Group group) {
        if (!rules.known(HummockRule.PRUNED_AT_START).orElse(true)) {
            return false;
        }
        Pruning pruning = new Pruning(journal, groups, tables);
        if (!pruning.isStale(group)) {
            return false;
        }
        Set<Integer> pruned = pruning.prune(Pruning.Seen.LATER);
        observations.add(new Observation(Observation.Kind.PRUNED, Observation.prunedTables(pruned)));
        return true;
    }

    /** The sub level that the compaction is for has to hold some of what it takes from level 0, or, of a move, to be the one before. */
    private void renumber(Group group, List<GroupDelta> all) {
        List<Long> removed = new ArrayList<>();
        for (GroupDelta each : all) {
            IntraLevelDelta level = each.getIntraLevel();
            if (each.hasIntraLevel() && level.getLevelIdx() == 0) {
                removed.addAll(level.getRemovedTableIdsList());
            }
        }
        for (GroupDelta each : all) {
            IntraLevelDelta level = each.getIntraLevel();
            if (each.hasIntraLevel() && level.getLevelIdx() == 0 && level.getInsertedTableInfosCount() > 0) {
                boolean moved =
                        level.getInsertedTableInfosList().stream().anyMatch(sst -> removed.contains(sst.getSstId()));
                if (moved) {
                    Renumbering.fitMove(journal, group, level.getL0SubLevelId(), removed);
                } else {
                    Renumbering.fit(journal, group, level.getL0SubLevelId(), removed);
                }
            }
        }
    }
}
