package io.metawal.connectors.databend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.fault.MetawalException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An import that is stopped after any commit, and done again. */
class ImportRecoveryTest {
    private static final int KEYS = 25_000;

    /** {@code keys} records from {@code first} on, at this log index. */
    private static byte[] large(int first, int keys, long applied) {
        StringBuilder export = new StringBuilder(
                "[\"header\",{\"DataHeader\":{\"key\":\"header\",\"value\":{\"version\":\"V004\"}}}]\n");
        export.append("[\"state_machine/0\",{\"Sequences\":{\"key\":\"generic-kv\",\"value\":")
                .append(2 * KEYS)
                .append("}}]\n");
        export.append(
                        "[\"state_machine/0\",{\"StateMachineMeta\":{\"key\":\"LastApplied\",\"value\":{\"LogId\":{\"leader_id\":{\"term\":1,\"node_id\":0},\"index\":")
                .append(applied)
                .append("}}}}]\n");
        for (int n = first; n < first + keys; n++) {
            export.append("[\"state_machine/0\",{\"GenericKV\":{\"key\":\"__fd_table/")
                    .append(100_000 + n)
                    .append("/t\",\"value\":{\"seq\":")
                    .append(n + 1)
                    .append(",\"meta\":{},\"data\":[49]}}}]\n");
        }
        return export.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void a_large_base_is_in_parts_of_which_none_counts_alone() {
        byte[] export = large(0, KEYS, 100);
        Imported whole = new Imported();
        whole.add(export);
        assertThat(whole.sink.commits().stream()
                        .map(commit -> commit.header().kind())
                        .toList())
                .containsExactly(CommitKind.BASE_PART, CommitKind.BASE_PART, CommitKind.BASE);
        for (int taken = 0; taken < 3; taken++) {
            Imported stopped = new Imported();
            stopped.sink.refuseAfter(taken);
            assertThatThrownBy(() -> stopped.add(export))
                    .isInstanceOf(MetawalException.class)
                    .hasMessageContaining("told to refuse");
            assertThat(stopped.sink.commits())
                    .noneMatch(commit -> commit.header().kind().restorable());
            stopped.sink.takeAll();
            ImportReport report = stopped.add(export);
            assertThat(report.from()).isEqualTo(-1);
            assertThat(stopped.latest()).isEqualTo(whole.latest());
            assertThat(stopped.sink.last().header().kind()).isEqualTo(CommitKind.BASE);
            assertThat(stopped.sink.commits())
                    .noneMatch(commit -> commit.header().afterGap());
        }
    }

    @Test
    void a_base_after_a_gap_holds_only_what_differs_and_goes_on_where_it_was_stopped() {
        Imported imported = new Imported();
        imported.add(large(0, KEYS, 100));
        imported.sink.refuseAfter(1);
        byte[] later = large(KEYS / 2, KEYS, 200);
        assertThatThrownBy(() -> imported.add(later)).hasMessageContaining("told to refuse");
        imported.sink.takeAll();
        ImportReport report = imported.add(later);
        assertThat(report.from()).isEqualTo(100);
        assertThat(report.baseAt()).isEqualTo(200);
        Imported fresh = new Imported();
        fresh.add(later);
        assertThat(imported.latest()).isEqualTo(fresh.latest());
        List<Commit> commits = imported.sink.commits();
        assertThat(commits.subList(3, commits.size()).stream()
                        .mapToInt(commit -> commit.changes().size())
                        .sum())
                .isLessThan(KEYS + 100);
        assertThat(commits.get(3).body().gapReason()).startsWith("Databend log entries 101 to 200 were purged");
    }

    @Test
    void a_history_that_was_stopped_after_any_commit_is_gone_on_with() {
        for (String name : List.of("v0", "v001", "v003", "v004")) {
            Imported whole = new Imported();
            whole.add(Exports.own(name));
            for (int taken = 0; taken < whole.sink.commits().size(); taken++) {
                Imported stopped = new Imported();
                stopped.sink.refuseAfter(taken);
                assertThatThrownBy(() -> stopped.add(Exports.own(name))).hasMessageContaining("told to refuse");
                stopped.sink.takeAll();
                assertThat(stopped.add(Exports.own(name)).findings()).isEmpty();
                assertThat(stopped.latest()).as(name + " after " + taken).isEqualTo(whole.latest());
                assertThat(stopped.sink.commits().stream()
                                .map(commit -> commit.header().epoch())
                                .toList())
                        .isEqualTo(whole.sink.commits().stream()
                                .map(commit -> commit.header().epoch())
                                .toList());
            }
        }
    }
}
