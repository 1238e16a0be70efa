package io.metawal.pitr.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.GapException;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.PointNotFoundException;
import io.metawal.pitr.plan.Restored;
import io.metawal.pitr.plan.Window;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.repository.Forks;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Keys;
import io.metawal.storage.repository.SegmentName;
import io.metawal.storage.repository.SnapshotId;
import io.metawal.storage.repository.WriterRole;
import io.metawal.testkit.history.Model;
import io.metawal.testkit.repository.RepositoryFixture;
import io.metawal.testkit.seed.Seeded;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a sound repository may look like without a finding, and what each finding names. */
class VerifierTest {
    @TempDir
    Path scratch;

    private final MemoryObjectStore store = new MemoryObjectStore(RepositoryFixture.CLOCK);
    private final RepositoryFixture fixture = new RepositoryFixture(store, Seeded.random(23));

    private VerifyReport verify(Level level) {
        return new Verifier(
                        fixture.repository(),
                        new ReplayLimits(1, 1 << 20, scratch),
                        RepositoryFixture.CLOCK.instant(),
                        () -> {})
                .run(level);
    }

    private void restores(String ref, long seq) {
        assertThat(Restored.from(History.load(fixture.repository()), ref, scratch))
                .as(ref)
                .isEqualTo(fixture.model().entriesAt(seq));
    }

    private static void flip(MemoryObjectStore store, ObjectKey key, int fromEnd) {
        byte[] bytes = store.read(key);
        bytes[bytes.length - fromEnd] ^= 1;
        store.replace(key, bytes);
    }

    @Test
    void aSnapshotInTheMiddleOfABaseIsSound() {
        fixture.append(5);
        fixture.appendBasePiece(CommitKind.BASE_PART, true, "");
        fixture.appendBasePiece(CommitKind.BASE_PART, false, "");
        fixture.cut();
        fixture.snapshot(4);
        assertThat(verify(Level.REPLAY).findings()).isEmpty();
        restores("latest", 5);
        fixture.appendBasePiece(CommitKind.BASE, false, "");
        fixture.append(3).cut();
        assertThat(verify(Level.REPLAY).findings()).isEmpty();
        restores("seq:8", 8);
        restores("latest", 11);
        restores("latest~4", 5);
    }

    @Test
    void aFirstBaseThatIsNotCompleteIsSoundAndOffersNothing() {
        fixture.appendBasePiece(CommitKind.BASE_PART, true, "");
        fixture.appendBasePiece(CommitKind.BASE_PART, false, "");
        fixture.cut();
        VerifyReport report = verify(Level.REPLAY);
        assertThat(report.findings()).isEmpty();
        assertThat(report.restorable()).isEqualTo(new Window(null, null, List.of(), List.of()));
        for (String ref : List.of("latest", "seq:1", "epoch:10", "latest~1")) {
            assertThatThrownBy(() -> restores(ref, 1)).as(ref).isInstanceOf(PointNotFoundException.class);
        }
    }

    @Test
    void aClockInsideABaseBehindAGapIsInTheGap() {
        fixture.append(5).cut();
        fixture.appendBasePiece(CommitKind.BASE_PART, true, "was away");
        fixture.appendBasePiece(CommitKind.BASE_PART, false, "");
        fixture.cut();
        Model model = fixture.model();
        long before = model.commit(5).epoch();
        for (long epoch = before + 1; epoch <= before + 10; epoch++) {
            String ref = "epoch:" + epoch;
            assertThatThrownBy(() -> restores(ref, 5))
                    .as(ref)
                    .isInstanceOf(GapException.class)
                    .hasMessageContaining("was away")
                    .hasMessageContaining("seq:5");
        }
        String time = "time:" + Timestamps.print(model.commit(7).timeMicros());
        assertThatThrownBy(() -> restores(time, 5)).isInstanceOf(GapException.class);
        restores("epoch:" + before, 5);
        restores("latest", 5);
        fixture.appendBasePiece(CommitKind.BASE, false, "");
        fixture.cut();
        restores("epoch:" + (before + 10), 8);
        assertThatThrownBy(() -> restores("epoch:" + (before + 9), 5)).isInstanceOf(GapException.class);
    }

    @Test
    void goingBackIntoAHoleIsAGap() {
        fixture.append(5).cut();
        ObjectKey lost = fixture.append(5).cut().key();
        fixture.append(5).cut();
        fixture.snapshot(100);
        fixture.append(2).cut();
        store.delete(lost);
        restores("latest~2", 15);
        assertThatThrownBy(() -> restores("latest~7", 10))
                .isInstanceOf(GapException.class)
                .hasMessageContaining(
                        "the segments of seq 6 to 10 are missing; the nearest points are seq:5 and seq:15");
    }

    @Test
    void theLastEditOfTheManifestIsMissedWhenItIsGone() {
        fixture.append(5).cut();
        fixture.snapshot(3);
        ObjectKey edit = Keys.manifest(1);
        store.delete(edit);
        assertThat(verify(Level.LIST).findings())
                .anySatisfy(finding -> assertThat(finding.object()).isEqualTo(edit.value()));
        assertThat(verify(Level.LIST).exit()).isEqualTo(ExitCode.CORRUPT);
        restores("latest", 5);
    }

