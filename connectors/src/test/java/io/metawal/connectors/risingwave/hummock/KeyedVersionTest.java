package io.metawal.connectors.risingwave.hummock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.TextFormat;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.Level;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.image.Entry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Single deltas whose outcome is written down here, beside the random ones of {@link KeyedVersionPropertyTest}. */
class KeyedVersionTest {
    private static final String GROUP = """
        id: 7
        levels { key: 2 value {
          group_id: 2
          levels { level_idx: 1 level_type: LEVEL_TYPE_NONOVERLAPPING total_file_size: 30 table_infos { %s } table_infos { %s } }
          l0 { total_file_size: 5 sub_levels { sub_level_id: 4 level_type: LEVEL_TYPE_OVERLAPPING total_file_size: 5 table_infos { %s } } }
        } }
        state_table_info { key: 1 value { committed_epoch: 5424073932800000 compaction_group_id: 2 } }
        state_table_info { key: 2 value { committed_epoch: 65536 compaction_group_id: 2 } }
        """.formatted(sst(11, 1, 1, 10), sst(12, 2, 2, 20), sst(13, 1, 2, 5));

    private final KeyedVersion version = KeyedVersion.of(version(GROUP));

    @Test
    void a_commit_is_the_entries_it_changes() {
        List<Change> changes = version.apply(delta(
                "new_l0_sub_level { inserted_table_infos { " + sst(20, 1, 1, 3) + " } }",
                "state_table_info_delta { key: 1 value { committed_epoch: 5424073932865536"
                        + " compaction_group_id: 2 } }"));
        assertThat(changes)
                .extracting(KeyedVersionTest::text)
                .containsExactly(
                        "PUT hummock.group 2",
                        "PUT hummock.sst 2/0/5/20 {\"at\":0}",
                        "PUT hummock.sublevel 2/5",
                        "PUT hummock.table 1",
                        "PUT hummock.version current");
        assertThat(version.id()).isEqualTo(8);
        assertThat(version.committedEpoch()).isEqualTo(5424073932865536L);
        assertThat(version.toVersion().getLevelsOrThrow(2).getL0().getTotalFileSize())
                .isEqualTo(8);
    }

    @Test
    void a_trivial_move_is_a_put_and_a_delete_and_the_emptied_sub_level_goes() {
        List<Change> changes = version.apply(
                delta("intra_level { level_idx: 0 removed_table_ids: 13 } } group_deltas { intra_level { level_idx: 1"
                        + " removed_table_ids: 11 removed_table_ids: 12 inserted_table_infos { " + sst(13, 1, 2, 5)
                        + " } }"));
        assertThat(changes)
                .extracting(KeyedVersionTest::text)
                .containsExactly(
                        "PUT hummock.group 2",
                        "PUT hummock.level 2/1",
                        "DELETE hummock.sst 2/0/4/13",
                        "DELETE hummock.sst 2/1/0/11",
                        "DELETE hummock.sst 2/1/0/12",
                        "PUT hummock.sst 2/1/0/13",
                        "DELETE hummock.sublevel 2/4",
                        "PUT hummock.version current");
    }

    @Test
    void what_is_taken_out_and_put_back_is_no_change() {
        List<Change> changes =
                version.apply(delta("intra_level { level_idx: 1 removed_table_ids: 11 inserted_table_infos { "
                        + sst(11, 1, 1, 10) + " } }"));
        assertThat(changes).extracting(KeyedVersionTest::text).containsExactly("PUT hummock.version current");
    }

    @Test
    void a_compaction_of_a_group_that_was_split_since_is_passed_over() {
        List<Change> changes = version.apply(
                delta("intra_level { level_idx: 1 removed_table_ids: 11 compaction_group_version_id: 3 }"));
        assertThat(changes).extracting(KeyedVersionTest::text).containsExactly("PUT hummock.version current");
    }

