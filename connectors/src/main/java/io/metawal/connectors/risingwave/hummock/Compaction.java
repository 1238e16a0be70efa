package io.metawal.connectors.risingwave.hummock;

import io.metawal.connectors.risingwave.proto.IntraLevelDelta;
import io.metawal.connectors.risingwave.proto.Level;
import io.metawal.connectors.risingwave.proto.LevelType;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a commit or a compaction does to one group; costs what the SSTs named cost, and for level 0 a look at its sub levels. The totals of a
 * level grow by what comes, and are summed where something may have gone, as RisingWave does it: where they were wrong before, they stay so.
 */
final class Compaction {
    private static final long NO_SUB_LEVEL = -1L;

    private final Journal journal;
    private final Group group;

    Compaction(Journal journal, Group group) {
        this.journal = journal;
        this.group = group;
    }

    /** A new, overlapping sub level behind all others. */
    void commit(long subLevel, List<SstableInfo> inserted) {
        if (subLevel == NO_SUB_LEVEL) {
            return;
        }
        Run newest = group.newestSubLevel();
        if (newest != null && Long.compareUnsigned(newest.id().subLevel(), subLevel) >= 0) {
            throw new HummockFaultException(
                    group.name(),
                    "a sub level after " + HummockKeys.u64(newest.id().subLevel()),
                    HummockKeys.u64(subLevel));
        }
        Run run = newSubLevel(subLevel, LevelType.LEVEL_TYPE_OVERLAPPING);
        append(run, inserted);
        group.growLevel0(journal, run.rest());
    }

    Run newSubLevel(long subLevel, LevelType type) {
        return group.addRun(
                journal,
                RunId.subLevel(subLevel),
                Level.newBuilder().setSubLevelId(subLevel).setLevelType(type).build());
    }

    /** Adds as the run's kind asks, and to its totals. */
    void append(Run run, List<SstableInfo> inserted) {
        add(run, inserted);
        long size = run.rest().getTotalFileSize();
        long uncompressed = run.rest().getUncompressedFileSize();
        for (SstableInfo info : inserted) {
            size += Sst.size(info);
            uncompressed += info.getUncompressedFileSize();
        }
        group.setLevel(
                journal,
                run,
                run.rest().toBuilder()
                        .setTotalFileSize(size)
                        .setUncompressedFileSize(uncompressed)
                        .build());
    }

    private void add(Run run, List<SstableInfo> inserted) {
        List<Sst> added = new ArrayList<>();
        for (SstableInfo info : inserted) {
            Sst sst = Sst.of(info, run.nextAt());
            group.add(journal, run, sst);
            added.add(sst);
        }
        if (run.isSorted()) {
            added.forEach(run::checkNeighbours);
        }
    }

    /** Of those that a delta removes, the ones that are not in its level. */
    List<Long> absent(IntraLevelDelta delta) {
        List<Long> absent = new ArrayList<>();
        for (long id : new HashSet<>(delta.getRemovedTableIdsList())) {
            Run run = runOf(delta, id);
            if (run == null || run.find(id) == null) {
                absent.add(id);
            }
        }
        return absent;
    }

    private @Nullable Run runOf(IntraLevelDelta delta, long id) {
        return delta.getLevelIdx() == 0 ? group.ofSstInLevel0(id) : group.run(RunId.level(delta.getLevelIdx()));
    }

    /** Takes out what a delta says, as far as it is there. */
    void remove(IntraLevelDelta delta) {
        if (delta.getRemovedTableIdsCount() == 0) {
            return;
        }
        for (long id : new HashSet<>(delta.getRemovedTableIdsList())) {
            Run run = runOf(delta, id);
            Sst sst = run == null ? null : run.find(id);
            if (run != null && sst != null) {
                group.remove(journal, run, sst);
            }
        }
        List<Run> summed =
                delta.getLevelIdx() == 0 ? group.subLevels() : List.of(group.run(RunId.level(delta.getLevelIdx())));
        summed.forEach(run -> group.setLevel(journal, run, run.summed()));
    }

    /**
     * Puts in what a compaction made: into a level, or into a sub level that is there, which is sorted from then on.
     *
     * @param members the tables of the group
     */
    void insert(IntraLevelDelta delta, Set<Integer> members) {
        List<SstableInfo> inserted = delta.getInsertedTableInfosList();
        Run run = group.run(
                delta.getLevelIdx() == 0 ? RunId.subLevel(delta.getL0SubLevelId()) : RunId.level(delta.getLevelIdx()));
        setPartitions(run, delta.getVnodePartitionCount(), inserted, members);
        if (run.rest().getLevelType() == LevelType.LEVEL_TYPE_OVERLAPPING) {
            sort(run);
        }
        append(run, inserted);
    }

    private void setPartitions(Run run, int partitions, List<SstableInfo> inserted, Set<Integer> members) {
        boolean oneTableEach = inserted.stream().allMatch(sst -> sst.getTableIdsCount() == 1);
        if (run.id().level() == 0) {
            if (run.isEmpty()
                    && members.size() == 1
                    && oneTableEach
                    && inserted.stream().allMatch(sst -> members.contains(sst.getTableIds(0)))) {
                setPartitions(run, partitions);
            }
        } else if (run.isEmpty() && oneTableEach) {
            setPartitions(run, partitions);
        } else if (partitions == 0 && members.size() > 1) {
            setPartitions(run, 0);
        }
    }

    private void setPartitions(Run run, int partitions) {
        group.setLevel(
                journal,
                run,
                run.rest().toBuilder().setVnodePartitionCount(partitions).build());
    }

    /** From an order of its own to that of the key ranges. */
    private void sort(Run run) {
        List<Sst> placed = run.ssts();
        placed.forEach(sst -> group.remove(journal, run, sst));
        group.setLevel(journal, run, run.withType(LevelType.LEVEL_TYPE_NONOVERLAPPING));
        List<SstableInfo> infos = new ArrayList<>();
        placed.forEach(sst -> infos.add(sst.info()));
        add(run, infos);
    }

    /** After compactions of level 0. */
    void purge() {
        group.dropEmptySubLevels(journal);
        group.sumLevel0(journal);
    }
}
