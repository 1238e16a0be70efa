package io.metawal.connectors.risingwave.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.TextFormat;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersion.Levels;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.KeyRange;
import io.metawal.connectors.risingwave.proto.Level;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Cases worked out by hand. */
class WholeVersionTest {
    private static final String GROUP_5 = "levels { key: 5 value { group_id: 5 member_table_ids: [7, 9] "
            + "levels { level_idx: 1 level_type: LEVEL_TYPE_NONOVERLAPPING } l0 {} } } ";

    @Test
    void anEpochToVersion1Point9AddsOneSubLevelNamedByIt() {
        HummockVersion version = version("id: 1 max_committed_epoch: 100 safe_epoch: 90 " + GROUP_5);
        HummockVersion next = WholeVersion.apply(
                version,
                delta("id: 2 prev_id: 1 max_committed_epoch: 200 safe_epoch: 95"
                        + group(
                                5,
                                "intra_level { l0_sub_level_id: 200 inserted_table_infos { sst_id: 1 file_size: 10"
                                        + " uncompressed_file_size: 11 } inserted_table_infos { sst_id: 2 file_size: 20"
                                        + " uncompressed_file_size: 22 } }")));
        assertThat(next)
                .isEqualTo(version("id: 2 max_committed_epoch: 200 safe_epoch: 95 levels { key: 5 value { group_id: 5"
                        + " member_table_ids: [7, 9] levels { level_idx: 1 level_type: LEVEL_TYPE_NONOVERLAPPING }"
                        + " l0 { total_file_size: 30 uncompressed_file_size: 33 sub_levels { sub_level_id: 200"
                        + " level_type: LEVEL_TYPE_OVERLAPPING total_file_size: 30 uncompressed_file_size: 33"
                        + " table_infos { sst_id: 1 file_size: 10 uncompressed_file_size: 11 }"
                        + " table_infos { sst_id: 2 file_size: 20 uncompressed_file_size: 22 } } } } }"));
    }

    @Test
    void aCompactionTakesByIdAndLeavesNoEmptySubLevel() {
        HummockVersion version = withSubLevels(subLevel(4, sst(1, 7, 7, 10)), subLevel(5, sst(2, 9, 9, 20)));
        HummockVersion next = WholeVersion.apply(
                version,
                delta("id: 2 prev_id: 1"
                        + group(
                                5,
                                "intra_level { removed_table_ids: 1 }",
                                "intra_level { level_idx: 1 inserted_table_infos { sst_id: 3 file_size: 5"
                                        + " sst_size: 4 table_ids: 7 } vnode_partition_count: 16 }")));
        Levels group = next.getLevelsOrThrow(5);
        assertThat(group.getL0().getSubLevelsList())
                .extracting(Level::getSubLevelId)
                .containsExactly(5L);
        assertThat(group.getL0().getTotalFileSize()).isEqualTo(20);
        assertThat(group.getLevels(0).getTotalFileSize()).isEqualTo(4);
        assertThat(group.getLevels(0).getVnodePartitionCount()).isEqualTo(16);
    }

    @Test
    void aCompactionWithinLevel0NeedsItsSubLevelAndMakesItNonOverlapping() {
        HummockVersion version = withSubLevels(subLevel(4, sst(1, 9, 9, 10)), subLevel(5, sst(2, 7, 7, 20)));
        String moved = "inserted_table_infos { sst_id: 2 file_size: 20 table_ids: 7 key_range { left: \""
                + escaped(key(7)) + "\" right: \"" + escaped(key(7)) + "\" } } } } }";
        HummockVersion next = WholeVersion.apply(
                version,
                delta("id: 2 prev_id: 1 group_deltas { key: 5 value {"
                        + " group_deltas { intra_level { removed_table_ids: 2 } }"
                        + " group_deltas { intra_level { l0_sub_level_id: 4 " + moved + " }"));
        Level only = next.getLevelsOrThrow(5).getL0().getSubLevels(0);
        assertThat(only.getTableInfosList()).extracting(SstableInfo::getSstId).containsExactly(2L, 1L);
        assertThat(only.getLevelTypeValue()).isEqualTo(1);
        assertThatThrownBy(() -> WholeVersion.apply(
                        version,
                        delta("id: 2 prev_id: 1 group_deltas { key: 5 value {"
                                + " group_deltas { intra_level { l0_sub_level_id: 6 " + moved + " }")))
                .isInstanceOf(DoesNotFit.class)
                .hasMessageContaining("no sub level 6");
    }

