package io.metawal.pitr.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitClocks;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.SourceDifference;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.GapException;
import io.metawal.metadata.fault.PointNotFoundException;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.point.RefParser;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.repository.Forks;
import io.metawal.storage.repository.Gap;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Manifest;
import io.metawal.storage.repository.SegmentName;
import io.metawal.storage.repository.WriterRole;
import io.metawal.testkit.repository.RepositoryFixture;
import io.metawal.testkit.seed.Seeded;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Points and times of a small history of a captured source, one rule at a time. */
class RefResolverTest {
    private static final long SECOND = 1_000_000;
    private static final long START = Timestamps.parse("2026-11-21T08:00:00Z");

    private final RepositoryFixture fixture =
            new RepositoryFixture(new MemoryObjectStore(RepositoryFixture.CLOCK), Seeded.random(7));

    /** A commit that was seen at a second after the start; the source was quiet up to the other. */
    private void captured(double at, double observed, CommitKind kind, String gapReason) {
        fixture.append(new CommitDraft(
                kind,
                CommitClocks.of(0, START + (long) (at * SECOND)).observedUntil(START + (long) (observed * SECOND)),
                new CommitBody("", "test", ByteString.EMPTY, gapReason, List.of())));
    }

    private void captured(double at, double observed) {
        captured(at, observed, CommitKind.DATA, "");
    }

    private ResolvedPoint resolve(String ref) {
        return new RefResolver(History.load(fixture.repository()), RepositoryFixture.CLOCK.instant())
                .resolve(RefParser.parse(ref));
    }

    private ResolvedPoint at(double seconds) {
        return resolve("time:" + Timestamps.print(START + (long) (seconds * SECOND)));
    }

    @Test
    void quietTimeIsExactAndAShortUnknownSpanSaysHowFarOffItMayBe() {
        captured(1, 0);
        captured(10, 9.1);
        captured(20, 19.9);
        fixture.cut();
        assertThat(at(9).seq()).isEqualTo(1);
        assertThat(at(9).notes()).isEmpty();
        assertThat(at(9.5).seq()).isEqualTo(1);
        assertThat(at(9.5).notes()).singleElement().asString().startsWith("± 0.9 s: ");
        assertThat(at(10).notes()).isEmpty();
    }

    @Test
    void aSpanLongerThanTwoIntervalsIsRefusedWithBothNeighbours() {
        captured(1, 0);
        captured(10, 7.9);
        fixture.cut();
        assertThat(at(7.9).seq()).isEqualTo(1);
        assertThatThrownBy(() -> at(8.5))
                .isInstanceOf(PointNotFoundException.class)
                .hasMessageContaining(
                        "from 2026-11-21T08:00:07.900000Z to 2026-11-21T08:00:10.000000Z nothing was captured")
                .hasMessageContaining("the nearest points are seq:1")
                .hasMessageContaining("and seq:2");
        assertThatThrownBy(() -> resolve("1@time:2026-11-21T08:00:09Z")).isInstanceOf(PointNotFoundException.class);
    }

    @Test
    void ofSeveralCommitsThatCameLateTogetherOnlyTheLastHasATime() {
        captured(1, 0);
        captured(30, 2);
        captured(30.001, 2);
        captured(40, 39.9);
        fixture.cut();
        assertThatThrownBy(() -> at(30.0005)).isInstanceOf(PointNotFoundException.class);
        assertThat(at(30.001).seq()).isEqualTo(3);
    }

    @Test
    void quietTimeBeforeAGapIsAnsweredWhereItWasObserved() {
        captured(1, 0);
        captured(100, 50, CommitKind.BASE, "compacted");
        fixture.cut();
        assertThat(at(50).seq()).isEqualTo(1);
        assertThatThrownBy(() -> at(50.5)).isInstanceOf(GapException.class).hasMessageContaining("compacted");
    }

    @Test
    void nothingIsKnownBeyondWhatTheHeadSays() {
        captured(1, 0);
        captured(10, 9.5);
        fixture.cut();
        fixture.role()
                .putHead(fixture.model().provenanceAt(2), fixture.role().head().segmentHash(), START + 12 * SECOND, 0);
        assertThat(at(12).seq()).isEqualTo(2);
        assertThatThrownBy(() -> at(12.1))
                .isInstanceOf(PointNotFoundException.class)
                .hasMessageContaining("later than what is known")
                .hasMessageContaining("observed until 2026-11-21T08:00:12.000000Z");
    }

    @Test
    void aLostTailIsRefusedByTimeAndByEpoch() {
        fixture.append(3).cut();
        SegmentName lost = fixture.appendBase(1, "").append(2).cut();
        Provenance end = fixture.model().provenanceAt(6);
        long last = fixture.model().provenanceAt(3).epoch();
        assertThat(end.epoch()).as("an epoch that only the lost commits have").isGreaterThan(last);
        fixture.role().putHead(end, fixture.role().head().segmentHash(), end.timeMicros() + SECOND, end.epoch());
        fixture.repository().store().delete(lost.key());
        String within = "time:" + Timestamps.print(end.timeMicros() + SECOND / 2);
        for (String ref : List.of(within, "epoch:" + end.epoch(), "seq:5", "latest")) {
            assertThatThrownBy(() -> resolve(ref)).as(ref).isInstanceOf(GapException.class);
        }
        assertThat(resolve("epoch:" + last).seq()).isEqualTo(3);
    }

