package io.metawal.connectors.risingwave.hummock;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.proto.Level;
import io.metawal.connectors.risingwave.proto.LevelType;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Splits and merges of groups, and the truncation of tables; each walks the groups it is about. */
final class Regrouping {
    private final Journal journal;
    private final Groups groups;
    private final Rules rules;

    Regrouping(Journal journal, Groups groups, Rules rules) {
        this.journal = journal;
        this.groups = groups;
        this.rules = rules;
    }

    /** Says what becomes of one SST in a split. */
    @FunctionalInterface
    private interface Cut {
        Parts of(SstableInfo sst);
    }

    /** What stays, if anything, and what goes over, if anything. */
    record Parts(@Nullable SstableInfo stays, @Nullable SstableInfo goes) {}

    /** v2.1: what is from the key on goes over. An SST across it becomes two: the right one takes the first new id, the left the second. */
    void splitByKey(Group parent, Group child, long firstNewId, @Nullable ByteString splitKey) {
        raiseVersionIds(parent, child);
        if (splitKey == null) {
            tidyLevel0(parent);
            return;
        }
        SplitKey key = new SplitKey(splitKey, firstNewId);
        for (Run run : parent.runs()) {
            List<SstableInfo> going = divide(parent, run, key::cut);
            if (!going.isEmpty()) {
                tidy(parent, run);
                hand(child, run, going);
            }
        }
        tidyLevel0(parent);
        child.sumLevel0(journal);
    }

    /** v2.1's rules for an older delta: what has one of the tables goes over. */
    void splitByTables(Group parent, Group child, SplitByTables tables) {
        raiseVersionIds(parent, child);
        for (Run run : parent.runs()) {
            List<SstableInfo> going = divide(parent, run, tables::cut);
            tidy(parent, run);
            if (!going.isEmpty()) {
                hand(child, run, going);
            }
        }
        tidyLevel0(parent);
        child.sumLevel0(journal);
    }

    /** Up to v2.0: what has one of the tables goes over; an emptied sub level stays until level 0 is compacted. */
    void moveTables(Group parent, Group child, SplitByTables tables) {
        for (Run run : parent.runs()) {
            List<SstableInfo> going = divide(parent, run, tables::cut);
            if (!going.isEmpty()) {
                parent.setLevel(journal, run, run.summed());
                hand(child, run, going);
            }
        }
        parent.sumLevel0(journal);
        child.sumLevel0(journal);
    }

    private void raiseVersionIds(Group parent, Group child) {
        if (rules.hold(HummockRule.GROUP_VERSION_IDS)) {
            Truncation.raiseVersionId(journal, parent);
            Truncation.raiseVersionId(journal, child);
        }
    }

    /** Takes out of a run what goes over, which is returned. */
    private List<SstableInfo> divide(Group parent, Run run, Cut cut) {
        List<SstableInfo> going = new ArrayList<>();
        List<Sst> staying = new ArrayList<>();
        for (Sst sst : run.ssts()) {
            SstableInfo info = sst.info();
            Parts parts = cut.of(info);
            if (info.equals(parts.stays())) {
                continue;
            }
            parent.remove(journal, run, sst);
            if (parts.stays() != null) {
                staying.add(Sst.of(parts.stays(), sst.at()));
            }
            if (parts.goes() != null) {
                going.add(parts.goes());
            }
        }
        staying.forEach(sst -> parent.add(journal, run, sst));
        return going;
    }

    /** SSTs without tables go. Releases before v2.7.3 take only those off the totals, whatever else went. */
    private void tidy(Group parent, Run run) {
        if (rules.hold(HummockRule.LEVELS_NORMALIZED)) {
            Truncation.normalize(journal, parent, run);
            return;
        }
        Level gone = Truncation.removeTableless(journal, parent, run);
        Level.Builder rest = run.rest().toBuilder();
        rest.setTotalFileSize(rest.getTotalFileSize() - gone.getTotalFileSize())
                .setUncompressedFileSize(rest.getUncompressedFileSize() - gone.getUncompressedFileSize());
        parent.setLevel(journal, run, rest.build());
        if (run.id().level() == 0) {
            parent.shrinkLevel0(journal, gone);
        }
    }

    private void tidyLevel0(Group parent) {
        if (rules.hold(HummockRule.SPLIT_DROPS_SUB_LEVELS)) {
            parent.dropEmptySubLevels(journal);
        }
        if (rules.hold(HummockRule.LEVELS_NORMALIZED)) {
            parent.sumLevel0(journal);
        }
    }

    private void hand(Group child, Run from, List<SstableInfo> going) {
        Compaction into = new Compaction(journal, child);
        Run target = child.find(from.id());
        if (target == null && from.id().level() == 0) {
            target = into.newSubLevel(from.id().subLevel(), from.rest().getLevelType());
        }
        into.append(target == null ? child.run(from.id()) : target, going);
    }

    /** The right group's sub levels come after the left one's, with new ids where the left one has some; then its levels. */
    void merge(long leftId, long rightId) {
        Group left = groups.group(leftId);
        Group right = groups.group(rightId);
        if (left == right) {
            throw new HummockFaultException(left.name(), "another group to merge with", "the same");
        }
        groups.drop(journal, right);
        Run newest = left.newestSubLevel();
        long next = newest == null ? 0 : newest.id().subLevel() + 1;
        Compaction into = new Compaction(journal, left);
        for (Run run : right.subLevels()) {
            long id = newest == null ? run.id().subLevel() : next++;
            Run added = left.addRun(
                    journal,
                    RunId.subLevel(id),
                    run.rest().toBuilder()
                            .setSubLevelId(id)
                            .setVnodePartitionCount(0)
                            .clearTotalFileSize()
                            .clearUncompressedFileSize()
                            .build());
            into.append(added, infos(run));
            left.growLevel0(journal, added.rest());
        }
        for (Run run : left.subLevels()) {
            left.setLevel(
                    journal,
                    run,
                    run.rest().toBuilder().setVnodePartitionCount(0).build());
        }
        for (Run run : right.runs()) {
            if (run.id().level() != 0 && !run.isEmpty()) {
                into.append(left.run(run.id()), infos(run));
            }
        }
    }

    private static List<SstableInfo> infos(Run run) {
        List<SstableInfo> infos = new ArrayList<>();
        run.ssts().forEach(sst -> infos.add(sst.info()));
        return infos;
    }

    void truncate(Group group, Set<Integer> tables) {
        Truncation truncation = new Truncation(journal, group);
        if (rules.hold(HummockRule.LEVELS_NORMALIZED)) {
            truncation.prune(tables);
        } else {
            truncation.forget(tables);
        }
    }

    /** An empty level of a new group. */
    static Level emptyLevel(int index) {
        return Level.newBuilder()
                .setLevelIdx(index)
                .setLevelType(LevelType.LEVEL_TYPE_NONOVERLAPPING)
                .build();
    }
}
