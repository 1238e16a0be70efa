package io.metawal.connectors.risingwave.hummock;

import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.Level;
import io.metawal.connectors.risingwave.proto.OverlappingLevel;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import io.metawal.metadata.image.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One compaction group. The order of its runs: sub levels of level 0 by id, then levels. */
final class Group {
    private static final RunId FIRST_LEVEL = RunId.level(1);

    private final long id;
    private final Groups owner;
    private final NavigableMap<RunId, Run> runs = new TreeMap<>();
    /** Where an SST of level 0 is: compactions name SSTs, not sub levels. */
    private final Map<Long, Run> inLevel0 = new HashMap<>();

    private HummockVersion.Levels rest;

    /** See {@link Renumbering}: the first sub levels after what was pruned, the newest first; empty most of the time. */
    private List<Long> prunedBefore = List.of();

    Group(Groups owner, long id, HummockVersion.Levels rest) {
        this.owner = owner;
        this.id = id;
        this.rest = rest;
    }

    long id() {
        return id;
    }

    String name() {
        return "group " + HummockKeys.u64(id);
    }

    List<Long> prunedBefore() {
        return prunedBefore;
    }

    void prunedBefore(Journal journal, List<Long> subLevels) {
        List<Long> before = prunedBefore;
        prunedBefore = subLevels;
        journal.undoWith(() -> prunedBefore = before);
    }

    /** The group without its levels and sub levels. */
    HummockVersion.Levels rest() {
        return rest;
    }

    void rest(Journal journal, HummockVersion.Levels next) {
        if (next.equals(rest)) {
            return;
        }
        owner.touchGroup(journal, id);
        HummockVersion.Levels before = rest;
        rest = next;
        journal.undoWith(() -> rest = before);
    }

    List<Run> runs() {
        return new ArrayList<>(runs.values());
    }

    List<Run> subLevels() {
        return new ArrayList<>(runs.headMap(FIRST_LEVEL, false).values());
    }

    @Nullable
    Run find(RunId run) {
        return runs.get(run);
    }

    Run run(RunId run) {
        Run found = runs.get(run);
        if (found == null) {
            throw new HummockFaultException(name(), run.in(id), "none");
        }
        return found;
    }

    @Nullable
    Run newestSubLevel() {
        Map.Entry<RunId, Run> newest = runs.lowerEntry(FIRST_LEVEL);
        return newest == null ? null : newest.getValue();
    }

    /** While loading: nothing is journalled. */
    Run load(RunId run, Level level, Iterable<Sst> ssts) {
        Run loaded = new Run(id, run, level);
        runs.put(run, loaded);
        for (Sst sst : ssts) {
            loaded.add(sst);
            if (run.level() == 0 && inLevel0.putIfAbsent(sst.id(), loaded) != null) {
                throw twiceInLevel0(sst);
            }
        }
        return loaded;
    }

    Run addRun(Journal journal, RunId run, Level level) {
        owner.touchRun(journal, id, run);
        Run added = new Run(id, run, level);
        journal.put(runs, run, added);
        return added;
    }

    /** An empty one. */
    void dropRun(Journal journal, Run run) {
        owner.touchRun(journal, id, run.id());
        journal.remove(runs, run.id());
    }

    void setLevel(Journal journal, Run run, Level level) {
        if (!level.equals(run.rest())) {
            owner.touchRun(journal, id, run.id());
            run.rest(journal, level);
        }
    }

    void add(Journal journal, Run run, Sst sst) {
        owner.touchSst(journal, id, run.id(), sst.id());
        if (run.id().level() == 0) {
            if (inLevel0.containsKey(sst.id())) {
                throw twiceInLevel0(sst);
            }
            journal.put(inLevel0, sst.id(), run);
        }
        run.add(sst);
        journal.undoWith(() -> run.remove(sst));
    }

    void remove(Journal journal, Run run, Sst sst) {
        owner.touchSst(journal, id, run.id(), sst.id());
        if (run.id().level() == 0) {
            journal.remove(inLevel0, sst.id());
        }
        run.remove(sst);
        journal.undoWith(() -> run.add(sst));
    }

    @Nullable
    Run ofSstInLevel0(long sst) {
        return inLevel0.get(sst);
    }

    /** Level 0's totals are the sums of those of its sub levels. */
    void sumLevel0(Journal journal) {
        long size = 0;
        long uncompressed = 0;
        for (Run run : runs.headMap(FIRST_LEVEL, false).values()) {
            size += run.rest().getTotalFileSize();
            uncompressed += run.rest().getUncompressedFileSize();
        }
        setLevel0(journal, size, uncompressed);
    }

    void growLevel0(Journal journal, Level by) {
        OverlappingLevel l0 = rest.getL0();
        setLevel0(
                journal,
                l0.getTotalFileSize() + by.getTotalFileSize(),
                l0.getUncompressedFileSize() + by.getUncompressedFileSize());
    }

    void shrinkLevel0(Journal journal, Level by) {
        OverlappingLevel l0 = rest.getL0();
        setLevel0(
                journal,
                l0.getTotalFileSize() - by.getTotalFileSize(),
                l0.getUncompressedFileSize() - by.getUncompressedFileSize());
    }

    private void setLevel0(Journal journal, long size, long uncompressed) {
        OverlappingLevel.Builder l0 =
                rest.getL0().toBuilder().setTotalFileSize(size).setUncompressedFileSize(uncompressed);
        rest(journal, rest.toBuilder().setL0(l0).build());
    }

    void dropEmptySubLevels(Journal journal) {
        for (Run run : subLevels()) {
            if (run.isEmpty()) {
                dropRun(journal, run);
            }
        }
    }

    /** Puts what an operator makes of each SST in its place; walks the group. */
    void rewrite(Journal journal, UnaryOperator<SstableInfo> operator) {
        for (Run run : runs.values()) {
            for (Sst sst : run.ssts()) {
                SstableInfo info = sst.info();
                SstableInfo next = operator.apply(info);
                if (!next.equals(info)) {
                    remove(journal, run, sst);
                    add(journal, run, Sst.of(next, sst.at()));
                }
            }
        }
    }

    /** All its entries may be about to change. */
    void touchAll(Journal journal) {
        owner.touchGroup(journal, id);
        for (Run run : runs.values()) {
            owner.touchRun(journal, id, run.id());
            run.unordered().forEach(sst -> owner.touchSst(journal, id, run.id(), sst.id()));
        }
    }

    Entry entry(Run run, Sst sst) {
        return new Entry(HummockKeys.sst(id, run.id(), sst.id()), sst.value(), HummockKeys.meta(sst.at()));
    }

    private HummockFaultException twiceInLevel0(Sst sst) {
        return new HummockFaultException(
                name() + " level 0", "no SST " + HummockKeys.u64(sst.id()) + " to be there yet", "one");
    }
}
