package io.metawal.pitr.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.commit.SourceDifference;
import io.metawal.metadata.point.RefParser;
import io.metawal.pitr.plan.SourceComparison.Doubt;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.repository.History;
import io.metawal.testkit.repository.RepositoryFixture;
import io.metawal.testkit.seed.Seeded;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which commits are in doubt after a comparison with the source found a difference, on timelines that share commits. */
class SourceComparisonTest {
    private final RepositoryFixture fixture =
            new RepositoryFixture(new MemoryObjectStore(RepositoryFixture.CLOCK), Seeded.random(7));

    private static String difference(long agreedSeq) {
        return new SourceDifference(3, new SourceDifference.Agreed(agreedSeq, 10 * agreedSeq), "kv//a (missing)")
                .toString();
    }

    private List<List<Long>> doubts(int timeline) {
        History history = History.load(fixture.repository());
        return SourceComparison.doubts(history, history.line(timeline)).stream()
                .map((Doubt doubt) -> List.of(doubt.first(), doubt.last()))
                .toList();
    }

    private String notes(String ref) {
        History history = History.load(fixture.repository());
        ResolvedPoint point = new RefResolver(history, RepositoryFixture.CLOCK.instant()).resolve(RefParser.parse(ref));
        return String.join("\n", SourceComparison.notes(history, point));
    }

    @Test
    void whatIsBetweenTheComparisonThatAgreedAndTheGapIsInDoubt() {
        fixture.append(6).appendBase(1, difference(2)).append(2).cut();
        assertThat(doubts(1)).containsExactly(List.of(3L, 6L));
        assertThat(notes("seq:2")).doesNotContain("IN DOUBT");
        assertThat(notes("seq:3")).contains("IN DOUBT: seq 3 to 6");
        assertThat(notes("seq:7")).doesNotContain("IN DOUBT");
    }

    /** The difference was found on the parent after it was left: what the fork took along is in doubt there too. */
    @Test
    void aDifferenceFoundOnTheParentIsADoubtOfTheFork() {
        fixture.append(6).appendBase(1, difference(2)).append(2).cut();
        int fork = fixture.fork(4);
        fixture.append(5).cut();
        assertThat(doubts(fork)).containsExactly(List.of(3L, 4L));
        assertThat(notes(fork + "@seq:4")).contains("IN DOUBT: seq 3 to 4");
        assertThat(notes(fork + "@seq:5")).doesNotContain("IN DOUBT");
    }

    /** The other way round: what was captured wrongly before the fork is no better on the parent. */
    @Test
    void aDifferenceFoundOnTheForkIsADoubtOfTheParent() {
        fixture.append(6).cut();
        int fork = fixture.fork(4);
        fixture.append(3).appendBase(1, difference(2)).append(1).cut();
        assertThat(doubts(fork)).containsExactly(List.of(3L, 7L));
        assertThat(doubts(1)).containsExactly(List.of(3L, 4L));
        assertThat(notes("1@seq:4")).contains("IN DOUBT: seq 3 to 4");
        assertThat(notes("1@seq:5")).doesNotContain("IN DOUBT");
    }

    /** Two forks of one parent share what was before the earlier of them, and nothing of each other. */
    @Test
    void aDifferenceFoundOnAForkIsADoubtOfItsSibling() {
        fixture.append(8).cut();
        int first = fixture.fork(6);
        fixture.append(2).cut();
        int second = fixture.fork(3);
        fixture.append(4).appendBase(1, difference(1)).cut();
        assertThat(doubts(second)).containsExactly(List.of(2L, 7L));
        assertThat(doubts(first)).containsExactly(List.of(2L, 3L));
        assertThat(doubts(1)).containsExactly(List.of(2L, 3L));
    }

    /** Where it left its parent is not known: any commit may be one of it. */
    @Test
    void aDifferenceFoundOnATimelineThatIsLostIsADoubtOfAll() {
        fixture.append(6).cut();
        fixture.fork(4);
        fixture.append(3).appendBase(1, difference(2)).append(1).cut();
        ObjectStore store = fixture.repository().store();
        store.delete(store.list("timelines/", "", 10).get(1).key());
        assertThat(doubts(1)).containsExactly(List.of(3L, 6L));
    }

    @Test
    void aDifferenceAfterTheForkIsNoneOfTheOther() {
        fixture.append(6).cut();
        int fork = fixture.fork(4);
        fixture.append(4).appendBase(1, difference(5)).cut();
        assertThat(doubts(fork)).containsExactly(List.of(6L, 8L));
        assertThat(doubts(1)).isEmpty();
    }
}
