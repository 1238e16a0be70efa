package io.metawal.connectors.risingwave.hummock;

import io.metawal.connectors.risingwave.proto.BloomFilterType;
import io.metawal.connectors.risingwave.proto.GroupDelta;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.SstableFilterLayout;
import io.metawal.connectors.risingwave.proto.SstableFilterType;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import java.util.ArrayList;
import java.util.List;

/**
 * What RisingWave makes of an SST's message when it loads it, as its {@code SstableInfo::from} does: from v2.1 on an SST has a size of its
 * own, and from v3.1 on a filter's type and layout instead of the older kind of a filter.
 */
public final class LoadedSsts {
    private LoadedSsts() {}

    /** The filter in the form of v3.1; other fields are as they were. */
    public static SstableInfo withFilter(SstableInfo sst) {
        if (sst.hasFilterType()) {
            return sst;
        }
        SstableInfo.Builder loaded = sst.toBuilder().clearBloomFilterKind();
        if (sst.getBloomFilterKind() == BloomFilterType.SSTABLE) {
            return loaded.setFilterType(SstableFilterType.SSTABLE_FILTER_XOR16)
                    .setFilterLayout(SstableFilterLayout.SSTABLE_FILTER_LAYOUT_PLAIN)
                    .build();
        }
        if (sst.getBloomFilterKind() == BloomFilterType.BLOCKED) {
            return loaded.setFilterType(SstableFilterType.SSTABLE_FILTER_XOR16)
                    .setFilterLayout(SstableFilterLayout.SSTABLE_FILTER_LAYOUT_BLOCKED)
                    .build();
        }
        return loaded.setFilterType(SstableFilterType.SSTABLE_FILTER_NONE).build();
    }

    /** The size that 0 stands for, written out. */
    public static SstableInfo withSize(SstableInfo sst) {
        return sst.getSstSize() == 0 && sst.getFileSize() != 0
                ? sst.toBuilder().setSstSize(sst.getFileSize()).build()
                : sst;
    }

    static SstableInfo of(SstableInfo sst, Rules rules) {
        SstableInfo sized = rules.known(HummockRule.ORDERED_DELTAS).orElse(false) ? withSize(sst) : sst;
        return rules.hold(HummockRule.FILTERS_REWRITTEN) ? withFilter(sized) : sized;
    }

    /** A delta with the SSTs that it inserts as they are loaded. */
    static HummockVersionDelta of(HummockVersionDelta delta, Rules rules) {
        boolean asTheyAre = delta.getGroupDeltasMap().values().stream()
                .flatMap(group -> group.getGroupDeltasList().stream())
                .flatMap(each -> inserted(each).stream())
                .allMatch(sst -> of(sst, rules).equals(sst));
        if (asTheyAre) {
            return delta;
        }
        HummockVersionDelta.Builder loaded = delta.toBuilder();
        delta.getGroupDeltasMap().forEach((id, group) -> {
            HummockVersionDelta.GroupDeltas.Builder deltas = group.toBuilder().clearGroupDeltas();
            group.getGroupDeltasList().forEach(each -> deltas.addGroupDeltas(of(each, rules)));
            loaded.putGroupDeltas(id, deltas.build());
        });
        return loaded.build();
    }

    private static List<SstableInfo> inserted(GroupDelta delta) {
        return delta.hasIntraLevel()
                ? delta.getIntraLevel().getInsertedTableInfosList()
                : delta.getNewL0SubLevel().getInsertedTableInfosList();
    }

    private static GroupDelta of(GroupDelta delta, Rules rules) {
        List<SstableInfo> ssts = new ArrayList<>();
        inserted(delta).forEach(sst -> ssts.add(of(sst, rules)));
        if (ssts.isEmpty()) {
            return delta;
        }
        GroupDelta.Builder loaded = delta.toBuilder();
        if (delta.hasIntraLevel()) {
            loaded.getIntraLevelBuilder().clearInsertedTableInfos().addAllInsertedTableInfos(ssts);
        } else {
            loaded.getNewL0SubLevelBuilder().clearInsertedTableInfos().addAllInsertedTableInfos(ssts);
        }
        return loaded.build();
    }
}
