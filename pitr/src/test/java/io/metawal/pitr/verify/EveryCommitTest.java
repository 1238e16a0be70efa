package io.metawal.pitr.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStores;
import io.metawal.storage.repository.Gap;
import io.metawal.storage.repository.GapAcknowledgements;
import io.metawal.storage.repository.GapAcknowledgements.Acknowledgement;
import io.metawal.storage.repository.History;
import io.metawal.testkit.repository.RepositoryFixture;
import io.metawal.testkit.seed.Seeded;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code verify --level replay} compares the digest at every commit; {@code gap acknowledge} makes it green again. */
class EveryCommitTest {
    @TempDir
    Path scratch;

    private final MemoryObjectStore store = new MemoryObjectStore(RepositoryFixture.CLOCK);
    private final RepositoryFixture fixture = new RepositoryFixture(store, Seeded.random(8));

    private VerifyReport verify(Level level) {
        VerifyReport report = new Verifier(
                        fixture.repository(),
                        new ReplayLimits(1, 1 << 20, scratch),
                        RepositoryFixture.CLOCK.instant(),
                        () -> {})
                .run(level);
        assertThat(scratch).isEmptyDirectory();
        return report;
    }

    /** The digests of snapshots and of the ends of all timelines are right: only the commit itself says so. */
    @Test
    void aWrongDigestInTheMiddleOfASegmentIsFound() {
        fixture.append(20).cut();
        fixture.snapshot(50);
        ObjectKey wrong = fixture.append(4).appendMisdigested().append(5).cut().key();
        fixture.append(10).cut();
        fixture.snapshot(50);
        assertThat(verify(Level.CHAIN).findings()).isEmpty();
        VerifyReport report = verify(Level.REPLAY);
        assertThat(report.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo("digest");
            assertThat(finding.object()).isEqualTo(wrong.value());
            assertThat(finding.detail()).contains("at seq 25,");
        });
        assertThat(report.exit()).isEqualTo(ExitCode.MISMATCH);
    }

    @Test
    void everyCommitOfEveryTimelineIsLookedAt() {
        fixture.append(20).cut();
        fixture.append(20).cut();
        fixture.fork(25);
        fixture.append(10).cut();
        ObjectKey wrong = fixture.append(3).appendMisdigested().append(3).cut().key();
        fixture.fork(38);
        fixture.append(10).cut();
        assertThat(verify(Level.REPLAY).findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.object()).isEqualTo(wrong.value()));
    }

    /** I14: what is behind a hole is folded from the next snapshot on. */
    @Test
    void behindAHoleItBeginsAgainAtTheNextSnapshot() {
        fixture.append(10).cut();
        ObjectKey lost = fixture.append(10).cut().key();
        fixture.append(10).cut();
        fixture.snapshot(50);
        ObjectKey wrong = fixture.append(3).appendMisdigested().append(3).cut().key();
        store.delete(lost);
        assertThat(verify(Level.REPLAY).findings())
                .anySatisfy(finding -> assertThat(finding.kind()).isEqualTo("missing"))
                .anySatisfy(finding -> {
                    assertThat(finding.kind()).isEqualTo("digest");
                    assertThat(finding.object()).isEqualTo(wrong.value());
                })
                .hasSize(2);
    }

    @Test
    void aSnapshotOfOtherEntriesIsFound() {
        fixture.append(20).cut();
        var id = fixture.snapshot(5);
        fixture.append(20).cut();
        fixture.snapshot(5);
        store.delete(id.chunkKey(0));
        assertThat(verify(Level.REPLAY).findings())
                .anySatisfy(finding -> assertThat(finding.object()).contains(id.prefix()));
    }

    @Test
    void verifyIsGreenAgainOnceAGapIsAcknowledged() {
        fixture.append(5).cut();
        fixture.appendBase(2, "was away").cut();
        assertThat(verify(Level.REPLAY).exit()).isEqualTo(ExitCode.GAP);
        assertThat(verify(Level.LIST).findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.detail()).contains("metawal gap acknowledge 1@seq:5"));
        History history = History.load(fixture.repository());
        Gap gap = GapAcknowledgements.require(history, 1, 5);
        GapAcknowledgements acknowledgements = new GapAcknowledgements(fixture.repository());
        acknowledgements.create(new Acknowledgement(gap, "ann", "the machine was moved", 7));
        VerifyReport report = verify(Level.REPLAY);
        assertThat(report.exit()).isEqualTo(ExitCode.DONE);
        assertThat(report.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Finding.Severity.INFO);
            assertThat(finding.detail()).contains("acknowledged by ann").contains("the machine was moved");
        });
        // Another gap is not acknowledged with it.
        fixture.append(3).cut();
        fixture.appendBasePiece(CommitKind.BASE, true, "was away again");
        fixture.cut();
        assertThat(verify(Level.LIST).exit()).isEqualTo(ExitCode.GAP);
    }

    /** verify reads only: not one object is written, changed or deleted. */
    @Test
    void nothingIsWritten() {
        fixture.append(20).cut();
        fixture.snapshot(5);
        List<?> before = ObjectStores.all(store, "");
        verify(Level.REPLAY);
        assertThat(ObjectStores.all(store, "")).isEqualTo(before);
    }
}