    @Test
    void an_sst_across_the_split_key_becomes_two() {
        String key = "\\000\\000\\000\\002\\000\\000\\377\\377\\377\\377\\377\\377\\377\\377";
        version.apply(
                parse("id: 8 prev_id: 7 group_deltas { key: 9 value { group_deltas { group_construct { group_config {"
                        + " max_level: 1 } parent_group_id: 2 group_id: 9 new_sst_start_id: 100 version:"
                        + " SPLIT_GROUP_BY_TABLE_ID split_key: \""
                        + key
                        + "\" } } } }"));
        HummockVersion.Levels left = version.toVersion().getLevelsOrThrow(2);
        HummockVersion.Levels right = version.toVersion().getLevelsOrThrow(9);
        assertThat(left.getCompactionGroupVersionId()).isEqualTo(1);
        assertThat(right.getCompactionGroupVersionId()).isEqualTo(1);
        assertThat(ids(left.getLevels(0))).containsExactly(11L);
        assertThat(ids(right.getLevels(0))).containsExactly(12L);
        SstableInfo leftPart = left.getL0().getSubLevels(0).getTableInfos(0);
        SstableInfo rightPart = right.getL0().getSubLevels(0).getTableInfos(0);
        assertThat(rightPart.getSstId()).isEqualTo(100);
        assertThat(leftPart.getSstId()).isEqualTo(101);
        assertThat(leftPart.getTableIdsList()).containsExactly(1);
        assertThat(rightPart.getTableIdsList()).containsExactly(2);
        assertThat(leftPart.getSstSize()).isEqualTo(2);
        assertThat(leftPart.getKeyRange().getRightExclusive()).isTrue();
        assertThat(leftPart.getKeyRange().getRight())
                .isEqualTo(rightPart.getKeyRange().getLeft());
        assertThat(right.getL0().getTotalFileSize()).isEqualTo(2);
    }

    @Test
    void a_delta_that_does_not_fit_changes_nothing_and_says_why() {
        refused(
                delta("new_l0_sub_level { inserted_table_infos { " + sst(20, 1, 1, 3) + " } }"),
                "a commit to bring a new sub level");
        refused(parse("id: 9 prev_id: 8"), "the version before it: expected 7, found 8");
        refused(delta("intra_level { level_idx: 2 removed_table_ids: 11 }"), "expected group 2 level 2, found none");
        refused(
                delta("intra_level { level_idx: 0 l0_sub_level_id: 6 inserted_table_infos { " + sst(20, 1, 1, 3)
                        + " } }"),
                "expected group 2 sub level 6, found none");
        refused(
                delta("intra_level { level_idx: 1 removed_table_ids: 11 inserted_table_infos { " + sst(21, 1, 2, 3)
                        + " } }"),
                "group 2 level 1: expected key ranges that do not overlap");
        refused(
                delta("intra_level { level_idx: 1 inserted_table_infos { " + sst(12, 3, 3, 3) + " } }"),
                "group 2 level 1: expected no SST 12 to be there yet, found one");
        refused(
                delta("", "state_table_info_delta { key: 2 value { committed_epoch: 1 compaction_group_id: 2 } }"),
                "table 2: expected a committed epoch from 65536 on, found 1");
        refused(
                parse("id: 8 prev_id: 7 group_deltas { key: 3 value { group_deltas { group_destroy {} } } }"),
                "group 3, found none");
        refused(delta("group_merge { left_group_id: 2 right_group_id: 5 }"), "group 5, found none");
        refused(
                delta("intra_level { level_idx: 1 removed_table_ids: 11 } } group_deltas { truncate_tables {"
                        + " table_ids: 2 } } group_deltas { group_merge { left_group_id: 2 right_group_id: 5 }"),
                "group 5, found none");
    }

    @Test
    void members_of_an_older_version_stand_where_it_stood() {
        KeyedVersion older = KeyedVersion.of(
                version("id: 7 max_committed_epoch: 5424073932800000 levels { key: 2 value { group_id: 2"
                        + " member_table_ids: 1 member_table_ids: 3 l0 {} } }"));
        assertThat(older.committedEpoch()).isEqualTo(5424073932800000L);
        older.apply(
                parse("id: 8 prev_id: 7 max_committed_epoch: 5424073932800000 state_table_info_delta { key: 1 value {"
                        + " committed_epoch: 5424073932800000 compaction_group_id: 2 } }"));
        assertThat(older.toVersion().getStateTableInfoMap()).containsOnlyKeys(1, 3);
        assertThat(older.toVersion().getStateTableInfoOrThrow(3).getCommittedEpoch())
                .isEqualTo(5424073932800000L);
    }

