package io.metawal.connectors.databend;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.SourceDifference;
import io.metawal.testkit.databend.DatabendServer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** I12: where an export's own state shows that the replay before it went wrong, the log has a gap and a base. */
class RecordedDiscrepancyTest {
    private static final String SPACE = "catalog.__fd_table";

    private final Imported imported = new Imported();
    private DatabendServer server;

    @BeforeEach
    void start() {
        server = DatabendServer.start(1, InstantSource.fixed(Instant.ofEpochSecond(1_700_000_000)));
        for (int n = 0; n < 20; n++) {
            server.put("__fd_table/1/t" + n, Imported.bytes("v" + n));
        }
        add();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ImportReport add() {
        return imported.add(String.join("\n", server.export(1)) + "\n");
    }

    /** As a replay that is wrong leaves the image: what a commit should have put is not there. */
    private void goWrong(int... missing) {
        Commit last = imported.sink.last();
        List<Change> lost = java.util.Arrays.stream(missing)
                .mapToObj(n -> Change.delete(EntryKey.of(SPACE, "__fd_table/1/t" + n)))
                .toList();
        CommitBody body = new CommitBody("", "databend", last.body().sourcePosition(), "", lost);
        var unused = imported.sink.commit(
                CommitDraft.of(last.header().epoch(), last.header().timeMicros(), body));
    }

    private SourceDifference recorded() {
        List<Commit> gaps = imported.sink.commits().stream()
                .filter(commit -> commit.header().afterGap())
                .toList();
        assertThat(gaps).hasSize(1);
        assertThat(gaps.get(0).header().kind()).isEqualTo(CommitKind.BASE);
        Imported fresh = new Imported();
        fresh.add(String.join("\n", server.export(1)) + "\n");
        assertThat(Imported.records(imported.latest())).isEqualTo(Imported.records(fresh.latest()));
        return SourceDifference.parse(gaps.get(0).body().gapReason()).orElseThrow();
    }

    @Test
    void atTheSameEntry() {
        goWrong(3, 4, 5);
        server.snapshot();
        add();
        SourceDifference found = recorded();
        assertThat(found.keys()).isEqualTo(3);
        assertThat(found.first()).isEqualTo(SPACE + " __fd_table/1/t3 (missing)");
    }

    @Test
    void atAnEarlierEntryThatNothingChangedSince() {
        server.snapshot();
        server.put("__fd_table/1/later", Imported.bytes("1"));
        add();
        goWrong(7);
        server.put("__fd_table/1/latest", Imported.bytes("1"));
        add();
        assertThat(recorded().first()).contains("__fd_table/1/t7");
    }

    @Test
    void whereTheStateLiesAmongTheNewEntries() {
        goWrong(2);
        server.put("__fd_table/1/a", Imported.bytes("1"));
        server.snapshot();
        server.put("__fd_table/1/b", Imported.bytes("1"));
        add();
        assertThat(recorded().keys()).isEqualTo(1);
    }

    @Test
    void whatAgreesIsReportedAndBoundsWhatIsInDoubtLater() {
        assertThat(imported.sink.lastCompared()).isEqualTo(SourceDifference.Agreed.NEVER);
        server.put("__fd_table/1/a", Imported.bytes("1"));
        server.snapshot();
        long snapshotAt = server.last();
        server.put("__fd_table/1/b", Imported.bytes("1"));
        add();
        SourceDifference.Agreed agreed = imported.sink.lastCompared();
        assertThat(agreed.epoch()).isEqualTo(snapshotAt);
        assertThat(imported.sink.commits().get((int) agreed.seq() - 1).header().epoch())
                .isEqualTo(snapshotAt);
        goWrong(1);
        server.snapshot();
        add();
        assertThat(recorded().agreed()).isEqualTo(agreed);
    }
}
