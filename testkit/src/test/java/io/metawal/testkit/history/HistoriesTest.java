package io.metawal.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.commit.Chain;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;
import io.metawal.testkit.seed.Seeded;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That random histories have in them what they are there for. */
class HistoriesTest {
    private final List<CommitDraft> drafts = Histories.drafts(Seeded.random(1), 500);

    @Test
    void sameSeedSameHistory() {
        assertThat(Histories.drafts(Seeded.random(1), 500)).isEqualTo(drafts);
    }

    @Test
    void epochsAndTimesMisbehaveAndAreClamped() {
        assertThat(drafts).anyMatch(draft -> draft.epoch() == CommitDraft.ABSENT);
        assertThat(drafts).anyMatch(draft -> draft.timeMicros() == CommitDraft.ABSENT);
        long fallen = 0;
        long still = 0;
        Position last = Position.START;
        for (CommitRecord record : Histories.records(Position.START, drafts)) {
            assertThat(record.seq()).isEqualTo(last.seq() + 1);
            assertThat(record.epoch()).isGreaterThanOrEqualTo(last.epoch());
            assertThat(record.timeMicros()).isGreaterThanOrEqualTo(last.timeMicros());
            assertThat(record.follows(last.chain())).isTrue();
            still += record.epoch() == last.epoch() ? 1 : 0;
            fallen += drafts.get((int) last.seq()).timeMicros() < last.timeMicros() ? 1 : 0;
            last = Position.of(record);
        }
        assertThat(still).isBetween(100L, 400L);
        assertThat(fallen).isPositive();
        assertThat(last.chain()).isNotEqualTo(Chain.GENESIS);
    }

    @Test
    void theModelTellsEveryPoint() {
        List<Commit> commits = Histories.commits(Seeded.random(2), 200);
        Model model = Model.of(commits);
        assertThat(model.lastSeq()).isEqualTo(200);
        for (long seq : new long[] {0, 1, 63, 64, 65, 128, 199, 200}) {
            assertThat(model.entriesAt(seq))
                    .isEqualTo(Model.of(commits.subList(0, (int) seq)).entriesAt(seq));
        }
        for (Commit commit : commits) {
            long last = model.lastSeqOfEpoch(commit.epoch());
            assertThat(last).isGreaterThanOrEqualTo(commit.seq());
            assertThat(last == 200 || model.commit(last + 1).epoch() > commit.epoch())
                    .isTrue();
            assertThat(model.lastSeqOfTime(commit.timeMicros())).isGreaterThanOrEqualTo(commit.seq());
        }
        assertThat(model.lastSeqOfTime(-1)).isZero();
    }
}
