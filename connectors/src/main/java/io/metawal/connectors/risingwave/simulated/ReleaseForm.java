package io.metawal.connectors.risingwave.simulated;

import io.metawal.connectors.risingwave.proto.BloomFilterType;
import io.metawal.connectors.risingwave.proto.GroupDelta;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta.GroupDeltas;
import io.metawal.connectors.risingwave.proto.SstableFilterLayout;
import io.metawal.connectors.risingwave.proto.SstableFilterType;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import io.metawal.connectors.risingwave.proto.TableWatermarks;
import io.metawal.connectors.risingwave.proto.TruncateTables;
import io.metawal.connectors.risingwave.proto.WatermarkSerdeType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A delta as a release writes it: with what it has of it, where it has it. */
final class ReleaseForm {
    private ReleaseForm() {}

    /** @param version that the delta is for */
    static HummockVersionDelta of(HummockVersionDelta delta, HummockVersion version, SimulatedRelease release) {
        if (release == SimulatedRelease.ASSUMED) {
            return delta;
        }
        HummockVersionDelta.Builder form = delta.toBuilder();
        if (!release.hasVectorIndexes()) {
            form.clearVectorIndexDelta();
        }
        if (!release.hasLogsInDeltas()) {
            form.clearChangeLogDelta();
        }
        if (release.writesWatermarkKinds()) {
            delta.getNewTableWatermarksMap()
                    .forEach((table, marks) -> form.putNewTableWatermarks(table, withKind(marks)));
        }
        delta.getGroupDeltasMap().forEach((id, group) -> {
            GroupDeltas.Builder deltas = group.toBuilder();
            deltas.getGroupDeltasBuilderList().forEach(each -> form(each, release));
            form.putGroupDeltas(id, deltas.build());
        });
        if (release.dropTruncates() && delta.getRemovedTableIdsCount() > 0) {
            truncateDropped(form, version);
        }
        return form.build();
    }

    /** In every group that stays, as {@code unregister_table_ids} does it. */
    private static void truncateDropped(HummockVersionDelta.Builder delta, HummockVersion version) {
        Map<Long, List<Integer>> dropped = new TreeMap<>();
        Tables.groups(version).forEach((table, group) -> {
            if (delta.getRemovedTableIdsList().contains(table)) {
                dropped.computeIfAbsent(group, any -> new ArrayList<>()).add(table);
            }
        });
        dropped.forEach((group, tables) -> {
            GroupDeltas.Builder deltas =
                    delta.getGroupDeltasOrDefault(group, GroupDeltas.getDefaultInstance()).toBuilder();
            if (deltas.getGroupDeltasList().stream().noneMatch(GroupDelta::hasGroupDestroy)) {
                deltas.addGroupDeltasBuilder()
                        .setTruncateTables(TruncateTables.newBuilder().addAllTableIds(tables));
                delta.putGroupDeltas(group, deltas.build());
            }
        });
    }

    private static void form(GroupDelta.Builder delta, SimulatedRelease release) {
        if (delta.hasIntraLevel()) {
            delta.getIntraLevelBuilder().getInsertedTableInfosBuilderList().forEach(sst -> form(sst, release));
        } else if (delta.hasNewL0SubLevel()) {
            delta.getNewL0SubLevelBuilder().getInsertedTableInfosBuilderList().forEach(sst -> form(sst, release));
        }
    }

    private static void form(SstableInfo.Builder sst, SimulatedRelease release) {
        if (sst.getSstSize() == 0) {
            sst.setSstSize(sst.getFileSize());
        }
        if (release.writesFilterTypes()) {
            rewriteFilter(sst);
        }
    }

    static TableWatermarks withKind(TableWatermarks marks) {
        return marks.toBuilder()
                .setRawWatermarkSerdeType(
                        marks.getIsNonPkPrefix() ? WatermarkSerdeType.NON_PK_PREFIX : WatermarkSerdeType.PK_PREFIX)
                .build();
    }

    /** What v3.1 makes of the filter of an SST that an earlier release wrote. */
    static void rewriteFilter(SstableInfo.Builder sst) {
        if (sst.hasFilterType()) {
            return;
        }
        BloomFilterType kind = sst.getBloomFilterKind();
        sst.clearBloomFilterKind();
        switch (kind) {
            case SSTABLE ->
                sst.setFilterType(SstableFilterType.SSTABLE_FILTER_XOR16)
                        .setFilterLayout(SstableFilterLayout.SSTABLE_FILTER_LAYOUT_PLAIN);
            case BLOCKED ->
                sst.setFilterType(SstableFilterType.SSTABLE_FILTER_XOR16)
                        .setFilterLayout(SstableFilterLayout.SSTABLE_FILTER_LAYOUT_BLOCKED);
            case BLOOM_FILTER_UNSPECIFIED, UNRECOGNIZED -> sst.setFilterType(SstableFilterType.SSTABLE_FILTER_NONE);
        }
    }
}
