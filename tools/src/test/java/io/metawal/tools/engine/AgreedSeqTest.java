package io.metawal.tools.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Chain;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.SourceDifference;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** From which commit on a history is in doubt where its source knows only an epoch. */
class AgreedSeqTest {
    private final AgreedSeq agreed = new AgreedSeq();

    private void taken(long seq, long epoch) {
        agreed.taken(
                draft(epoch, ""),
                CompletableFuture.completedFuture(
                        new CommitHeader(1, seq, epoch, 0, 0, 0, CommitKind.DATA, false, 0, Chain.GENESIS, 0)));
    }

    private static CommitDraft draft(long epoch, String gap) {
        return CommitDraft.of(epoch, 0, new CommitBody("", "risingwave-sql", ByteString.EMPTY, gap, List.of()));
    }

    private SourceDifference found(long seq, long epoch) {
        SourceDifference given =
                new SourceDifference(3, new SourceDifference.Agreed(seq, epoch), "hummock.sst 2/0/5/9");
        CommitDraft draft = agreed.completed(draft(90, "the Hummock version continues: " + given));
        assertThat(draft.body().gapReason()).startsWith("the Hummock version continues: what was captured");
        return SourceDifference.parse(draft.body().gapReason()).orElseThrow();
    }

    @Test
    void theLastCommitBeforeTheEpochIsSure() {
        taken(7, 20);
        taken(8, 30);
        taken(9, 30);
        taken(10, 40);
        assertThat(found(0, 30).agreed()).isEqualTo(new SourceDifference.Agreed(7, 30));
        assertThat(found(0, 40).agreed()).isEqualTo(new SourceDifference.Agreed(9, 40));
    }

    @Test
    void whatIsNotRememberedLeavesEverythingInDoubt() {
        taken(7, 20);
        assertThat(found(0, 10).agreed().seq()).isZero();
        assertThat(found(0, 0).agreed()).isEqualTo(SourceDifference.Agreed.NEVER);
        assertThat(found(5, 10).agreed().seq()).isEqualTo(5);
    }

    /** As after a restart: there may have been commits at that epoch before the first that is remembered. */
    @Test
    void theFirstThatIsRememberedIsNotSureAtItsEpoch() {
        taken(8, 30);
        taken(9, 30);
        taken(10, 40);
        assertThat(found(0, 30).agreed().seq()).isZero();
        assertThat(found(0, 40).agreed().seq()).isEqualTo(9);
    }
}
