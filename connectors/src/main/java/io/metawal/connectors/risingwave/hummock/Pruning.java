package io.metawal.connectors.risingwave.hummock;

import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * The removal of tables from SSTs that no DROP removed there: what a meta node from v2.8.4 on does when it starts
 * ({@code prune_stale_table_ids_from_ssts}). Costs a look at each SST.
 */
final class Pruning {
    private final Journal journal;
    private final Groups groups;
    private final StateTables tables;

    Pruning(Journal journal, Groups groups, StateTables tables) {
        this.journal = journal;
        this.groups = groups;
        this.tables = tables;
    }

    /** How a start became known. */
    enum Seen {
        /** Itself: what is committed from here on is numbered as RisingWave numbers it. */
        AT_ONCE,

        /** By what came later: commits between were numbered as if nothing had been pruned. See {@link Renumbering}. */
        LATER
    }

    /** The tables that were removed; none where there is nothing to prune. */
    Set<Integer> prune(Seen seen) {
        Set<Integer> pruned = new TreeSet<>(Integer::compareUnsigned);
        boolean membersOnly = tables.isEmpty()
                && groups.all().values().stream().anyMatch(group -> group.rest().getMemberTableIdsCount() > 0);
        if (membersOnly) {
            return pruned;
        }
        groups.all().values().forEach(group -> {
            Set<Integer> stale = stale(group);
            if (!stale.isEmpty()) {
                Truncation truncation = new Truncation(journal, group);
                if (seen == Seen.LATER) {
                    Renumbering.remember(journal, group, () -> truncation.prune(stale));
                } else {
                    truncation.prune(stale);
                }
                pruned.addAll(stale);
            }
        });
        return pruned;
    }

    /** Whether a group has SSTs of tables that are no more. */
    boolean isStale(Group group) {
        return !stale(group).isEmpty();
    }

    private Set<Integer> stale(Group group) {
        Set<Integer> stale = new HashSet<>();
        group.runs()
                .forEach(run -> run.unordered()
                        .forEach(sst -> sst.info().getTableIdsList().stream()
                                .filter(table -> tables.find(table) == null)
                                .forEach(stale::add)));
        return stale;
    }
}
