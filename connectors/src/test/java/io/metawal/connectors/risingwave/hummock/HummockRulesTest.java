package io.metawal.connectors.risingwave.hummock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.TextFormat;
import io.metawal.connectors.risingwave.proto.BloomFilterType;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersion.Levels;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.Level;
import io.metawal.connectors.risingwave.proto.SstableFilterLayout;
import io.metawal.connectors.risingwave.proto.SstableFilterType;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rules by release that depend on what the meta store and the deltas show, one by one. */
class HummockRulesTest {
    private static final HummockDialect V2_1 = new HummockDialect(201);
    private static final HummockDialect V2_2 = new HummockDialect(202);
    private static final HummockDialect V2_6 = new HummockDialect(206);
    private static final HummockDialect V2_8 = new HummockDialect(208);
    private static final HummockDialect V3_0 = new HummockDialect(300);
    private static final HummockDialect V3_1 = new HummockDialect(301);

    /** Two tables, of which the second was dropped without anything being taken out of the SSTs; the newest sub level has only that. */
    private static final String STALE = """
        id: 7
        levels { key: 2 value {
          group_id: 2
          levels { level_idx: 1 level_type: LEVEL_TYPE_NONOVERLAPPING total_file_size: 10 table_infos { %s } }
          l0 { total_file_size: 20
            sub_levels { sub_level_id: 4 level_type: LEVEL_TYPE_OVERLAPPING total_file_size: 10 table_infos { %s } }
            sub_levels { sub_level_id: 5 level_type: LEVEL_TYPE_OVERLAPPING total_file_size: 10 table_infos { %s } } }
        } }
        state_table_info { key: 1 value { committed_epoch: 65536 compaction_group_id: 2 } }
        """.formatted(
            sst(11, "table_ids: 1 table_ids: 2"), sst(12, "table_ids: 1 table_ids: 2"), sst(13, "table_ids: 2"));

    /** Of five sub levels the one in the middle has only SSTs of a table that was dropped. */
    private static final String MIDDLE = "id: 7 levels { key: 2 value { group_id: 2 levels { level_idx: 1"
            + " level_type: LEVEL_TYPE_NONOVERLAPPING total_file_size: 10 table_infos { " + sst(11, "table_ids: 1")
            + " } } l0 { total_file_size: 50" + subLevel(3, keyed(13)) + subLevel(4, keyed(14))
            + subLevel(5, sst(15, "table_ids: 2")) + subLevel(6, keyed(16)) + subLevel(7, keyed(17))
            + " } } } state_table_info { key: 1 value { committed_epoch: 65536 compaction_group_id: 2 } }";

    private static String subLevel(int number, String sst) {
        return " sub_levels { sub_level_id: " + number
                + " level_type: LEVEL_TYPE_NONOVERLAPPING total_file_size: 10 table_infos { " + sst + " } }";
    }

    @Test
    void theDialectIsThatOfTheMigrationsWhateverElseIsThere() {
        assertThat(HummockDialect.ofMigrations(List.of())).isEqualTo(HummockDialect.UNKNOWN);
        assertThat(HummockDialect.ofMigrations(List.of("m20230908_072257_init")))
                .isEqualTo(new HummockDialect(109));
        assertThat(HummockDialect.ofMigrations(List.of(
                        "m20230908_072257_init",
                        "m20240820_081248_add_time_travel_per_table_epoch",
                        "m20251223_064450_table_change_log",
                        "m20240911_083152_variable_vnode_count")))
                .isEqualTo(new HummockDialect(300, 0, 0));
        assertThat(HummockDialect.ofMigrations(
                        List.of("m20260120_120000_streaming_job_backfill_orders", "m20251112_114514_x")))
                .isEqualTo(new HummockDialect(208, 0, 5));
    }

    @Test
    void aMigrationThatCameInPatchReleasesTellsThemApart() {
        String patched = "m20260624_000000_pending_sink_state_object_fk";
        String v30 = "m20251223_064450_table_change_log";
        String v28 = "m20251112_114514_streaming_job_config_override";
        assertThat(HummockDialect.ofMigrations(List.of(v28, v30)).says(HummockRule.DROP_REMOVES_WATERMARKS))
                .as("v3.0.0")
                .contains(false);
        assertThat(HummockDialect.ofMigrations(List.of(v28, v30, patched)).says(HummockRule.DROP_REMOVES_WATERMARKS))
                .as("v3.0.1 or later")
                .isEmpty();
        for (HummockRule rule : List.of(HummockRule.LEVELS_NORMALIZED, HummockRule.PRUNED_AT_START)) {
            assertThat(HummockDialect.ofMigrations(List.of(v28)).says(rule))
                    .as("v2.8.0 to v2.8.5: %s", rule)
                    .isEmpty();
            assertThat(HummockDialect.ofMigrations(List.of(v28, patched)).says(rule))
                    .as("after v2.8.5: %s", rule)
                    .contains(true);
        }
    }

