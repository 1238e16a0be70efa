package io.metawal.wal.archive;

import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Image;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.port.LogReader;
import io.metawal.metadata.port.MetadataLog;
import io.metawal.storage.format.EncodedSegment;
import io.metawal.storage.format.Segment;
import io.metawal.storage.format.SegmentBuilder;
import io.metawal.storage.format.StampedCommit;
import io.metawal.storage.repository.Gap;
import io.metawal.storage.repository.Head;
import io.metawal.storage.repository.Manifest;
import io.metawal.storage.repository.Segments;
import io.metawal.storage.repository.WriterRole;
import io.metawal.wal.TrimPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The follower that takes the log into the repository: applies each commit to the image (whence its digest), collects
 * segments, publishes them, and rewrites the head.
 *
 * <ul>
 *   <li>One thread calls {@link #step}; the rest may be called from any.
 *   <li>The image never leaves this thread's hands but as a view.
 *   <li>A segment is encoded once and offered until the store takes it: the same bytes, so that an unknown outcome can be
 *       found out by reading back (I10). Meanwhile no other segment is collected: memory stays bounded (I11). Only the image is
 *       moved ahead, where somebody waits for a view of it; it keeps the digests that the segments need.
 *   <li>What is archived was read back from its own bytes first.
 * </ul>
 */
public final class Archiver {
    /** Commits that the image is moved ahead by in one step, while a segment waits for the store. */
    private static final int AHEAD_MAX = 5_000;

    private final ArchivePolicy policy;
    private final MetadataLog log;
    private final Image image;
    private final WriterRole role;
    private final ArchiveListener listener;
    private final LongSupplier nanos;
    private final Supplier<List<Long>> followers;
    private final ArchiveWaiters waiters;
    private final ObservedUntil observed;
    private final LogReader reader;
    private final List<Gap> gaps = new ArrayList<>();
    private final ClockWatch clocks;
    private final Queue<ViewRequest> views = new ConcurrentLinkedQueue<>();
    private Segments.End end;
    private SegmentBuilder builder;
    private long openedNanos;
    private @Nullable EncodedSegment pending;
    private long decodeNanos;
    private long observedMicros;
    private long headNanos;
    private long checkedNanos;
    private boolean failing;
    private volatile FlushRequest flush = new FlushRequest(0, CompletableFuture.completedFuture(null));

    /**
     * @param log reaching back to what the image or the archive lacks first
     * @param role whose term says where the archive ends
     * @param followers the seqs that others who read the log have taken; it is not trimmed past them
     * @param nanos a clock that only measures, such as {@code System::nanoTime}
     */
    public Archiver(
            ArchivePolicy policy,
            MetadataLog log,
            Image image,
            WriterRole role,
            Supplier<List<Long>> followers,
            ArchiveListener listener,
            LongSupplier nanos) {
        this.policy = policy;
        this.log = log;
        this.image = image;
        this.role = role;
        this.end = new Segments.End(role.term().from(), role.term().previousHash());
        this.followers = followers;
        this.listener = listener;
        this.nanos = nanos;
        this.clocks = new ClockWatch(role, listener);
        Provenance at = end.at();
        this.waiters = new ArchiveWaiters(at.seq());
        Head head = role.head();
        this.observed = new ObservedUntil(new Observation(at.seq(), head.observedEpoch(), head.observedUntilMicros()));
        this.observedMicros = head.observedUntilMicros();
        this.reader = log.read(Math.min(image.provenance().seq(), at.seq()) + 1);
        this.builder = new SegmentBuilder(role.term().term(), at);
        this.headNanos = nanos.getAsLong();
        this.checkedNanos = headNanos;
    }

    /** Does what there is to do, and returns how many commits it took: 0 means that waiting a little is right. */
    public int step() {
        FlushRequest request = flush;
        try {
            int taken = pending == null ? collect() : moveAhead();
            answerViews();
            archive(request);
            return taken;
        } catch (MetawalException e) {
            if (!e.code().mayPass()) {
                tellAll(e);
                throw e;
            }
            failing = true;
            listener.failing(e);
            return 0;
        } catch (RuntimeException | Error e) {
            tellAll(e);
            throw e;
        }
    }

    private void archive(FlushRequest request) {
        boolean flushing = !request.done().isDone();
        if (pending == null && !builder.isEmpty() && due(flushing)) {
            pending = encode();
        }
        EncodedSegment segment = pending;
        if (segment != null) {
            publish(segment);
        }
        putHead(segment != null || flushing);
        if (failing) {
            failing = false;
            listener.answering();
        }
        if (end.at().seq() >= request.toSeq()) {
            request.done().complete(null);
        }
    }

    /** Nobody is to wait for what will not come. */
    private void tellAll(Throwable failure) {
        RuntimeException told = failure instanceof RuntimeException known
                ? known
                : new IllegalStateException("the archive cannot go on: " + failure, failure);
        waiters.failed(told);
        flush.done().completeExceptionally(told);
        views.forEach(view -> view.future().completeExceptionally(told));
    }

    private boolean due(boolean flushing) {
        return flushing || policy.cut(builder.rawBytes(), nanos.getAsLong() - openedNanos);
    }

    private int collect() {
        int taken = 0;
        while (builder.rawBytes() < policy.segmentBytesMax()) {
            CommitRecord record = reader.poll();
            if (record == null) {
                break;
            }
            taken++;
            StampedCommit stamped = new StampedCommit(record, digestAfter(record));
            if (record.seq() <= end.at().seq()) {
                continue;
            }
            if (builder.isEmpty()) {
                openedNanos = nanos.getAsLong();
            }
            noteGap(record);
            clocks.take(record);
            builder.add(stamped);
        }
        return taken;
    }

    /** The store does not take a segment, and views are asked for: the image does not wait for the store. */
    private int moveAhead() {
        long from = image.provenance().seq();
        long to = views.stream().mapToLong(ViewRequest::seq).max().orElse(0);
        if (to <= from) {
            return 0;
        }
        int taken = 0;
        try (LogReader ahead = log.read(from + 1)) {
            while (taken < AHEAD_MAX && image.provenance().seq() < to) {
                CommitRecord record = ahead.poll();
                if (record == null) {
                    break;
                }
                image.apply(record.commit());
                taken++;
            }
        }
        return taken;
    }

    private Digest digestAfter(CommitRecord record) {
        if (record.seq() > image.provenance().seq()) {
            return image.apply(record.commit());
        }
        Digest known = image.digestAt(record.seq());
        if (known == null) {
            throw new MismatchException(
                    "the image stands at seq " + image.provenance().seq()
                            + " and no longer knows its digest at seq " + record.seq()
                            + ", which is not archived: delete the image directory; it is built again from the repository");
        }
        return known;
    }

    private void noteGap(CommitRecord record) {
        if (record.afterGap()) {
            Provenance before = builder.end();
            gaps.add(new Gap(
                    record.timeline(),
                    before.seq(),
                    before.epoch(),
                    before.timeMicros(),
                    record.epoch(),
                    record.timeMicros(),
                    record.commit().body().gapReason()));
        }
    }

    private EncodedSegment encode() {
        EncodedSegment segment = builder.build(end.hash());
        long start = nanos.getAsLong();
        try (InputStream in = segment.open(0)) {
            Segment.open(in.readAllBytes(), "segment of seq " + segment.header().firstSeq())
                    .forEach(any -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        decodeNanos = nanos.getAsLong() - start;
        return segment;
    }

    private void publish(EncodedSegment segment) {
        // A gap is told before the commits after it are there: a reader that sees them knows of it.
        while (!gaps.isEmpty()) {
            role.publish(Manifest.Edit.gap(gaps.get(0)));
            gaps.remove(0);
        }
        clocks.publish();
        role.publish(segment);
        end = new Segments.End(segment.end(), segment.hash());
        builder = new SegmentBuilder(role.term().term(), segment.end());
        observedMicros = clocks.observedMicros();
        pending = null;
        image.forgetDigestsBefore(end.at().seq());
        waiters.reached(end.at().seq());
        trim();
        if (image.provenance().seq() == end.at().seq()) {
            listener.archived(segment, decodeNanos, image::view);
        } else {
            listener.archivedWithoutView(segment, decodeNanos);
        }
    }

    private void putHead(boolean now) {
        Provenance at = end.at();
        // At a fork, the clock of what was before may be another than that of what comes.
        long epoch = at.seq() == role.term().from().seq() ? role.head().observedEpoch() : at.epoch();
        Observation until = observed.archived(at.seq(), epoch, observedMicros);
        Head written = role.head();
        boolean changed = written.at().seq() != at.seq()
                || written.observedUntilMicros() != until.timeMicros()
                || written.manifest() != role.manifestNumber()
                || role.comparedSince(at.seq());
        long waited = nanos.getAsLong() - headNanos;
        if (changed && (now || waited >= policy.segmentAgeMax().toNanos())) {
            role.putHead(at, end.hash(), until.timeMicros(), until.epoch());
            headNanos = nanos.getAsLong();
        }
        if (nanos.getAsLong() - checkedNanos >= policy.heartbeat().toNanos()) {
            role.heartbeat();
            headNanos = nanos.getAsLong();
            checkedNanos = headNanos;
        }
    }

    /** @param done completes when the commits up to {@code toSeq} are archived, and the head says so */
    private record FlushRequest(long toSeq, CompletableFuture<Void> done) {}

    /**
     * Cuts at the next steps without waiting for bytes or age, until all that is in the log now is archived; the future
     * completes when it is, and the head says so.
     */
    public synchronized CompletableFuture<Void> flush() {
        FlushRequest before = flush;
        FlushRequest request = new FlushRequest(log.head().seq(), new CompletableFuture<>());
        // Who asked before asked for less: it is done when this one is.
        CompletableFuture<Void> unused = request.done().whenComplete((any, failure) -> {
            if (failure == null) {
                before.done().complete(null);
            } else {
                before.done().completeExceptionally(failure);
            }
        });
        flush = request;
        return request.done();
    }

    /** Completes when the commit of this seq is archived; fails when this writer was fenced. */
    public CompletableFuture<Void> whenArchived(long seq) {
        return waiters.await(seq);
    }

    public long archivedSeq() {
        return waiters.archived();
    }

    /** The source had nothing beyond the commits that were appended so far, up to this time and epoch. */
    public void observe(long lastSeq, long epoch, long timeMicros) {
        observed.observe(new Observation(lastSeq, epoch, timeMicros));
    }

    /** A view of the image once it has this commit; to be closed by the caller. Asked of the thread that has the image. */
    public CompletableFuture<ImageView> view(long seq) {
        ViewRequest request = new ViewRequest(seq, new CompletableFuture<>());
        views.add(request);
        return request.future();
    }

    private record ViewRequest(long seq, CompletableFuture<ImageView> future) {}

    private void answerViews() {
        views.removeIf(request -> {
            boolean ready = image.provenance().seq() >= request.seq();
            if (ready && !request.future().isDone()) {
                ImageView view = image.view();
                if (!request.future().complete(view)) {
                    view.close();
                }
            }
            return ready;
        });
    }

    /** Lets the log go of what is archived, and what no follower needs any more. */
    private void trim() {
        log.trimBefore(TrimPolicy.keepFrom(archivedSeq(), followers.get()));
    }
}
