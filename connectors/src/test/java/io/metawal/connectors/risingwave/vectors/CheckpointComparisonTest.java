package io.metawal.connectors.risingwave.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.hummock.HummockDialect;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.metadata.commit.SourceDifference;
import org.junit.jupiter.api.Test;

/** What a capture makes of a checkpoint that is equal, that differs, and that differs only in what is tolerated. */
class CheckpointComparisonTest {
    private static final String SST = "object_id: %d sst_id: %d table_ids: %d file_size: 10 sst_size: 10";
    private static final String VERSION =
            "id: 7 levels { key: 2 value { group_id: 2 l0 { total_file_size: 10 sub_levels {"
                    + " sub_level_id: 4 level_type: LEVEL_TYPE_OVERLAPPING total_file_size: 10 table_infos { "
                    + SST.formatted(11, 11, 9) + " } } } } } state_table_info { key: 1 value { committed_epoch: 65536"
                    + " compaction_group_id: 2 } } table_watermarks { key: 9 value { epoch_watermarks { epoch: 3 } } }";
    private static final String COMMIT =
            "id: 8 prev_id: 7 group_deltas { key: 2 value { group_deltas { new_l0_sub_level {"
                    + " inserted_table_infos { " + SST.formatted(12, 12, 1) + " } } } } }"
                    + " state_table_info_delta { key: 1 value { committed_epoch: 131072 compaction_group_id: 2 } }";

    private FoldedCapture capture(int minor) throws TextFormat.ParseException {
        FoldedCapture capture =
                new FoldedCapture(TextFormat.parse(VERSION, HummockVersion.class), new HummockDialect(minor));
        capture.take(TextFormat.parse(COMMIT, HummockVersionDelta.class));
        return capture;
    }

    @Test
    void anEqualOneIsRecordedWithItsVersion() throws Exception {
        FoldedCapture capture = capture(206);
        assertThat(capture.gauges().get("hummock_equal_version")).isNaN();
        capture.checkpointed(capture.version());
        assertThat(capture.gaps()).isEmpty();
        assertThat(capture.gauges())
                .containsEntry("hummock_equal_version", 8.0)
                .containsEntry("hummock_comparisons", 1.0);
        assertThat(capture.text(RwSpaces.VERSION_COMPARED)).contains("\"version\":\"8\"");
    }

    @Test
    void aDifferenceIsAGapThatNamesTheFirstEntryAndItsVersionIsTaken() throws Exception {
        FoldedCapture capture = capture(206);
        HummockVersion.Builder theirs = capture.version().toBuilder();
        HummockVersion.Levels.Builder group = theirs.getLevelsOrThrow(2).toBuilder();
        group.getL0Builder().getSubLevelsBuilder(1).getTableInfosBuilder(0).setStaleKeyCount(5);
        theirs.putLevels(2, group.build());
        capture.checkpointed(theirs.build());
        assertThat(capture.gaps()).hasSize(1);
        assertThat(SourceDifference.parse(capture.gaps().get(0)).orElseThrow().first())
                .isEqualTo("hummock.sst 2/0/5/12 has another value in RisingWave's");
        assertThat(capture.gaps().get(0)).contains("checkpoint of version 8");
        assertThat(capture.version()).isEqualTo(theirs.build());
        assertThat(capture.gauges()).containsEntry("hummock_differences", 1.0);
    }

    @Test
    void sizesAndWatermarksOfTablesThatAreNoMoreAreToleratedAndCounted() throws Exception {
        FoldedCapture capture = capture(206);
        HummockVersion.Builder theirs = capture.version().toBuilder().clearTableWatermarks();
        HummockVersion.Levels.Builder group = theirs.getLevelsOrThrow(2).toBuilder();
        group.getL0Builder().setTotalFileSize(99);
        theirs.putLevels(2, group.build());
        capture.checkpointed(theirs.build());
        assertThat(capture.gaps()).isEmpty();
        assertThat(capture.gauges())
                .containsEntry("hummock_tolerated_sizes", 1.0)
                .containsEntry("hummock_tolerated_watermarks", 1.0)
                .containsEntry("hummock_equal_version", 8.0);
    }

    @Test
    void whatAStartPrunedIsAdoptedWithoutAGap() throws Exception {
        FoldedCapture capture = capture(208);
        HummockVersion.Builder theirs = capture.version().toBuilder();
        HummockVersion.Levels.Builder group =
                theirs.getLevelsOrThrow(2).toBuilder().setCompactionGroupVersionId(1);
        group.getL0Builder().removeSubLevels(0).setTotalFileSize(10);
        theirs.putLevels(2, group.build());
        capture.checkpointed(theirs.build());
        assertThat(capture.gaps()).isEmpty();
        assertThat(capture.version()).isEqualTo(theirs.build());
        assertThat(capture.text(RwSpaces.VERSION_PRUNED)).contains("\"what\":\"tables removed");
        assertThat(capture.gauges()).containsEntry("hummock_pruned", 1.0);
    }

    @Test
    void versionIdsThatAReleaseDoesNotHaveAreTakenBack() throws Exception {
        FoldedCapture capture =
                new FoldedCapture(TextFormat.parse(VERSION, HummockVersion.class), new HummockDialect(202));
        capture.take(TextFormat.parse(
                "id: 8 prev_id: 7 group_deltas { key: 9 value { group_deltas { group_construct { group_config {"
                        + " max_level: 1 } parent_group_id: 2 new_sst_start_id: 100 version: SPLIT_GROUP_BY_TABLE_ID } } }"
                        + " }",
                HummockVersionDelta.class));
        HummockVersion.Builder theirs = capture.version().toBuilder();
        capture.version()
                .getLevelsMap()
                .forEach((id, group) -> theirs.putLevels(
                        id, group.toBuilder().clearCompactionGroupVersionId().build()));
        capture.checkpointed(theirs.build());
        assertThat(capture.gaps()).isEmpty();
        assertThat(capture.version()).isEqualTo(theirs.build());
    }
}