    @Test
    void stale_watermarks_become_one_of_the_committed_epoch() {
        String marks =
                "epoch_watermarks { epoch: 1 %s } epoch_watermarks { epoch: 2 %s } epoch_watermarks { epoch: 9 %s }"
                        .formatted(mark("a", 7), mark("b", 2), mark("c", 4));
        KeyedVersion marked = KeyedVersion.of(version("id: 7 table_watermarks { key: 1 value { is_ascending: true "
                + marks + " } } state_table_info { key: 1 value { committed_epoch: 1 compaction_group_id: 2 } }"));
        marked.apply(parse("id: 8 prev_id: 7 state_table_info_delta { key: 1 value { committed_epoch: 5"
                + " compaction_group_id: 2 } }"));
        assertThat(marked.toVersion().getTableWatermarksOrThrow(1))
                .isEqualTo(version("table_watermarks { key: 1 value { is_ascending: true epoch_watermarks { epoch: 5 "
                                + mark("b", 2) + mark("a", 1) + " } epoch_watermarks { epoch: 9 " + mark("c", 4)
                                + " } } }")
                        .getTableWatermarksOrThrow(1));
    }

    private void refused(HummockVersionDelta delta, String saying) {
        List<Entry> before = entries();
        assertThatThrownBy(() -> version.apply(delta))
                .isInstanceOfSatisfying(
                        HummockFaultException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.MISMATCH))
                .hasMessageStartingWith("Hummock delta " + delta.getId() + " does not fit version 7: ")
                .hasMessageContaining(saying)
                .hasMessageEndingWith("take a new base from the checkpoint");
        assertThat(entries()).isEqualTo(before);
        assertThat(version.toVersion()).isEqualTo(version(GROUP));
    }

    private List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        version.entries().forEachRemaining(entries::add);
        return entries;
    }

    private static List<Long> ids(Level level) {
        return level.getTableInfosList().stream().map(SstableInfo::getSstId).toList();
    }

    private static String mark(String watermark, int vnodes) {
        return "watermarks { watermark: \"%s\" vnode_bitmap { body: \"\\003\\%03o\" } }".formatted(watermark, vnodes);
    }

    private static String text(Change change) {
        return (change.op() + " " + change.entryKey().space() + " "
                        + change.entryKey().key().toStringUtf8() + " "
                        + change.meta().toStringUtf8())
                .strip();
    }

    /** From the start of one table to the end of another. */
    private static String sst(long id, int first, int last, long size) {
        return "object_id: %d sst_id: %d file_size: %d sst_size: %d table_ids: %d %s key_range { left: \"%s\" right: \"%s\" }"
                .formatted(
                        id,
                        id,
                        size,
                        size,
                        first,
                        first == last ? "" : "table_ids: " + last,
                        "\\000\\000\\000\\%03o\\000\\000\\000\\000\\000\\000\\000\\000\\000\\001".formatted(first),
                        "\\000\\000\\000\\%03o\\000\\377\\000\\000\\000\\000\\000\\000\\000\\001".formatted(last));
    }

    private static HummockVersionDelta delta(String group) {
        return delta(group, "");
    }

    private static HummockVersionDelta delta(String group, String more) {
        return parse("id: 8 prev_id: 7 "
                + (group.isEmpty() ? "" : "group_deltas { key: 2 value { group_deltas { " + group + " } } } ") + more);
    }

    private static HummockVersionDelta parse(String text) {
        try {
            return TextFormat.parse(text, HummockVersionDelta.class);
        } catch (TextFormat.ParseException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static HummockVersion version(String text) {
        try {
            return TextFormat.parse(text, HummockVersion.class);
        } catch (TextFormat.ParseException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
