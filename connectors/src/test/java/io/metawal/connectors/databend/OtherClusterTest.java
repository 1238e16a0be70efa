package io.metawal.connectors.databend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.export.ExportReader;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.testkit.databend.DatabendServer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Exports of clusters that the log was not filled from. */
class OtherClusterTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochSecond(1_700_000_000));

    private final Imported imported = new Imported();

    private static void put(DatabendServer server, String prefix, int count) {
        for (int n = 0; n < count; n++) {
            server.put(String.format("%s%05d", prefix, n), Imported.bytes(prefix + n));
        }
    }

    private static String export(DatabendServer server) {
        return String.join("\n", server.export(1)) + "\n";
    }

    private void refused(String export, String said) {
        int commits = imported.sink.commits().size();
        assertThatThrownBy(() -> imported.add(export))
                .isInstanceOf(SourceChangedException.class)
                .hasMessageContaining("is not of the cluster that this log was filled from")
                .hasMessageContaining(said);
        assertThat(imported.sink.commits()).hasSize(commits);
    }

    @Test
    void one_whose_log_does_not_reach_back_to_ours_is_known_by_its_records() {
        try (DatabendServer ours = DatabendServer.start(1, CLOCK);
                DatabendServer other = DatabendServer.start(1, CLOCK)) {
            put(ours, "__fd_table/1/t", 50);
            ours.snapshotAndPurge(5);
            imported.add(export(ours));
            put(other, "__fd_table/9/x", 120);
            other.snapshotAndPurge(5);
            refused(export(other), "they share no record");
        }
    }

    @Test
    void one_with_the_same_keys_is_known_by_what_has_their_seqs() {
        try (DatabendServer ours = DatabendServer.start(1, CLOCK);
                DatabendServer other = DatabendServer.start(1, CLOCK)) {
            ours.put("__fd_database/t/a", Imported.bytes("1"));
            put(ours, "__fd_table/1/t", 10);
            ours.snapshotAndPurge(0);
            imported.add(export(ours));
            other.put("__fd_database/t/a", Imported.bytes("2"));
            put(other, "__fd_table/1/t", 100);
            other.snapshotAndPurge(0);
            refused(
                    export(other),
                    "\"__fd_database/t/a\" has the seq 1 in the export and 1 in the log, with other content");
        }
    }

    @Test
    void an_older_one_is_known_too() {
        try (DatabendServer ours = DatabendServer.start(1, CLOCK);
                DatabendServer other = DatabendServer.start(1, CLOCK)) {
            put(ours, "__fd_table/1/t", 50);
            ours.snapshotAndPurge(0);
            imported.add(export(ours));
            put(other, "__fd_table/1/y", 10);
            other.snapshotAndPurge(0);
            refused(export(other), "they share no record");
        }
    }

    @Test
    void the_same_cluster_is_known_again_behind_a_gap_in_which_much_changed() {
        try (DatabendServer ours = DatabendServer.start(1, CLOCK)) {
            put(ours, "__fd_table/1/t", 50);
            ours.snapshotAndPurge(0);
            imported.add(export(ours));
            put(ours, "__fd_table/1/t", 49);
            put(ours, "__fd_table/2/u", 50);
            ours.snapshotAndPurge(0);
            assertThat(imported.add(export(ours)).findings()).isEmpty();
            put(ours, "__fd_table/1/t", 50);
            put(ours, "__fd_table/2/u", 50);
            ours.snapshotAndPurge(0);
            assertThat(imported.add(export(ours)).findings())
                    .as("nothing is shared, and nothing contradicts")
                    .isEmpty();
        }
    }

    private void give(String space, String key) throws InterruptedException {
        var unused = imported.sink.commit(new CommitDraft(
                CommitKind.DATA,
                CommitDraft.ABSENT,
                CommitDraft.ABSENT,
                CommitBody.of("", "append", List.of(Change.put(EntryKey.of(space, key), Imported.bytes("1"))))));
    }

    @Test
    void what_no_import_made_is_not_replaced() throws InterruptedException {
        give("catalog.table", "1");
        assertThatThrownBy(() -> imported.add(Exports.own("v004")))
                .isInstanceOf(SourceChangedException.class)
                .hasMessageContaining("the log holds 1 entries that no import of Databend's made");
        assertThat(imported.sink.commits()).hasSize(1);
    }

    @Test
    void history_is_replayed_from_nothing_only() throws InterruptedException {
        byte[] export = Exports.own("v004");
        imported.add(export);
        int commits = imported.sink.commits().size();
        ExportReader reader = Imported.reader(export);
        // As on a new timeline, which has the image but no position.
        ImportReport report = new DatabendImport(reader, ImportOptions.DEFAULT).run(ByteString.EMPTY, imported.sink);
        assertThat(report.baseAt()).isEqualTo(10);
        assertThat(imported.sink.commits().get(commits).header().kind()).isEqualTo(CommitKind.BASE);
        assertThat(imported.sink.commits().get(commits).changes().size()).isLessThan(10);
    }

    @Test
    void a_new_timeline_takes_its_own_cluster_only() throws InterruptedException {
        try (DatabendServer ours = DatabendServer.start(1, CLOCK);
                DatabendServer other = DatabendServer.start(1, CLOCK)) {
            put(ours, "__fd_table/1/t", 50);
            ours.snapshotAndPurge(0);
            imported.add(export(ours));
            put(other, "__fd_table/9/x", 120);
            other.snapshotAndPurge(0);
            byte[] foreign = export(other).getBytes(java.nio.charset.StandardCharsets.UTF_8);
            assertThatThrownBy(() -> new DatabendImport(Imported.reader(foreign), ImportOptions.DEFAULT)
                            .run(ByteString.EMPTY, imported.sink))
                    .isInstanceOf(SourceChangedException.class)
                    .hasMessageContaining("they share no record");
            put(ours, "__fd_table/1/u", 5);
            ours.snapshotAndPurge(0);
            byte[] same = export(ours).getBytes(java.nio.charset.StandardCharsets.UTF_8);
            assertThat(new DatabendImport(Imported.reader(same), ImportOptions.DEFAULT)
                            .run(ByteString.EMPTY, imported.sink)
                            .findings())
                    .isEmpty();
        }
    }
}
