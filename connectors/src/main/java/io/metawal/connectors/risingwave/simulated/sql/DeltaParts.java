package io.metawal.connectors.risingwave.simulated.sql;

import io.metawal.connectors.risingwave.proto.GroupDelta;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** What a delta brings. */
final class DeltaParts {
    private DeltaParts() {}

    /** SSTs that come with it, by group, whichever way they come. */
    static List<SstableInfo> inserted(HummockVersionDelta delta) {
        List<SstableInfo> ssts = new ArrayList<>();
        for (long group : new TreeSet<>(delta.getGroupDeltasMap().keySet())) {
            for (GroupDelta one : delta.getGroupDeltasOrThrow(group).getGroupDeltasList()) {
                ssts.addAll(one.getIntraLevel().getInsertedTableInfosList());
                ssts.addAll(one.getNewL0SubLevel().getInsertedTableInfosList());
            }
        }
        return ssts;
    }

    /** Objects that it is the first to name; a trivial move names none. */
    static List<Long> newObjects(HummockVersionDelta delta) {
        TreeSet<Long> objects = new TreeSet<>();
        if (!delta.getTrivialMove()) {
            inserted(delta).forEach(sst -> objects.add(sst.getObjectId()));
        }
        delta.getChangeLogDeltaMap().values().forEach(change -> {
            change.getNewLog().getNewValueList().forEach(sst -> objects.add(sst.getObjectId()));
            change.getNewLog().getOldValueList().forEach(sst -> objects.add(sst.getObjectId()));
        });
        return List.copyOf(objects);
    }
}