    @Test
    void aCompactionOfAnOlderStateOfTheGroupHasNoEffect() {
        HummockVersion version = withSubLevels(subLevel(4, sst(1, 7, 7, 10)));
        HummockVersion next = WholeVersion.apply(
                version,
                delta("id: 2 prev_id: 1"
                        + group(5, "intra_level { removed_table_ids: 99 compaction_group_version_id: 3 }")));
        assertThat(next).isEqualTo(version.toBuilder().setId(2).build());
    }

    @Test
    void fromVersion2Point1SubLevelsAreCountedOn() {
        HummockVersion version = withSubLevels(subLevel(4, sst(1, 7, 7, 10)));
        HummockVersion next = WholeVersion.apply(
                version,
                delta("id: 2 prev_id: 1"
                        + " state_table_info_delta { key: 7 value { committed_epoch: 500 compaction_group_id: 5 } }"
                        + group(
                                5,
                                "new_l0_sub_level { inserted_table_infos { sst_id: 8 file_size: 3 sst_size: 2 } }")));
        Level added = next.getLevelsOrThrow(5).getL0().getSubLevels(1);
        assertThat(added.getSubLevelId()).isEqualTo(5);
        assertThat(added.getTotalFileSize()).isEqualTo(2);
        assertThat(next.getStateTableInfoOrThrow(7).getCommittedEpoch()).isEqualTo(500);
    }

    @Test
    void aSplitAtAKeyCutsWhatIsOnBothSides() {
        HummockVersion version = withSubLevels(subLevel(4, sst(1, 7, 7, 10), sst(2, 7, 9, 21), sst(3, 9, 9, 30)));
        HummockVersion next = WholeVersion.apply(
                version,
                delta("id: 2 prev_id: 1 "
                        + "state_table_info_delta { key: 9 value { compaction_group_id: 6 } } "
                        + group(
                                6,
                                "group_construct { group_id: 6 parent_group_id: 5 new_sst_start_id: 40 version:"
                                        + " SPLIT_GROUP_BY_TABLE_ID group_config { max_level: 1 } split_key: \""
                                        + escaped(HummockKeys.splitKey(9)) + "\" }")));
        Level left = next.getLevelsOrThrow(5).getL0().getSubLevels(0);
        Level right = next.getLevelsOrThrow(6).getL0().getSubLevels(0);
        assertThat(left.getTableInfosList()).extracting(SstableInfo::getSstId).containsExactly(1L, 41L);
        assertThat(right.getTableInfosList()).extracting(SstableInfo::getSstId).containsExactly(40L, 3L);
        assertThat(right.getSubLevelId()).isEqualTo(4);
        assertThat(left.getTotalFileSize()).isEqualTo(20);
        assertThat(right.getTotalFileSize()).isEqualTo(40);
        SstableInfo cut = right.getTableInfos(0);
        assertThat(cut.getObjectId()).isEqualTo(2);
        assertThat(cut.getTableIdsList()).containsExactly(9);
        assertThat(left.getTableInfos(1).getTableIdsList()).containsExactly(7);
        assertThat(left.getTableInfos(1).getKeyRange().getRightExclusive()).isTrue();
        assertThat(HexFormat.of().formatHex(cut.getKeyRange().getLeft().toByteArray()))
                .isEqualTo("00000009" + "0000" + "ffffffffffffffff");
        assertThat(next.getLevelsOrThrow(5).getCompactionGroupVersionId()).isEqualTo(1);
        assertThat(next.getLevelsOrThrow(6).getCompactionGroupVersionId()).isEqualTo(1);
        assertThat(next.getLevelsOrThrow(6).getParentGroupId()).isEqualTo(5);
    }