    /** Also where nobody has taken the fork up, so that it has no head of its own. */
    @Test
    void aForkDoesNotHideWhatItsParentLost() {
        fixture.append(3).cut();
        SegmentName lost = fixture.appendBase(1, "").append(2).cut();
        Provenance end = fixture.model().provenanceAt(6);
        int fork = Forks.fork(fixture.repository(), 1, 6, "test", "", RepositoryFixture.CLOCK.instant())
                .timeline();
        fixture.repository().store().delete(lost.key());
        String within = "@time:" + Timestamps.print(end.timeMicros() + SECOND / 2);
        for (String ref : List.of(within, "@epoch:" + end.epoch(), "@seq:5", "@latest")) {
            assertThatThrownBy(() -> resolve(fork + ref))
                    .as(ref)
                    .isInstanceOf(GapException.class)
                    .hasMessageContaining("the segments end at seq 3");
        }
        assertThat(resolve(fork + "@seq:2").seq()).isEqualTo(2);
        History history = History.load(fixture.repository());
        assertThat(Window.of(history, fork).gaps())
                .singleElement()
                .satisfies(gap -> assertThat(gap.afterSeq()).isEqualTo(3));
        WriterRole.Request request = new WriterRole.Request("test", fork, "");
        assertThatThrownBy(() -> WriterRole.take(fixture.repository(), request, RepositoryFixture.CLOCK))
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("left its parent after seq 6");
    }

    /** Timeline 3 cannot be followed to its beginning: that is no obstacle to timeline 1. */
    @Test
    void damageOnAnotherTimelineIsNoObstacle() {
        fixture.append(3).cut();
        fixture.fork(3);
        fixture.append(2).cut();
        fixture.fork(5);
        fixture.append(4).cut();
        fixture.role()
                .publish(Manifest.Edit.gap(new Gap(
                        3, 6, 1, 1, 2, 2, new SourceDifference(1, SourceDifference.Agreed.NEVER, "key").toString())));
        ObjectStore store = fixture.repository().store();
        store.delete(store.list("timelines/", "", 10).get(1).key());
        assertThatThrownBy(() -> resolve("3@latest")).isInstanceOf(CorruptException.class);
        assertThat(resolve("1@latest").seq()).isEqualTo(3);
        assertThatThrownBy(() -> resolve("1@seq:8"))
                .isInstanceOf(PointNotFoundException.class)
                .hasMessageContaining("is not there yet");
        long last = fixture.model(1).provenanceAt(3).timeMicros();
        assertThat(resolve("1@time:" + Timestamps.print(last)).seq()).isEqualTo(3);
        assertThat(resolve("1@time:" + Timestamps.print(last)).notes())
                .contains("timeline 3 cannot be followed; whether it was live is not known");
        assertThatThrownBy(() -> resolve("1@time:" + Timestamps.print(last + SECOND)))
                .isInstanceOf(PointNotFoundException.class)
                .hasMessageContaining("later than what is known");
        History history = History.load(fixture.repository());
        assertThat(new RestorePlanner(history, RepositoryFixture.CLOCK.instant())
                        .plan(RefParser.parse("1@seq:2"), false)
                        .target()
                        .seq())
                .isEqualTo(2);
        assertThat(SourceComparison.notes(history, resolve("1@seq:2")))
                .as("what was found to differ may be shared")
                .singleElement()
                .asString()
                .startsWith("IN DOUBT: seq 1 to 3 may not be what the source held");
    }

    @Test
    void theWindowStartsAtAPointOfRestore() {
        fixture.appendBase(3, "").append(2).cut();
        assertThatThrownBy(() -> resolve("time:1969-12-31T00:00:00Z")).hasMessageContaining("which starts at seq:3");
        assertThatThrownBy(() -> resolve("seq:0")).hasMessageContaining("the window starts at seq:3");
    }

    @Test
    void latestSaysThatABaseIsBeingTaken() {
        fixture.append(3);
        fixture.appendBasePiece(CommitKind.BASE_PART, true, "the log was lost");
        fixture.appendBasePiece(CommitKind.BASE_PART, false, "");
        fixture.cut();
        ResolvedPoint latest = resolve("latest");
        assertThat(latest.seq()).isEqualTo(3);
        assertThat(latest.notes())
                .anyMatch(note ->
                        note.contains("a base is being taken: seq:4 to seq:5") && note.contains("the log was lost"));
    }

    @Test
    void latestSaysUntilWhenTheSourceWasObserved() {
        fixture.append(3).cut();
        assertThat(resolve("latest").notes()).anyMatch(note -> note.contains("observed until "));
    }
}
