package io.metawal.connectors.risingwave.hummock;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.proto.HummockVersion;
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

    Regrouping(Journal journal, Groups groups) {
        this.journal = journal;
        this.groups = groups;
    }

    /** Says what becomes of one SST in a split. */
    @FunctionalInterface
    private interface Cut {
        Parts of(SstableInfo sst);
    }

    /** What stays, if anything, and what goes over, if anything. */
    record Parts(@Nullable SstableInfo stays, @Nullable SstableInfo goes) {}

    /** v2.1: what lies from the key on goes over. An SST across it becomes two: the right one takes the first new id, the left the second. */
    void splitByKey(Group parent, Group child, long firstNewId, @Nullable ByteString splitKey) {
        raiseVersionId(parent);
        raiseVersionId(child);
        if (splitKey != null) {
            SplitKey key = new SplitKey(splitKey, firstNewId);
            split(parent, child, key::cut);
        }
    }

    /** Before v2.1's split: what has one of the tables goes over. */
    void splitByTables(Group parent, Group child, SplitByTables tables) {
        split(parent, child, tables::cut);
    }

    private void split(Group parent, Group child, Cut cut) {
        for (Run run : parent.runs()) {
            List<SstableInfo> going = new ArrayList<>();
            List<Sst> staying = new ArrayList<>();
            boolean cutAny = false;
            for (Sst sst : run.ssts()) {
                SstableInfo info = sst.info();
                Parts parts = cut.of(info);
                if (info.equals(parts.stays())) {
                    continue;
                }
                cutAny = true;
                parent.remove(journal, run, sst);
                if (parts.stays() != null) {
                    staying.add(Sst.of(parts.stays(), sst.at()));
                }
                if (parts.goes() != null) {
                    going.add(parts.goes());
                }
            }
            staying.forEach(sst -> parent.add(journal, run, sst));
            if (cutAny) {
                parent.setLevel(journal, run, run.summed());
            }
            if (going.isEmpty()) {
                continue;
            }
            Compaction into = new Compaction(journal, child);
            Run target = child.find(run.id());
            if (target == null && run.id().level() == 0) {
                target = into.newSubLevel(run.id().subLevel(), run.rest().getLevelType());
            }
            into.append(target == null ? child.run(run.id()) : target, going);
        }
        parent.sumLevel0(journal);
        child.sumLevel0(journal);
    }

    /** The right group's sub levels come behind the left one's, with new ids where the left one has some; then its levels. */
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
        for (Run run : group.runs()) {
            for (Sst sst : run.ssts()) {
                SstableInfo info = sst.info();
                List<Integer> left = new ArrayList<>(info.getTableIdsList());
                boolean cut = left.removeAll(tables);
                if (!cut && !left.isEmpty()) {
                    continue;
                }
                group.remove(journal, run, sst);
                if (!left.isEmpty()) {
                    SstableInfo without = info.toBuilder()
                            .clearTableIds()
                            .addAllTableIds(left)
                            .build();
                    group.add(journal, run, Sst.of(without, sst.at()));
                }
            }
            group.setLevel(journal, run, run.summed());
        }
        new Compaction(journal, group).purge();
        raiseVersionId(group);
    }

    private void raiseVersionId(Group group) {
        HummockVersion.Levels rest = group.rest();
        group.rest(
                journal,
                rest.toBuilder()
                        .setCompactionGroupVersionId(rest.getCompactionGroupVersionId() + 1)
                        .build());
    }

    /** An empty level of a new group. */
    static Level emptyLevel(int index) {
        return Level.newBuilder()
                .setLevelIdx(index)
                .setLevelType(LevelType.LEVEL_TYPE_NONOVERLAPPING)
                .build();
    }
}
