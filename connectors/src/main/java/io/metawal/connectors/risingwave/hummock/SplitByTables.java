package io.metawal.connectors.risingwave.hummock;

import io.metawal.connectors.risingwave.proto.SstableInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A split by the tables that go over. An SST of such a table is then in both groups under two new ids, the one that goes over taking the
 * first; one of such tables alone goes over as a whole, under one new id, if the split is trivial. Up to v2.0 both have all the tables and
 * the whole size still; v2.1 gives each its own tables and half the size.
 */
final class SplitByTables {
    private final Set<Integer> tables;
    private final Kind kind;
    private long nextId;

    /** How the SSTs are divided. */
    enum Kind {
        TRIVIAL,
        SHARED,
        DIVIDED
    }

    SplitByTables(Set<Integer> tables, Kind kind, long firstNewId) {
        this.tables = tables;
        this.kind = kind;
        this.nextId = firstNewId;
    }

    Regrouping.Parts cut(SstableInfo sst) {
        List<Integer> going = new ArrayList<>(sst.getTableIdsList());
        going.retainAll(tables);
        if (going.isEmpty()) {
            return new Regrouping.Parts(sst, null);
        }
        SstableInfo.Builder goes = sst.toBuilder().setSstId(nextId++);
        if (kind == Kind.TRIVIAL && going.size() == sst.getTableIdsCount()) {
            return new Regrouping.Parts(null, goes.build());
        }
        SstableInfo.Builder stays = sst.toBuilder().setSstId(nextId++);
        if (kind == Kind.DIVIDED) {
            List<Integer> staying = new ArrayList<>(sst.getTableIdsList());
            staying.removeAll(tables);
            // An SST that is left without tables goes when the level is tidied up after the split.
            goes.clearTableIds().addAllTableIds(going).setSstSize(SplitKey.half(sst));
            stays.clearTableIds().addAllTableIds(staying).setSstSize(SplitKey.half(sst));
        }
        return new Regrouping.Parts(stays.build(), goes.build());
    }
}