    @Test
    void whatShowsWhetherV22NumbersGroupsShowsWhetherItIgnoresACompactionWhoseSstIsNotThere() {
        String split = "id: 8 prev_id: 7 group_deltas { key: 9 value { group_deltas { group_construct { group_config"
                + " { max_level: 1 } parent_group_id: 2 new_sst_start_id: 100 version: SPLIT_GROUP_BY_TABLE_ID } } } }";
        String compaction = "id: 9 prev_id: 8 group_deltas { key: 2 value { group_deltas { intra_level {"
                + " compaction_group_version_id: %d removed_table_ids: 13 removed_table_ids: 99 } } } }";
        KeyedVersion early = KeyedVersion.of(version(STALE), V2_2);
        var unusedSplit = early.apply(parse(split));
        var unusedCompaction = early.apply(parse(compaction.formatted(0)));
        assertThat(group(early).getL0().getSubLevelsList())
                .extracting(Level::getSubLevelId)
                .as("v2.2.0 to v2.2.3: nothing of it is applied")
                .containsExactly(4L, 5L);

        KeyedVersion late = KeyedVersion.of(version(STALE), V2_2);
        var unusedSplitToo = late.apply(parse(split));
        var unusedCompactionToo = late.apply(parse(compaction.formatted(1)));
        assertThat(group(late).getL0().getSubLevelsList())
                .extracting(Level::getSubLevelId)
                .as("v2.2.4 and later: the rest of it is applied")
                .containsExactly(4L);
    }

    @Test
    void aCompactionOfAGroupThatNoIdIsWrittenForIsApplied() {
        KeyedVersion version = KeyedVersion.of(version(STALE), V2_2);
        var unusedSplit = version.apply(
                parse("id: 8 prev_id: 7 group_deltas { key: 9 value { group_deltas { group_construct { group_config"
                        + " { max_level: 1 } parent_group_id: 2 new_sst_start_id: 100 version:"
                        + " SPLIT_GROUP_BY_TABLE_ID } } } }"));
        assertThat(group(version).getCompactionGroupVersionId()).isEqualTo(1);

        var unusedCompaction = version.apply(compaction(0, "removed_table_ids: 13"));
        assertThat(version.observed())
                .extracting(Observation::kind)
                .containsExactly(Observation.Kind.NO_GROUP_VERSION_IDS);
        assertThat(group(version).getCompactionGroupVersionId()).isZero();
        assertThat(group(version).getL0().getSubLevelsList())
                .extracting(Level::getSubLevelId)
                .containsExactly(4L);
    }

    @Test
    void v21HasNoSuchIdsAndIgnoresACompactionWhoseSstIsNotThere() {
        KeyedVersion version = KeyedVersion.of(version(STALE), V2_1);
        var unused = version.apply(compaction(0, "removed_table_ids: 13 removed_table_ids: 99"));
        assertThat(version.observed()).extracting(Observation::kind).containsExactly(Observation.Kind.ABSENT_SST);
        assertThat(group(version).getL0().getSubLevelsCount()).isEqualTo(2);
    }

    @Test
    void laterOnesApplyTheRestOfIt() {
        KeyedVersion version = KeyedVersion.of(version(STALE), V2_6);
        var unused = version.apply(compaction(0, "removed_table_ids: 13 removed_table_ids: 99"));
        assertThat(version.observed()).extracting(Observation::kind).containsExactly(Observation.Kind.ABSENT_SST);
        assertThat(group(version).getL0().getSubLevelsCount()).isEqualTo(1);
    }

