package io.metawal.connectors.etcd;

import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.CheckedSink;
import io.metawal.connectors.etcd.RevisionAssembler.Revision;
import io.metawal.connectors.etcd.rpc.EtcdHeader;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.SourceDifference;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.image.Provenance;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** etcd's history as far as the log holds it. For one thread. */
final class CapturedHistory {
    /** So long a quiet prefix may go without a commit that moves the position on. */
    private static final long PROGRESS_MICROS = TimeUnit.SECONDS.toMicros(60);

    private static final long STOP_SECONDS_MAX = 5;
    private static final int UNSURE_MAX = 10_000;

    private final EtcdCapture.Wiring wiring;
    private final Interpretation interpretation;
    private final CheckedSink sink;
    private final RecentRevisions recent = new RecentRevisions();
    private final ArrayDeque<Unsure> unsure = new ArrayDeque<>();
    private @Nullable EtcdPosition position;
    private long complete;
    private long committedMicros;
    private boolean compared;

    /** @param commit that captured the revision, or an earlier one */
    private record Unsure(long revision, CompletableFuture<CommitHeader> commit) {}

    CapturedHistory(EtcdCapture.Wiring wiring, CheckedSink sink) {
        this.wiring = wiring;
        this.interpretation = wiring.interpretation();
        this.sink = sink;
    }

    void resume(ByteString resumeAt) {
        EtcdPosition at = resumeAt.isEmpty() ? null : EtcdPosition.parse(resumeAt);
        position = at;
        complete = at == null ? 0 : at.complete();
        if (at != null && !at.inBase()) {
            // A prefix may have been quiet up to there when the process before was killed.
            complete = Math.max(complete, interpretation.revisionOf(sink.observedEpoch()));
        }
    }

    /** Where the log ends; null where it holds nothing. */
    @Nullable
    EtcdPosition position() {
        return position;
    }

    /** The revision up to which the log holds everything; it may be after the position, where a prefix was quiet. */
    long complete() {
        return complete;
    }

    RecentRevisions recent() {
        return recent;
    }

    /** Where a watch starts, so that it reports again what was captured last: never after what is complete. */
    long start() {
        return recent.list().isEmpty() ? complete : recent.list().get(0).revision();
    }

    /** Whether this process has compared the log with etcd, or made it whole by a base. */
    boolean compared() {
        return compared;
    }

    void base(EtcdHeader head, String why) throws InterruptedException {
        long after = complete;
        // Should it break off: this is where the log was complete, whatever pieces it took.
        position = EtcdPosition.inBase(head.clusterId(), head.revision(), after);
        position = EtcdBase.take(wiring, head, after, why, sink);
        complete = head.revision();
        committedMicros = now();
        equal();
    }

    /** The log is known to hold what etcd holds. */
    void equal() {
        compared = true;
        recent.clear();
        unsure.clear();
    }

    /** Compares all keys at the revision that the log is complete at. */
    EtcdSelfCheck.Report compare() throws InterruptedException {
        try (ImageView image = sink.image()) {
            if (!compared) {
                interpretation.resume(image);
            }
            EtcdSelfCheck.Report report =
                    EtcdSelfCheck.compare(wiring.client(), wiring.options(), interpretation, image, complete);
            if (!report.compacted() && report.differences() == 0) {
                Provenance at = image.provenance();
                sink.compared(new SourceDifference.Agreed(at.seq(), at.epoch()));
            }
            return report;
        }
    }

    /** What a comparison found, as the end of a gap's reason. */
    SourceDifference difference(EtcdSelfCheck.Report report) {
        return new SourceDifference(
                report.differences(), sink.lastCompared(), report.examples().get(0));
    }

    /** The revision that was captured last may lack changes, or one before it be left out, until {@link #sure}. */
    void unsure() {
        Unsure last = unsure.size() < UNSURE_MAX ? null : unsure.removeLast();
        unsure.add(new Unsure(complete, last == null ? sink.last() : last.commit()));
    }

    /** Up to a revision, nothing is missing. */
    void sure(long revision) {
        while (!unsure.isEmpty() && unsure.peek().revision() <= revision) {
            unsure.remove();
        }
    }

    /** The commits that may lack changes, where etcd has no longer what they could be compared with; null where there are none. */
    @Nullable
    SourceDifference doubt() {
        Unsure first = unsure.peek();
        if (first == null) {
            return null;
        }
        CommitHeader header = first.commit().isCompletedExceptionally()
                ? null
                : first.commit().getNow(null);
        SourceDifference.Agreed before = header == null
                ? sink.lastCompared()
                : new SourceDifference.Agreed(header.seq() - 1, header.epoch() - 1);
        return new SourceDifference(0, before, "not known");
    }

    /** @param timeMicros when etcd reported it */
    void commit(Revision revision, long timeMicros) throws InterruptedException {
        commit(revision.number(), revision.changes(), timeMicros);
        recent.add(revision);
        complete = revision.number();
    }

    /** Up to a revision, nothing under the prefix changed. The position moves on, so that a later compaction is no gap. */
    void progressed(long revision) throws InterruptedException {
        complete = Math.max(complete, revision);
        long now = now();
        boolean setBack = now < committedMicros;
        if (behind() && (setBack || now - committedMicros >= PROGRESS_MICROS)) {
            commit(complete, List.of(), now);
        }
    }

    private boolean behind() {
        EtcdPosition at = position;
        return at != null && !at.inBase() && at.revision() < complete;
    }

    /** The capture is stopped: what is known of a quiet prefix is not to be lost. Waits no longer than a log that is not full takes. */
    void stopped() {
        if (!behind() || !sink.settled()) {
            return;
        }
        Thread own = Thread.currentThread();
        CompletableFuture<Void> late = CompletableFuture.runAsync(
                own::interrupt, CompletableFuture.delayedExecutor(STOP_SECONDS_MAX, TimeUnit.SECONDS));
        try {
            commit(complete, List.of(), now());
        } catch (InterruptedException full) {
            // The next capture then begins at the position of before.
        } finally {
            late.cancel(false);
        }
    }

    private void commit(long revision, List<Change> changes, long timeMicros) throws InterruptedException {
        EtcdPosition before = position;
        if (before == null) {
            throw new IllegalStateException("a revision before the first base");
        }
        EtcdPosition at = EtcdPosition.at(before.clusterId(), revision);
        List<Change> meant = interpretation.take(changes, revision);
        CommitBody body = new CommitBody("", interpretation.origin(), at.bytes(), interpretation.gap(), meant);
        sink.commit(CommitDraft.of(interpretation.epoch(revision), timeMicros, body));
        position = at;
        committedMicros = timeMicros;
    }

    private long now() {
        return Timestamps.micros(wiring.clock().instant());
    }
}
