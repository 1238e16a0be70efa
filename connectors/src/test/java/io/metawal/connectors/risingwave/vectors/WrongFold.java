package io.metawal.connectors.risingwave.vectors;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.proto.GroupDelta;
import io.metawal.connectors.risingwave.proto.GroupMerge;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta.GroupDeltas;
import io.metawal.connectors.risingwave.proto.IntraLevelDelta;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Ways to fold wrongly: each is the right fold of a delta that was changed so that the outcome is what the mistake would make of it. */
@SuppressWarnings("ImmutableEnumChecker")
enum WrongFold {
    A_REMOVED_SST_STAYS(delta -> ofLevels(delta, level -> {
        if (level.getRemovedTableIdsCount() > 0) {
            var kept = level.getRemovedTableIdsList().subList(1, level.getRemovedTableIdsCount());
            level.clearRemovedTableIds().addAllRemovedTableIds(kept);
        }
    })),
    AN_INSERTED_SST_IS_LOST(delta -> ofLevels(delta, level -> {
        if (level.getInsertedTableInfosCount() > 1) {
            level.removeInsertedTableInfos(0);
        }
    })),
    A_COMMITTED_SST_IS_LOST(delta -> ofGroups(delta, each -> {
        if (each.getNewL0SubLevel().getInsertedTableInfosCount() > 1) {
            each.getNewL0SubLevelBuilder().removeInsertedTableInfos(0);
        }
    })),
    A_SUB_LEVEL_IS_LOST(delta -> ofGroups(delta, each -> {
        if (each.hasNewL0SubLevel()) {
            each.getNewL0SubLevelBuilder().clearInsertedTableInfos();
        }
    })),
    AN_SST_HAS_THE_SIZE_OF_ITS_FILE(delta -> ofLevels(
            delta,
            level -> level.getInsertedTableInfosBuilderList().forEach(sst -> sst.setSstSize(sst.getFileSize() + 1)))),
    A_PARTITION_COUNT_IS_NOT_SET(delta ->
            ofLevels(delta, level -> level.setVnodePartitionCount(level.getVnodePartitionCount() == 0 ? 4 : 0))),
    NEW_IDS_OF_A_SPLIT_ARE_ONE_TOO_HIGH(delta -> ofGroups(delta, each -> {
        if (each.getGroupConstruct().hasSplitKey()) {
            each.getGroupConstructBuilder()
                    .setNewSstStartId(each.getGroupConstruct().getNewSstStartId() + 1);
        }
    })),
    A_SPLIT_CUTS_AT_THE_TABLE_BEFORE(delta -> ofGroups(delta, each -> {
        if (each.getGroupConstruct().hasSplitKey()) {
            byte[] key = each.getGroupConstruct().getSplitKey().toByteArray();
            key[3]--;
            each.getGroupConstructBuilder().setSplitKey(ByteString.copyFrom(key));
        }
    })),
    A_TRUNCATION_IS_PASSED_OVER(delta -> ofGroups(delta, each -> {
        if (each.hasTruncateTables()) {
            each.clearTruncateTables();
        }
    })),
    A_MERGE_TAKES_THE_OTHER_GROUP(delta -> ofGroups(delta, each -> {
        if (each.hasGroupMerge()) {
            GroupMerge merge = each.getGroupMerge();
            each.getGroupMergeBuilder().setLeftGroupId(merge.getRightGroupId()).setRightGroupId(merge.getLeftGroupId());
        }
    })),
    WATERMARKS_ARE_LOST(delta -> delta.clearNewTableWatermarks()),
    A_VECTOR_INDEX_IS_PASSED_OVER(delta -> delta.clearVectorIndexDelta()),
    A_DROPPED_TABLE_STAYS(delta -> {
        if (delta.getRemovedTableIdsCount() > 0) {
            var rest = delta.getRemovedTableIdsList().subList(1, delta.getRemovedTableIdsCount());
            delta.clearRemovedTableIds().addAllRemovedTableIds(rest);
        }
    }),
    A_TABLE_STAYS_AT_ITS_EPOCH(delta -> {
        if (delta.getStateTableInfoDeltaCount() > 1) {
            delta.removeStateTableInfoDelta(new TreeMap<>(delta.getStateTableInfoDeltaMap()).firstKey());
        }
    });

    private final Consumer<HummockVersionDelta.Builder> mistake;

    WrongFold(Consumer<HummockVersionDelta.Builder> mistake) {
        this.mistake = mistake;
    }

    HummockVersionDelta of(HummockVersionDelta delta) {
        HummockVersionDelta.Builder wrong = delta.toBuilder();
        mistake.accept(wrong);
        return wrong.build();
    }

    private static void ofLevels(HummockVersionDelta.Builder delta, Consumer<IntraLevelDelta.Builder> change) {
        ofGroups(delta, each -> {
            if (each.hasIntraLevel()) {
                change.accept(each.getIntraLevelBuilder());
            }
        });
    }

    private static void ofGroups(HummockVersionDelta.Builder delta, Consumer<GroupDelta.Builder> change) {
        new TreeMap<>(delta.getGroupDeltasMap()).forEach((id, group) -> {
            GroupDeltas.Builder deltas = group.toBuilder();
            deltas.getGroupDeltasBuilderList().forEach(change);
            // A delta of no kind is what an unknown mistake would leave: it is left out.
            var kept = deltas.getGroupDeltasList().stream()
                    .filter(each -> each.getDeltaTypeCase() != GroupDelta.DeltaTypeCase.DELTATYPE_NOT_SET)
                    .toList();
            delta.putGroupDeltas(
                    id, GroupDeltas.newBuilder().addAllGroupDeltas(kept).build());
        });
    }
}
