package io.metawal.connectors.risingwave.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.files.HummockParameters;
import io.metawal.connectors.risingwave.files.HummockVersions;
import io.metawal.connectors.risingwave.fold.DeltaFold;
import io.metawal.connectors.risingwave.hummock.HummockDialect;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.Level;
import io.metawal.metadata.commit.SourceDifference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
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

    private static final String WITHOUT_12 =
            "id: 9 prev_id: 8 group_deltas { key: 2 value { group_deltas { intra_level { removed_table_ids: 12 } } } }";

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
    void aVersionThatWasWrongIsAGapThoughLaterDeltasMadeItEqual() throws Exception {
        FoldedCapture capture = capture(206);
        HummockVersion.Builder theirs = capture.version().toBuilder();
        HummockVersion.Levels.Builder group = theirs.getLevelsOrThrow(2).toBuilder();
        group.getL0Builder().getSubLevelsBuilder(1).getTableInfosBuilder(0).setStaleKeyCount(5);
        theirs.putLevels(2, group.build());
        capture.take(TextFormat.parse(WITHOUT_12, HummockVersionDelta.class));
        HummockVersion converged = capture.version();
        capture.checkpointed(theirs.build());
        assertThat(capture.gaps()).hasSize(1);
        assertThat(capture.gaps().get(0)).contains("checkpoint of version 8");
        assertThat(SourceDifference.parse(capture.gaps().get(0)).orElseThrow().first())
                .contains("made equal since");
        assertThat(capture.version()).isEqualTo(converged);
        assertThat(capture.gauges())
                .containsEntry("hummock_differences", 1.0)
                .containsEntry("hummock_comparisons", 0.0)
                .containsEntry("hummock_tolerated_watermarks", 0.0);
        assertThat(capture.image()).doesNotContainKey(RwSpaces.VERSION_COMPARED);
    }

    @Test
    void onceTheVersionWasFoundEqualNothingIsRenumbered() throws Exception {
        String keyed = " key_range { left: \"%1$s\" right: \"%1$sz\" }";
        String subLevel = " sub_levels { sub_level_id: %d level_type: LEVEL_TYPE_NONOVERLAPPING table_infos { %s } }";
        String version = "id: 7 levels { key: 2 value { group_id: 2 l0 {"
                + subLevel.formatted(3, SST.formatted(10, 10, 1) + keyed.formatted("a"))
                + subLevel.formatted(4, SST.formatted(11, 11, 1) + keyed.formatted("b"))
                + subLevel.formatted(5, SST.formatted(12, 12, 9) + keyed.formatted("c"))
                + subLevel.formatted(6, SST.formatted(13, 13, 1) + keyed.formatted("d"))
                + subLevel.formatted(7, SST.formatted(14, 14, 1) + keyed.formatted("e"))
                + " } } } state_table_info { key: 1 value { committed_epoch: 65536 compaction_group_id: 2 } }";
        FoldedCapture capture =
                new FoldedCapture(TextFormat.parse(version, HummockVersion.class), new HummockDialect(208));
        String compaction = "id: %d prev_id: %d group_deltas { key: 2 value { group_deltas { intra_level {"
                + " compaction_group_version_id: 1 removed_table_ids: %d } } %s } }";
        capture.take(TextFormat.parse(compaction.formatted(8, 7, 10, ""), HummockVersionDelta.class));
        assertThat(capture.gauges()).containsEntry("hummock_pruned", 1.0);
        capture.checkpointed(capture.version());
        capture.take(TextFormat.parse(
                compaction.formatted(
                        9,
                        8,
                        14,
                        "group_deltas { intra_level { compaction_group_version_id: 1 l0_sub_level_id: 6"
                                + " inserted_table_infos { " + SST.formatted(21, 21, 1) + keyed.formatted("f")
                                + " } } }"),
                HummockVersionDelta.class));
        assertThat(capture.gaps()).isEmpty();
        assertThat(capture.version().getLevelsOrThrow(2).getL0().getSubLevelsList())
                .extracting(Level::getSubLevelId)
                .containsExactly(4L, 6L);
    }

    @Test
    void aCheckpointThatIsNewerThanWhatWasFoldedIsComparedOnceThatIsThere() throws Exception {
        FoldedCapture ahead = capture(206);
        ahead.take(TextFormat.parse(WITHOUT_12, HummockVersionDelta.class));
        FoldedCapture capture = capture(206);
        capture.checkpointed(ahead.version());
        assertThat(capture.gauges()).containsEntry("hummock_comparisons", 0.0);
        capture.take(TextFormat.parse(WITHOUT_12, HummockVersionDelta.class));
        assertThat(capture.gaps()).isEmpty();
        assertThat(capture.gauges())
                .containsEntry("hummock_comparisons", 1.0)
                .containsEntry("hummock_equal_version", 9.0);
    }

    @Test
    void whereTheCheckpointIsIsThatOfTheTimeWhenItsReadingBegan() throws Exception {
        HummockVersion version = TextFormat.parse(VERSION, HummockVersion.class);
        List<String> folders = new ArrayList<>();
        HummockVersions versions = new HummockVersions() {
            @Override
            public boolean canFind(HummockParameters parameters) {
                return true;
            }

            @Override
            public HummockVersion checkpoint(HummockParameters parameters) {
                folders.add(parameters.dataDirectory());
                return version;
            }
        };
        List<Runnable> reads = new ArrayList<>();
        Instant[] now = {Instant.parse("2026-11-21T12:00:00Z")};
        DeltaFold fold = new DeltaFold(versions, () -> now[0], "the database", reads::add);
        fold.parameter("data_directory", "before");
        fold.beforeBase();
        fold.base(new TreeMap<>(), entry -> {});
        now[0] = now[0].plusSeconds(100);
        var unused = fold.take(new TreeMap<>());
        fold.parameter("data_directory", "after");
        folders.clear();
        assertThat(reads).hasSize(1);
        reads.get(0).run();
        assertThat(folders).containsExactly("before");
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
