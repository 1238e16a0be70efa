package io.metawal.connectors.risingwave.simulated;

import io.metawal.connectors.risingwave.proto.GroupDelta;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersion.Levels;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta.GroupDeltas;
import io.metawal.connectors.risingwave.proto.IntraLevelDelta;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import io.metawal.connectors.risingwave.proto.StateTableInfo;
import io.metawal.connectors.risingwave.proto.StateTableInfoDelta;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Deltas that ask for what is not there. */
final class InvalidDeltas {
    private static final long NOWHERE = 1L << 50;

    private final RandomGenerator random;
    private final RwEra era;

    InvalidDeltas(RandomGenerator random, RwEra era) {
        this.random = random;
        this.era = era;
    }

    /**
     * A delta that does not fit.
     *
     * @param fitting one that does, to be spoilt
     */
    HummockVersionDelta of(HummockVersion version, HummockVersionDelta fitting) {
        return switch (random.nextInt(4)) {
            case 0 ->
                fitting.toBuilder()
                        .setPrevId(version.getId() + 1)
                        .setId(version.getId() + 2)
                        .build();
            case 1 -> fallingEpoch(version, fitting);
            case 2 -> compaction(version, NOWHERE, IntraLevelDelta.newBuilder().addRemovedTableIds(1));
            default ->
                compaction(
                        version,
                        anyGroup(version).getGroupId(),
                        IntraLevelDelta.newBuilder()
                                .setL0SubLevelId(NOWHERE)
                                .addInsertedTableInfos(SstableInfo.newBuilder()
                                        .setSstId(NOWHERE)
                                        .setObjectId(NOWHERE)));
        };
    }

    private HummockVersionDelta fallingEpoch(HummockVersion version, HummockVersionDelta fitting) {
        HummockVersionDelta.Builder delta = fitting.toBuilder();
        if (era == RwEra.V1_0 && version.getMaxCommittedEpoch() > 1) {
            return delta.setMaxCommittedEpoch(version.getMaxCommittedEpoch() - 1)
                    .build();
        }
        for (Map.Entry<Integer, StateTableInfo> table :
                version.getStateTableInfoMap().entrySet()) {
            long epoch = table.getValue().getCommittedEpoch();
            if (epoch > 0) {
                return delta.putStateTableInfoDelta(
                                table.getKey(),
                                StateTableInfoDelta.newBuilder()
                                        .setCommittedEpoch(epoch - 1)
                                        .setCompactionGroupId(table.getValue().getCompactionGroupId())
                                        .build())
                        .build();
            }
        }
        return delta.setPrevId(version.getId() - 1).build();
    }

    private Levels anyGroup(HummockVersion version) {
        List<Levels> groups = new ArrayList<>(version.getLevelsMap().values());
        return Tables.any(random, groups);
    }

    private static HummockVersionDelta compaction(HummockVersion version, long group, IntraLevelDelta.Builder delta) {
        long state =
                version.getLevelsOrDefault(group, Levels.getDefaultInstance()).getCompactionGroupVersionId();
        GroupDeltas.Builder deltas = GroupDeltas.newBuilder();
        deltas.addGroupDeltas(GroupDelta.newBuilder().setIntraLevel(delta.setCompactionGroupVersionId(state)));
        return Tables.begin(version).putGroupDeltas(group, deltas.build()).build();
    }
}