    @Test
    void aTimelineThatNobodyWroteIsMissedWhenALaterWriterKnewIt() {
        fixture.append(5).cut();
        Forks.fork(fixture.repository(), 1, 3, "test", "", RepositoryFixture.CLOCK.instant());
        fixture.reopen();
        store.delete(Keys.timeline(2));
        assertThat(verify(Level.LIST).findings())
                .singleElement()
                .satisfies(finding ->
                        assertThat(finding.object()).isEqualTo(Keys.timeline(2).value()));
    }

    @Test
    void whatIsLostBeforeAForkWithoutCommitsIsMissed() {
        fixture.append(3).cut();
        SegmentName lost = fixture.append(3).cut();
        Forks.fork(fixture.repository(), 1, 6, "test", "", RepositoryFixture.CLOCK.instant());
        store.delete(lost.key());
        assertThat(verify(Level.LIST).findings())
                .anySatisfy(
                        finding -> assertThat(finding.detail())
                                .contains(
                                        "timeline 2 left its parent after seq 6, but the segments that lead to it end at seq 3"));
    }

    /** What cannot be followed is a finding; the other timelines are verified all the same. */
    @Test
    void damageOnOneTimelineHidesNoOther() {
        fixture.append(3).cut();
        fixture.fork(3);
        fixture.append(2).cut();
        fixture.fork(5);
        fixture.append(2).cut();
        SegmentName own = new SegmentName(1, 1, 3, 1);
        store.delete(Keys.timeline(2));
        flip(store, own.key(), 20);
        assertThat(verify(Level.HASH).findings())
                .anySatisfy(finding -> assertThat(finding.detail()).contains("timeline 3 cannot be followed"))
                .anySatisfy(finding -> assertThat(finding.object()).isEqualTo(own.toString()));
    }

    @Test
    void aForkThatDoesNotFollowFromItsParentIsNoticed() {
        fixture.append(6).cut();
        fixture.fork(4);
        ObjectKey child = fixture.append(3).cut().key();
        fixture.append(3).cut();
        assertThat(verify(Level.CHAIN).findings()).isEmpty();
        // The same timeline of another repository, whole in itself.
        MemoryObjectStore other = new MemoryObjectStore(RepositoryFixture.CLOCK);
        RepositoryFixture stranger = new RepositoryFixture(other, Seeded.random(24));
        stranger.append(6).cut();
        stranger.fork(4);
        stranger.append(3).cut();
        store.replace(child, other.read(child));
        assertThat(verify(Level.CHAIN).findings())
                .anySatisfy(finding -> assertThat(finding.object()).isEqualTo(child.value()));
        assertThat(verify(Level.CHAIN).exit()).isEqualTo(ExitCode.MISMATCH);
        assertThatThrownBy(() -> restores("latest", 7)).isInstanceOf(MetawalException.class);
    }

    @Test
    void aSnapshotOfCommitsThatNobodyArchivedIsNoBase() {
        fixture.append(5).cut();
        fixture.append(3);
        SnapshotId dead = fixture.snapshot(100);
        // The writer dies with commits 6 to 8, and the next one goes on differently.
        fixture.reopen().append(10).cut();
        for (long seq = 1; seq <= 15; seq++) {
            restores("seq:" + seq, seq);
        }
        VerifyReport report = verify(Level.REPLAY);
        assertThat(report.findings())
                .allSatisfy(finding -> assertThat(finding.severity()).isEqualTo(Finding.Severity.INFO))
                .anySatisfy(finding -> assertThat(finding.object())
                        .isEqualTo(dead.manifestKey().value()));
    }

    @Test
    void whatIsDamagedIsNotCalledRestorable() {
        fixture.append(5).cut();
        ObjectKey middle = fixture.append(5).cut().key();
        fixture.append(5).cut();
        SnapshotId base = fixture.snapshot(100);
        fixture.append(5).cut();
        flip(store, middle, 200);
        Window window = Objects.requireNonNull(verify(Level.HASH).restorable());
        assertThat(Objects.requireNonNull(window.from()).seq()).isEqualTo(15);
        assertThat(Objects.requireNonNull(window.to()).seq()).isEqualTo(20);
        flip(store, base.chunkKey(0), 40);
        window = Objects.requireNonNull(verify(Level.HASH).restorable());
        assertThat(Objects.requireNonNull(window.from()).seq()).isEqualTo(1);
        assertThat(Objects.requireNonNull(window.to()).seq()).isEqualTo(5);
    }

    @Test
    void aWriterDoesNotGoOnFromADamagedEnd() {
        ObjectKey last = fixture.append(5).cut().key();
        // The footer's chain value, its digest, and the hash that the next segment would name.
        for (int fromEnd : List.of(90, 60, 30)) {
            byte[] good = store.read(last);
            flip(store, last, fromEnd);
            assertThatThrownBy(() -> WriterRole.take(
                            fixture.repository(), new WriterRole.Request("test", 1, ""), RepositoryFixture.CLOCK))
                    .as("byte %d from the end", fromEnd)
                    .isInstanceOf(CorruptException.class)
                    .hasMessageContaining(last.value());
            store.replace(last, good);
        }
        assertThat(History.load(fixture.repository()).terms().terms()).hasSize(1);
    }
}
