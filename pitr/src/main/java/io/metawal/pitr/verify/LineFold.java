package io.metawal.pitr.verify;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.Provenance;
import io.metawal.pitr.plan.CommitFinder;
import io.metawal.storage.format.Segment;
import io.metawal.storage.format.StampedCommit;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.SegmentName;
import io.metawal.storage.repository.Segments;
import io.metawal.storage.repository.SnapshotManifest;
import io.metawal.storage.rocks.RocksImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Folds one timeline's own segments into an image on disk, each commit once, and compares the digest that was recorded beside it. Where the
 * log cannot be read, it begins again at the next snapshot. A difference is reported where it comes up, not at every commit after it.
 */
final class LineFold {
    private final History history;
    private final List<SnapshotManifest> snapshots;
    private final Findings findings;
    private final Images images;
    private final Runnable progress;
    private final Segments segments;

    /** Gives the image at a commit. */
    interface Images {
        void at(Provenance at, Loading loading);
    }

    /** Takes an image's entries, in order. */
    interface Loading {
        void load(EntryIterator entries);
    }

    LineFold(History history, List<SnapshotManifest> snapshots, Findings findings, Images images, Runnable progress) {
        this.history = history;
        this.snapshots = snapshots;
        this.findings = findings;
        this.images = images;
        this.progress = progress;
        this.segments = new Segments(history.repository().store());
    }

    void verify(int timeline, Path directory) {
        try (RocksImage image = RocksImage.open(directory)) {
            Fold fold = new Fold(timeline, image);
            for (SegmentName name : history.segments(timeline)) {
                findings.check(name.key(), () -> fold.take(name));
                progress.run();
            }
        }
        RocksImage.discard(directory);
    }

    private final class Fold {
        private final int timeline;
        private final RocksImage image;
        private boolean sound;
        private Digest drift = Digest.EMPTY;

        Fold(int timeline, RocksImage image) {
            this.timeline = timeline;
            this.image = image;
        }

        void take(SegmentName name) {
            boolean joined = sound && image.provenance().seq() == name.first() - 1;
            sound = false;
            if (joined || begin(name)) {
                fold(name, segments.open(name));
                sound = true;
            }
        }

        /** Brings the image to where the segment can be folded from; false where no way leads there. */
        private boolean begin(SegmentName name) {
            drift = Digest.EMPTY;
            return before(name).filter(this::load).isPresent()
                    || inside(name).filter(this::load).isPresent();
        }

        /** The commit before the segment; empty where it cannot be read. */
        private Optional<Provenance> before(SegmentName name) {
            long seq = name.first() - 1;
            if (seq == 0) {
                return Optional.of(Provenance.START);
            }
            try {
                return new CommitFinder(history.line(timeline), segments)
                        .bySeq(seq)
                        .map(StampedCommit::provenance);
            } catch (MetawalException e) {
                throwUnlessDamage(e);
                return Optional.empty();
            }
        }

        /** The first snapshot of a commit of the segment, or of the one before it. */
        private Optional<Provenance> inside(SegmentName name) {
            return snapshots.stream()
                    .map(SnapshotManifest::at)
                    .filter(at -> at.timeline() == timeline && at.seq() >= name.first() - 1 && at.seq() <= name.last())
                    .findFirst();
        }

        private boolean load(Provenance commit) {
            Provenance at = commit.on(timeline);
            try {
                if (at.seq() == 0) {
                    image.load(at, EntryIterator.of(List.of()));
                } else {
                    images.at(at, entries -> image.load(at, entries));
                }
                return true;
            } catch (MetawalException e) {
                throwUnlessDamage(e);
                return false;
            }
        }

        private static void throwUnlessDamage(MetawalException e) {
            if (e.code() == ExitCode.UNREACHABLE || e.code() == ExitCode.ACCESS_DENIED) {
                throw e;
            }
        }

        private void fold(SegmentName name, Segment segment) {
            long[] wrong = {0};
            segment.forEach(stamped -> {
                if (stamped.record().seq() > image.provenance().seq()) {
                    Digest found = image.apply(stamped.record().commit());
                    compare(name, stamped, found, wrong);
                }
            });
        }

        private void compare(SegmentName name, StampedCommit stamped, Digest found, long[] wrong) {
            Digest now = stamped.digest().minus(found);
            boolean fresh = !now.equals(drift) && !now.equals(Digest.EMPTY);
            drift = now;
            if (fresh && wrong[0]++ == 0) {
                findings.error(
                        "digest",
                        name.key(),
                        "the log leads to digest " + found + " at seq "
                                + stamped.record().seq() + ", but " + stamped.digest()
                                + " was recorded when that commit was captured: it cannot be restored to");
            }
        }
    }
}