    @Test
    void aMismatchThatAStartExplainsIsPrunedAndApplied() {
        KeyedVersion version = KeyedVersion.of(version(STALE), V2_8);
        var unused = version.apply(compaction(1, "removed_table_ids: 12"));
        assertThat(version.observed()).extracting(Observation::kind).containsExactly(Observation.Kind.PRUNED);
        assertThat(version.observed().get(0).text()).endsWith(": 2");
        Levels group = group(version);
        assertThat(group.getCompactionGroupVersionId()).isEqualTo(1);
        assertThat(group.getL0().getSubLevelsCount()).isZero();
        assertThat(group.getLevels(0).getTableInfos(0).getTableIdsList()).containsExactly(1);
    }

    @Test
    void aMismatchThatNothingExplainsIsObservedAndCanBeTakenBack() {
        for (KeyedVersion version :
                List.of(KeyedVersion.of(version(STALE), V2_8), KeyedVersion.of(version(STALE), V2_6))) {
            HummockVersion before = version.toVersion();
            Fingerprint fingerprint = version.fingerprint();
            var unused = version.apply(compaction(version.dialect().equals(V2_8) ? 3 : 1, "removed_table_ids: 12"));
            assertThat(version.observed()).extracting(Observation::kind).containsExactly(Observation.Kind.EXPIRED);
            version.takeBack();
            assertThat(version.toVersion()).isEqualTo(before);
            assertThat(version.fingerprint()).isEqualTo(fingerprint).isEqualTo(Fingerprint.of(before));
        }
    }

    @Test
    void commitsAfterAStartAreRenumberedWhereACompactionShowsIt() {
        KeyedVersion version = KeyedVersion.of(version(STALE), V2_8);
        var unusedCommit =
                version.apply(parse("id: 8 prev_id: 7 group_deltas { key: 2 value { group_deltas { new_l0_sub_level {"
                        + " inserted_table_infos { " + sst(20, "table_ids: 1") + " } } } } }"
                        + " state_table_info_delta {"
                        + " key: 1 value {"
                        + " committed_epoch: 131072"
                        + " compaction_group_id: 2 }"
                        + " }"));
        assertThat(group(version).getL0().getSubLevelsList())
                .extracting(Level::getSubLevelId)
                .containsExactly(4L, 5L, 6L);
        var unusedCompaction = version.apply(parse("id: 9 prev_id: 8 group_deltas { key: 2 value { group_deltas {"
                + " intra_level { compaction_group_version_id: 1 removed_table_ids: 20 } } group_deltas { intra_level {"
                + " compaction_group_version_id: 1 l0_sub_level_id: 5 inserted_table_infos { "
                + sst(21, "table_ids: 1") + " } } } } }"));
        assertThat(version.observed()).extracting(Observation::kind).containsExactly(Observation.Kind.PRUNED);
        assertThat(group(version).getL0().getSubLevelsList())
                .extracting(Level::getSubLevelId)
                .containsExactly(4L, 5L);
        assertThat(group(version).getL0().getSubLevels(1).getTableInfos(0).getSstId())
                .isEqualTo(21);
    }

    @Test
    void aTrivialMoveWithinLevel0OnEitherSideOfWhatWasPrunedRenumbersNothing() {
        for (List<Long> move : List.of(List.of(4L, 14L, 3L), List.of(7L, 17L, 6L))) {
            KeyedVersion version = prunedInTheMiddle();
            var unused = version.apply(moved(move.get(1), move.get(2)));
            assertThat(group(version).getL0().getSubLevelsList())
                    .extracting(Level::getSubLevelId)
                    .containsExactlyElementsOf(Stream.of(3L, 4L, 6L, 7L)
                            .filter(id -> !id.equals(move.get(0)))
                            .toList());
        }
    }

    @Test
    void aTrivialMoveWithinLevel0RenumbersWhereItsTargetIsTheSubLevelBefore() {
        KeyedVersion version = prunedInTheMiddle();
        var unused = version.apply(moved(17, 5));
        assertThat(group(version).getL0().getSubLevelsList())
                .extracting(Level::getSubLevelId)
                .containsExactly(3L, 4L, 5L);
        assertThat(group(version).getL0().getSubLevels(2).getTableInfosList())
                .extracting(SstableInfo::getSstId)
                .containsExactly(16L, 17L);
    }

