package io.metawal.tools.engine;

import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.Image;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.point.Ref;
import io.metawal.pitr.plan.CommitFinder;
import io.metawal.pitr.plan.RestorePlan;
import io.metawal.pitr.plan.RestorePlanner;
import io.metawal.pitr.replay.MergedEntries;
import io.metawal.pitr.replay.Replay;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.storage.format.StampedCommit;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.Segments;
import io.metawal.storage.repository.SnapshotManifest;
import io.metawal.storage.rocks.RocksImage;
import java.nio.file.Path;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the image and sees that it goes on where the log does. It is a cache: where it does not fit, or is damaged, it is
 * built again from the repository.
 */
final class ImageLoader {
    private static final Logger LOG = LoggerFactory.getLogger(ImageLoader.class);

    private final History history;
    private final Path directory;
    private final Path scratch;

    ImageLoader(History history, Path directory, Path scratch) {
        this.history = history;
        this.directory = directory;
        this.scratch = scratch;
    }

    /**
     * @param archived where the archive ends
     * @param logFirst the oldest seq that the hot log has
     * @param logLast the newest
     */
    Image open(Provenance archived, long logFirst, long logLast, Instant now) {
        Image image = opened();
        follow(image, archived);
        String unfit = unfit(image.provenance(), archived, logFirst, logLast);
        if (unfit.isEmpty()
                && image.provenance().seq() > archived.seq()
                && image.digestAt(archived.seq() + 1) == null) {
            unfit = "it no longer knows its digest at seq " + (archived.seq() + 1) + ", which is not archived";
        }
        if (unfit.isEmpty()) {
            return image;
        }
        return again(image, archived, now, unfit);
    }

    /** The image of those who follow a writer elsewhere: as far as the archive is, by the archive alone. */
    Image openAt(Provenance archived, Instant now) {
        Image image = opened();
        return follow(image, archived)
                ? image
                : again(image, archived, now, "it is not an earlier state of the archive's");
    }

    /**
     * Applies what is archived beyond an image, if the image is a state that the archive has.
     *
     * @return whether it stands where the archive does now
     */
    boolean follow(Image image, Provenance archived) {
        Provenance at = image.provenance();
        if (at.equals(archived)) {
            return true;
        }
        if (at.timeline() != archived.timeline() || at.seq() > archived.seq()) {
            return false;
        }
        Line line = history.line(archived.timeline());
        Segments segments = new Segments(history.repository().store());
        boolean known = at.seq() == 0
                || new CommitFinder(line, segments)
                        .bySeq(at.seq())
                        .filter(commit -> commit.provenance().on(at.timeline()).equals(at))
                        .isPresent();
        if (!known) {
            return false;
        }
        try {
            line.between(at.seq() + 1, archived.seq()).forEach(piece -> apply(image, piece, segments));
        } catch (MismatchException e) {
            LOG.warn("the image cannot follow the archive", e);
            return false;
        }
        image.forgetDigestsBefore(archived.seq());
        return image.provenance().equals(archived);
    }

    private static void apply(Image image, Line.Piece piece, Segments segments) {
        segments.open(piece.segment()).forEach(stamped -> {
            CommitRecord record = stamped.record();
            if (record.seq() > image.provenance().seq() && record.seq() <= piece.upToSeq()) {
                apply(image, stamped);
            }
        });
    }

    private static void apply(Image image, StampedCommit stamped) {
        Digest digest = image.apply(stamped.record().commit());
        if (!digest.equals(stamped.digest())) {
            throw new MismatchException("the image has digest " + digest + " at seq "
                    + stamped.record().seq() + ", but " + stamped.digest()
                    + " was recorded when the commit was captured");
        }
    }

    private Image again(Image image, Provenance archived, Instant now, String unfit) {
        if (archived.seq() == 0) {
            image.load(archived, EntryIterator.of(java.util.List.of()));
            return image;
        }
        LOG.info("building the image again from the repository, since {}", unfit);
        load(image, archived, now);
        return image;
    }

    private RocksImage opened() {
        try {
            return RocksImage.open(directory);
        } catch (MetawalException e) {
            if (e.code() != ExitCode.CORRUPT && e.code() != ExitCode.UNSUPPORTED_FORMAT) {
                throw e;
            }
            LOG.warn("the image is set aside: {}", e.text());
            RocksImage.discard(directory);
            return RocksImage.open(directory);
        }
    }

    private static String unfit(Provenance at, Provenance archived, long logFirst, long logLast) {
        if (at.timeline() != archived.timeline()) {
            return "it is of timeline " + at.timeline() + ", not " + archived.timeline();
        }
        if (at.seq() > logLast) {
            return "it stands at seq " + at.seq() + ", but the log ends at " + logLast;
        }
        if (Math.min(at.seq(), archived.seq()) + 1 < logFirst) {
            return "it stands at seq " + at.seq() + ", but the log starts at " + logFirst;
        }
        if (at.seq() == archived.seq() && !at.equals(archived)) {
            return "it differs from the archive at seq " + at.seq();
        }
        return "";
    }

    private void load(Image image, Provenance archived, Instant now) {
        Ref ref = new Ref(archived.timeline(), Ref.Kind.SEQ, archived.seq(), "", 0, "seq:" + archived.seq());
        RestorePlanner planner = new RestorePlanner(history, now);
        while (true) {
            RestorePlan plan = planner.planAt(ref, archived);
            try (MergedEntries entries =
                    new Replay(history.repository().store(), ReplayLimits.of(scratch), any -> {}).run(plan)) {
                image.load(archived, entries);
                return;
            } catch (CorruptException | MismatchException e) {
                SnapshotManifest base = plan.base();
                if (base == null) {
                    throw e;
                }
                planner.skip(base.id(), e.text());
            }
        }
    }
}
