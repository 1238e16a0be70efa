package io.metawal.connectors.risingwave.hummock;

import io.metawal.connectors.risingwave.proto.CompatibilityVersion;
import io.metawal.connectors.risingwave.proto.GroupDelta;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.StateTableInfoDelta;
import java.util.Optional;

/** Which rules a delta is applied by. A delta does not say which version of RisingWave wrote it: {@link #of} tells by what it holds. */
enum HummockEra {
    /** v1.0 to v1.9: tables are members of a group by its list; a commit is a delta with a greater {@code max_committed_epoch}. */
    GROUP_MEMBERS,
    /** v1.10 and v2.0: tables have epochs and a group of their own; a group's deltas are still taken together. */
    TABLE_EPOCHS,
    /** From v2.1 on: a group's deltas are taken one by one. */
    ORDERED_DELTAS;

    /**
     * Kinds and fields that only v2.1 knows: its rules. Else no table has an epoch, neither in the version nor in the delta: v1.9's. Else
     * kinds and fields that v2.1 gave up: v2.0's. What is left (only compactions, or a commit into level 0, without a safe epoch) means the
     * same in v2.0 and v2.1, and is taken as v2.1's.
     *
     * @param tablesHaveEpochs whether the version has state table infos
     * @param ordered what is known of the release: whether it is v2.1 or later
     */
    static HummockEra of(HummockVersionDelta delta, boolean tablesHaveEpochs, Optional<Boolean> ordered) {
        if (ordered.orElse(false)) {
            return ORDERED_DELTAS;
        }
        boolean newer = ordered.isEmpty() && isOfOrderedDeltas(delta);
        boolean older = delta.getSafeEpoch() != 0
                || delta.getStateTableInfoDeltaMap().values().stream().anyMatch(HummockEra::hasSafeEpoch);
        for (HummockVersionDelta.GroupDeltas group : delta.getGroupDeltasMap().values()) {
            for (GroupDelta each : group.getGroupDeltasList()) {
                older |= isOfGroupsTakenTogether(each);
            }
        }
        if (newer) {
            return ORDERED_DELTAS;
        }
        if (!tablesHaveEpochs && delta.getStateTableInfoDeltaCount() == 0) {
            return GROUP_MEMBERS;
        }
        return older || ordered.isPresent() ? TABLE_EPOCHS : ORDERED_DELTAS;
    }

    /** Whether a delta has what only v2.1 and later write. */
    static boolean isOfOrderedDeltas(HummockVersionDelta delta) {
        return delta.getVectorIndexDeltaCount() > 0
                || delta.getGroupDeltasMap().values().stream()
                        .flatMap(group -> group.getGroupDeltasList().stream())
                        .anyMatch(HummockEra::isOfOrderedDeltas);
    }

    private static boolean hasSafeEpoch(StateTableInfoDelta info) {
        return info.getSafeEpoch() != 0;
    }

    private static boolean isOfOrderedDeltas(GroupDelta delta) {
        return switch (delta.getDeltaTypeCase()) {
            case GROUP_MERGE, NEW_L0_SUB_LEVEL, TRUNCATE_TABLES -> true;
            case GROUP_CONSTRUCT ->
                delta.getGroupConstruct().getVersionValue() >= CompatibilityVersion.SPLIT_GROUP_BY_TABLE_ID_VALUE
                        || delta.getGroupConstruct().hasSplitKey();
            case INTRA_LEVEL -> delta.getIntraLevel().getCompactionGroupVersionId() != 0;
            case GROUP_DESTROY, GROUP_META_CHANGE, GROUP_TABLE_CHANGE, DELTATYPE_NOT_SET -> false;
        };
    }

    private static boolean isOfGroupsTakenTogether(GroupDelta delta) {
        return switch (delta.getDeltaTypeCase()) {
            case GROUP_META_CHANGE, GROUP_TABLE_CHANGE -> true;
            case GROUP_CONSTRUCT -> delta.getGroupConstruct().getParentGroupId() != 0;
            case INTRA_LEVEL, GROUP_DESTROY, GROUP_MERGE, NEW_L0_SUB_LEVEL, TRUNCATE_TABLES, DELTATYPE_NOT_SET -> false;
        };
    }
}