    @Test
    void aMergePutsTheRightSubLevelsAfterTheLeftOnes() {
        HummockVersion.Builder version = withSubLevels(subLevel(4, sst(1, 7, 7, 10))).toBuilder();
        version.putLevels(
                6,
                version.getLevelsOrThrow(5).toBuilder()
                        .setGroupId(6)
                        .setL0(withSubLevels(subLevel(2, sst(2, 9, 9, 20)), subLevel(3, sst(3, 9, 9, 30)))
                                .getLevelsOrThrow(5)
                                .getL0())
                        .build());
        HummockVersion next = WholeVersion.apply(
                version.build(),
                delta("id: 2 prev_id: 1" + group(5, "group_merge { left_group_id: 5 right_group_id: 6 }")));
        assertThat(next.getLevelsMap()).containsOnlyKeys(5L);
        assertThat(next.getLevelsOrThrow(5).getL0().getSubLevelsList())
                .extracting(Level::getSubLevelId)
                .containsExactly(4L, 5L, 6L);
        assertThat(next.getLevelsOrThrow(5).getL0().getTotalFileSize()).isEqualTo(60);
    }

    @Test
    void truncationDropsWhatBelongsToNoTableAnyMore() {
        HummockVersion version = withSubLevels(subLevel(4, sst(1, 7, 7, 10)), subLevel(5, sst(2, 7, 9, 20)));
        HummockVersion next =
                WholeVersion.apply(version, delta("id: 2 prev_id: 1" + group(5, "truncate_tables { table_ids: 7 }")));
        Levels group = next.getLevelsOrThrow(5);
        assertThat(group.getL0().getSubLevelsCount()).isEqualTo(1);
        assertThat(group.getL0().getSubLevels(0).getTableInfos(0).getTableIdsList())
                .containsExactly(9);
        assertThat(group.getCompactionGroupVersionId()).isEqualTo(1);
    }

    @Test
    void aTableOfVersion1MovesWithABranchOfItsSsts() {
        HummockVersion version = withSubLevels(subLevel(4, sst(1, 7, 9, 10), sst(2, 9, 9, 20))).toBuilder()
                .putLevels(6, WholeGroups.initial(6, 1))
                .build();
        HummockVersion next = WholeVersion.apply(
                version,
                delta("id: 2 prev_id: 1"
                        + group(
                                6,
                                "group_table_change { table_ids: 9 target_group_id: 6 origin_group_id: 5"
                                        + " new_sst_start_id: 40 }")));
        assertThat(next.getLevelsOrThrow(5).getMemberTableIdsList()).containsExactly(7);
        assertThat(next.getLevelsOrThrow(6).getMemberTableIdsList()).containsExactly(9);
        assertThat(next.getLevelsOrThrow(5).getL0().getSubLevels(0).getTableInfosList())
                .extracting(SstableInfo::getSstId)
                .containsExactly(41L);
        assertThat(next.getLevelsOrThrow(6).getL0().getSubLevels(0).getTableInfosList())
                .extracting(SstableInfo::getSstId)
                .containsExactly(40L, 42L);
    }

    @Test
    void staleWatermarksAreFoldedIntoTheSafeEpoch() {
        HummockVersion version = version("id: 1 state_table_info { key: 7 value { committed_epoch: 20 } }"
                + " table_watermarks { key: 7 value { " + watermark(10, "old", "ff0f") + watermark(20, "new", "0300")
                + "} }");
        HummockVersion next = WholeVersion.apply(
                version, delta("id: 2 prev_id: 1 state_table_info_delta { key: 7 value { committed_epoch: 20 } }"));
        assertThat(next.getTableWatermarksOrThrow(7))
                .isEqualTo(version("table_watermarks { key: 7 value { epoch_watermarks { epoch: 20 watermarks {"
                                + " watermark: \"new\" vnode_bitmap { body: \"\\004\\x03\\x00\" } } watermarks {"
                                + " watermark: \"old\" vnode_bitmap { body: \"\\004\\xfc\\x0f\" } } } } }")
                        .getTableWatermarksOrThrow(7));
    }

