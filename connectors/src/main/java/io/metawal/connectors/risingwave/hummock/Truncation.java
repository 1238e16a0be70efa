package io.metawal.connectors.risingwave.hummock;

import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.Level;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The removal of tables from the SSTs of one group; walks the group. */
final class Truncation {
    private final Journal journal;
    private final Group group;

    Truncation(Journal journal, Group group) {
        this.journal = journal;
        this.group = group;
    }

    /** Up to v2.7.2, and in v2.8.0: SSTs without tables, emptied sub levels, and sizes stay as they are. */
    void forget(Set<Integer> tables) {
        group.runs().forEach(run -> removeIds(run, tables));
        raiseVersionId(journal, group);
    }

    /** SSTs without tables go, and sub levels without SSTs; sizes are summed again. */
    void prune(Set<Integer> tables) {
        group.runs().forEach(run -> {
            removeIds(run, tables);
            normalize(journal, group, run);
        });
        group.dropEmptySubLevels(journal);
        group.sumLevel0(journal);
        raiseVersionId(journal, group);
    }

    private void removeIds(Run run, Set<Integer> tables) {
        for (Sst sst : run.ssts()) {
            SstableInfo info = sst.info();
            List<Integer> left = new ArrayList<>(info.getTableIdsList());
            if (left.removeAll(tables)) {
                group.remove(journal, run, sst);
                SstableInfo without =
                        info.toBuilder().clearTableIds().addAllTableIds(left).build();
                group.add(journal, run, Sst.of(without, sst.at()));
            }
        }
    }

    static void normalize(Journal journal, Group group, Run run) {
        removeTableless(journal, group, run);
        group.setLevel(journal, run, run.summed());
    }

    /** What went, as the totals of a level. */
    static Level removeTableless(Journal journal, Group group, Run run) {
        long size = 0;
        long uncompressed = 0;
        for (Sst sst : run.ssts()) {
            SstableInfo info = sst.info();
            if (info.getTableIdsCount() == 0) {
                size += Sst.size(info);
                uncompressed += info.getUncompressedFileSize();
                group.remove(journal, run, sst);
            }
        }
        return Level.newBuilder()
                .setTotalFileSize(size)
                .setUncompressedFileSize(uncompressed)
                .build();
    }

    static void raiseVersionId(Journal journal, Group group) {
        setVersionId(journal, group, group.rest().getCompactionGroupVersionId() + 1);
    }

    static void setVersionId(Journal journal, Group group, long id) {
        HummockVersion.Levels rest = group.rest();
        group.rest(journal, rest.toBuilder().setCompactionGroupVersionId(id).build());
    }
}
