package io.metawal.connectors.risingwave.hummock;

import io.metawal.connectors.risingwave.proto.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/**
 * The numbers of sub levels that were committed between the start of a meta node and the delta that shows it. A meta node that pruned its
 * newest sub levels away when it started gave their numbers out again; here they were still there. Which commits came after the start no delta
 * says, so the numbers stay until a compaction of level 0 names a sub level that does not fit its SSTs.
 */
final class Renumbering {
    private Renumbering() {}

    /** Does the pruning, and remembers which sub levels come after one that it removed. */
    static void remember(Journal journal, Group group, Runnable pruning) {
        List<Run> before = group.subLevels();
        pruning.run();
        List<Long> gaps = new ArrayList<>();
        for (int n = 0; n + 1 < before.size(); n++) {
            if (group.find(before.get(n).id()) == null
                    && group.find(before.get(n + 1).id()) != null) {
                gaps.add(0, before.get(n + 1).id().subLevel());
            }
        }
        group.prunedBefore(journal, gaps);
    }

    /** Renumbers where only that lets the sub level hold one of the SSTs that the compaction takes from level 0. */
    static void fit(Journal journal, Group group, long target, Collection<Long> removed) {
        if (group.prunedBefore().isEmpty() || fits(group, target, removed)) {
            return;
        }
        shift(journal, group, target, at -> removed.stream().anyMatch(id -> at.find(id) != null));
    }

    /**
     * The same for SSTs that are moved within level 0: to the sub level before theirs, which holds none of them ({@code pick_l0_trivial_move_file}).
     */
    static void fitMove(Journal journal, Group group, long target, Collection<Long> moved) {
        Run before = null;
        for (Run run : group.subLevels()) {
            if (moved.stream().anyMatch(id -> run.find(id) != null)) {
                Run to = before;
                if (to != null && to.id().subLevel() != target) {
                    shift(journal, group, target, at -> at == to);
                }
                return;
            }
            before = run;
        }
    }

    private static void shift(Journal journal, Group group, long target, Predicate<Run> fits) {
        for (long first : group.prunedBefore()) {
            List<Run> later = new ArrayList<>(group.subLevels());
            later.removeIf(run -> Long.compareUnsigned(run.id().subLevel(), first) < 0);
            long next = 1;
            for (Run run : group.subLevels()) {
                if (Long.compareUnsigned(run.id().subLevel(), first) < 0) {
                    next = run.id().subLevel() + 1;
                }
            }
            long shift = first - next;
            Run at = group.find(RunId.subLevel(target + shift));
            if (shift > 0 && at != null && fits.test(at)) {
                later.forEach(run -> move(journal, group, run, run.id().subLevel() - shift));
                group.prunedBefore(journal, List.of());
                return;
            }
        }
    }

    /** Takes the numbers that RisingWave's own version has, where sub levels were pruned before some of the group's. */
    static void like(Journal journal, Group group, List<Level> theirs) {
        List<Run> ours = group.subLevels();
        if (group.prunedBefore().isEmpty() || ours.size() != theirs.size()) {
            return;
        }
        for (int n = 0; n < theirs.size(); n++) {
            long number = theirs.get(n).getSubLevelId();
            if (Long.compareUnsigned(number, ours.get(n).id().subLevel()) < 0
                    && group.find(RunId.subLevel(number)) == null) {
                move(journal, group, ours.get(n), number);
            }
        }
    }

    private static boolean fits(Group group, long target, Collection<Long> removed) {
        Run run = group.find(RunId.subLevel(target));
        return run != null && removed.stream().anyMatch(id -> run.find(id) != null);
    }

    private static void move(Journal journal, Group group, Run run, long to) {
        List<Sst> ssts = run.ssts();
        ssts.forEach(sst -> group.remove(journal, run, sst));
        group.dropRun(journal, run);
        Run moved = group.addRun(
                journal,
                RunId.subLevel(to),
                run.rest().toBuilder().setSubLevelId(to).build());
        ssts.forEach(sst -> group.add(journal, moved, sst));
    }
}