    @Test
    void changeLogsAreCutAndEndWithTheFirstEpochWithoutOne() {
        HummockVersion version = version(
                "id: 1 state_table_info { key: 5 value { committed_epoch: 20 } } table_change_logs { key: 5 value {"
                        + " change_logs { epochs: [8, 10] } change_logs { epochs: [15, 20] } } }");
        HummockVersion next = WholeVersion.apply(
                version,
                delta("id: 2 prev_id: 1 state_table_info_delta { key: 5 value { committed_epoch: 30 } }"
                        + " change_log_delta { key: 5 value { new_log { epochs: 30 } truncate_epoch: 16 } }"));
        assertThat(next.getTableChangeLogsOrThrow(5))
                .isEqualTo(version("table_change_logs { key: 5 value { change_logs { epochs: 20 } change_logs { epochs:"
                                + " 30 } } }")
                        .getTableChangeLogsOrThrow(5));
        HummockVersion last = WholeVersion.apply(
                next, delta("id: 3 prev_id: 2 state_table_info_delta { key: 5 value { committed_epoch: 40 } }"));
        assertThat(last.getTableChangeLogsMap()).isEmpty();
    }

    @Test
    void whatDoesNotFitIsSaid() {
        HummockVersion version = withSubLevels(subLevel(4, sst(1, 7, 7, 10)));
        assertThatThrownBy(() -> WholeVersion.apply(version, delta("id: 8 prev_id: 7")))
                .isInstanceOf(DoesNotFit.class)
                .hasMessage("delta 8 follows version 7, not 1");
        assertThatThrownBy(() -> WholeVersion.apply(version, delta("id: 2 prev_id: 1" + group(8, "group_destroy {}"))))
                .isInstanceOf(DoesNotFit.class)
                .hasMessage("version 1 has no group 8");
    }

    private static String watermark(long epoch, String text, String bits) {
        return "epoch_watermarks { epoch: " + epoch + " watermarks { watermark: \"" + text
                + "\" vnode_bitmap { body: \"\\004\\x" + bits.substring(0, 2) + "\\x" + bits.substring(2) + "\" } } } ";
    }

    private static HummockVersion withSubLevels(Level... levels) {
        HummockVersion.Builder version = version("id: 1 " + GROUP_5).toBuilder();
        Levels.Builder group = version.getLevelsOrThrow(5).toBuilder();
        group.getL0Builder().addAllSubLevels(List.of(levels));
        return version.putLevels(5, WholeLevels.resized(group.build())).build();
    }

    private static Level subLevel(long id, SstableInfo... ssts) {
        return Level.newBuilder()
                .setSubLevelId(id)
                .setLevelTypeValue(2)
                .addAllTableInfos(List.of(ssts))
                .build();
    }

    private static SstableInfo sst(long id, int firstTable, int lastTable, long size) {
        SstableInfo.Builder sst = SstableInfo.newBuilder()
                .setObjectId(id)
                .setSstId(id)
                .setFileSize(size)
                .setKeyRange(KeyRange.newBuilder().setLeft(key(firstTable)).setRight(key(lastTable)))
                .addTableIds(firstTable);
        return firstTable == lastTable
                ? sst.build()
                : sst.addTableIds(lastTable).build();
    }

    private static ByteString key(int table) {
        return HummockKeys.fullKey(table, 3, ByteString.copyFromUtf8("k"), 100);
    }

    private static String escaped(ByteString bytes) {
        return TextFormat.escapeBytes(bytes);
    }

    private static String group(long id, String... deltas) {
        StringBuilder text = new StringBuilder(" group_deltas { key: " + id + " value { ");
        for (String delta : deltas) {
            text.append("group_deltas { ").append(delta).append(" } ");
        }
        return text.append("} } ").toString();
    }

    private static HummockVersion version(String text) {
        try {
            return TextFormat.parse(text, HummockVersion.class);
        } catch (TextFormat.ParseException e) {
            throw new AssertionError(text, e);
        }
    }

    private static HummockVersionDelta delta(String text) {
        try {
            return TextFormat.parse(text, HummockVersionDelta.class);
        } catch (TextFormat.ParseException e) {
            throw new AssertionError(text, e);
        }
    }
}