    @Test
    void theNumbersAfterAStartThatWasSeenStandAsTheyAre() {
        KeyedVersion version = KeyedVersion.of(version(MIDDLE), V2_6);
        var unusedStart = version.startedBy(V3_0);
        var unused = version.apply(parse("id: 8 prev_id: 7 group_deltas { key: 2 value { group_deltas { intra_level {"
                + " compaction_group_version_id: 1 removed_table_ids: 17 } } group_deltas { intra_level {"
                + " compaction_group_version_id: 1 l0_sub_level_id: 6 inserted_table_infos { "
                + keyed(21) + " } } } } }"));
        assertThat(group(version).getL0().getSubLevelsList())
                .extracting(Level::getSubLevelId)
                .containsExactly(3L, 4L, 6L);
    }

    /** Sub levels 3, 4, 6 and 7: 5 was pruned, as the compaction of an SST of 6 showed. */
    private static KeyedVersion prunedInTheMiddle() {
        KeyedVersion version = KeyedVersion.of(version(MIDDLE), V2_8);
        var unused = version.apply(compaction(1, "level_idx: 1 removed_table_ids: 11"));
        assertThat(version.observed()).extracting(Observation::kind).containsExactly(Observation.Kind.PRUNED);
        assertThat(group(version).getL0().getSubLevelsList())
                .extracting(Level::getSubLevelId)
                .containsExactly(3L, 4L, 6L, 7L);
        return version;
    }

    private static HummockVersionDelta moved(long sst, long target) {
        return parse("id: 9 prev_id: 8 trivial_move: true group_deltas { key: 2 value { group_deltas { intra_level {"
                + " compaction_group_version_id: 1 removed_table_ids: " + sst + " } } group_deltas { intra_level {"
                + " compaction_group_version_id: 1 l0_sub_level_id: " + target + " inserted_table_infos { "
                + keyed(sst) + " } } } } }");
    }

    /** Of a key range of its own. */
    private static String keyed(long id) {
        return sst(
                id,
                "table_ids: 1 key_range { left: \"" + (char) ('a' + id) + "\" right: \"" + (char) ('a' + id) + "z\" }");
    }

    @Test
    void aVersionWithSstsOfNoTableIsOfAReleaseThatKeepsThem() {
        String left = STALE.replace("table_ids: 2 file_size", "file_size");
        HummockVersionDelta truncation = parse("id: 8 prev_id: 7 group_deltas { key: 2 value { group_deltas {"
                + " truncate_tables { table_ids: 1 table_ids: 2 } } } }");
        KeyedVersion keeps = KeyedVersion.of(version(left), V2_8);
        var unused = keeps.apply(truncation);
        assertThat(group(keeps).getL0().getSubLevelsCount()).isEqualTo(2);

        KeyedVersion drops = KeyedVersion.of(version(left), V2_8);
        var unusedAlsoUnused =
                drops.apply(truncation.toBuilder().addRemovedTableIds(2).build());
        assertThat(group(drops).getL0().getSubLevelsCount()).isZero();
    }

    @Test
    void theIndexOfV25HasItsDescriptionInTheMessageItself() {
        KeyedVersion version = KeyedVersion.of(version(STALE), new HummockDialect(205));
        var unused = version.apply(
                parse("id: 8 prev_id: 7 vector_index_delta { key: 1 value { init { 1: 3 2: 2 65: \"\" } } }"));
        assertThat(version.toVersion().getVectorIndexesOrThrow(1))
                .isEqualTo(version("vector_indexes { key: 1 value { dimension: 3"
                                + " distance_type: DISTANCE_TYPE_L2_SQR flat { config {} } } }")
                        .getVectorIndexesOrThrow(1));
    }

    @Test
    void anHnswIndexKeepsItsConfigAndHasAGraphOnlyWithFiles() {
        KeyedVersion version = KeyedVersion.of(version(STALE), V2_6);
        var unused =
                version.apply(parse("id: 8 prev_id: 7 vector_index_delta { key: 1 value { init { info { dimension: 3"
                        + " hnsw_flat { m: 16 ef_construction: 64 max_level: 7 } } } } }"));
        assertThat(version.toVersion()
                        .getVectorIndexesOrThrow(1)
                        .getHnswFlat()
                        .getConfig()
                        .getMaxLevel())
                .isEqualTo(7);
        String add = "id: 9 prev_id: 8 vector_index_delta { key: 1 value { adds { adds { hnsw_flat { %s } } } } }";
        for (String refused : List.of(
                "next_vector_id: 1 graph_file { object_id: 9 }",
                "next_vector_id: 1 added_vector_files { object_id: 8 vector_count: 1 }",
                "next_vector_id: 1 graph_file { object_id: 9 } added_vector_files { object_id: 8 vector_count: 2 }")) {
            assertThatThrownBy(() -> version.apply(parse(add.formatted(refused))))
                    .isInstanceOf(HummockFaultException.class)
                    .hasMessageContaining("vector index of table 1");
        }
    }

    @Test
    void safeEpochsGoWithTheFirstDeltaOfV21() {
        KeyedVersion version = KeyedVersion.of(
                version("id: 7 safe_epoch: 5 state_table_info { key: 1 value { committed_epoch: 65536 safe_epoch: 5 } }"
                        + " state_table_info { key: 2 value { committed_epoch: 65536 safe_epoch: 5 } }"),
                V2_1);
        var unused = version.apply(
                parse("id: 8 prev_id: 7 state_table_info_delta { key: 1 value { committed_epoch: 131072 } }"));
        assertThat(version.toVersion().getSafeEpoch()).isZero();
        assertThat(version.toVersion().getStateTableInfoMap().values()).allMatch(info -> info.getSafeEpoch() == 0);
    }

    @Test
    void aStartOfV31RewritesFiltersAndOneOfV30RemovesChangeLogs() {
        HummockVersion before = version(STALE + " table_change_logs { key: 1 value { change_logs { epochs: 3 } } }");
        KeyedVersion version = KeyedVersion.of(before, V2_8);
        var unusedUpgraded = version.startedBy(V3_0);
        assertThat(version.toVersion().getTableChangeLogsCount()).isZero();
        assertThat(version.observed()).extracting(Observation::kind).containsExactly(Observation.Kind.PRUNED);
        assertThat(version.fingerprint()).isEqualTo(Fingerprint.of(version.toVersion()));

        Fingerprint asV30 = version.fingerprint();
        var unusedAgain = version.startedBy(V3_1);
        SstableInfo sst = group(version).getLevels(0).getTableInfos(0);
        assertThat(sst.getBloomFilterKind()).isEqualTo(BloomFilterType.BLOOM_FILTER_UNSPECIFIED);
        assertThat(sst.getFilterType()).isEqualTo(SstableFilterType.SSTABLE_FILTER_XOR16);
        assertThat(sst.getFilterLayout()).isEqualTo(SstableFilterLayout.SSTABLE_FILTER_LAYOUT_BLOCKED);
        assertThat(version.fingerprint().body()).isEqualTo(asV30.body());
        assertThat(version.fingerprint().filters()).isNotEqualTo(asV30.filters());
    }

    private static Levels group(KeyedVersion version) {
        return version.toVersion().getLevelsOrThrow(2);
    }

    private static HummockVersionDelta compaction(long groupVersion, String removed) {
        return parse(
                "id: %d prev_id: %d group_deltas { key: 2 value { group_deltas { intra_level { compaction_group_version_id: %d %s } } } }"
                        .formatted(
                                groupVersion == 0 && removed.equals("removed_table_ids: 13") ? 9 : 8,
                                groupVersion == 0 && removed.equals("removed_table_ids: 13") ? 8 : 7,
                                groupVersion,
                                removed));
    }

    private static String sst(long id, String tables) {
        return "object_id: %d sst_id: %d %s file_size: 10 sst_size: 10 bloom_filter_kind: BLOCKED"
                .formatted(id, id, tables);
    }

    private static HummockVersion version(String text) {
        try {
            return TextFormat.parse(text, HummockVersion.class);
        } catch (TextFormat.ParseException e) {
            throw new AssertionError(text, e);
        }
    }

    /** Fields may be given by their numbers. */
    private static HummockVersionDelta parse(String text) {
        try {
            HummockVersionDelta.Builder delta = HummockVersionDelta.newBuilder();
            TextFormat.merge(text.replaceAll("init \\{ 1: 3 2: 2 65: \"\" }", "init {}"), delta);
            if (text.contains("init { 1: 3")) {
                delta.putVectorIndexDelta(
                        1,
                        io.metawal.connectors.risingwave.proto.VectorIndexDelta.newBuilder()
                                .setInit(io.metawal.connectors.risingwave.proto.VectorIndexInit.parseFrom(
                                        new byte[] {8, 3, 16, 2, (byte) 0x8A, 4, 0}))
                                .build());
            }
            return delta.build();
        } catch (TextFormat.ParseException | com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(text, e);
        }
    }
}
