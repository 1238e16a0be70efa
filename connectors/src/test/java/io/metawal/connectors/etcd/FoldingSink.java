package io.metawal.connectors.etcd;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.commit.SourceDifference;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.image.MemoryImage;
import io.metawal.metadata.port.CommitSink;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A log in memory: gives each commit its place, writes and reads its record, and folds it into an image. */
public final class FoldingSink implements CommitSink {
    private static final long WAIT_MILLIS_MAX = 30_000;

    private final MemoryImage image = new MemoryImage();
    private final List<Commit> commits = new ArrayList<>();
    private Position position = Position.START;
    private long observedEpoch;
    private long observedMicros;
    private int refuseAfter = Integer.MAX_VALUE;
    private SourceDifference.Agreed compared = SourceDifference.Agreed.NEVER;

    /** From now on {@code count} commits are taken, and then all are refused. */
    public synchronized void refuseAfter(int count) {
        refuseAfter = commits.size() + count;
    }

    public synchronized void takeAll() {
        refuseAfter = Integer.MAX_VALUE;
    }

    @Override
    public synchronized CompletableFuture<CommitHeader> commit(CommitDraft draft) {
        if (commits.size() >= refuseAfter) {
            return CompletableFuture.failedFuture(new IllegalStateException("told to refuse"));
        }
        CommitRecord record =
                CommitRecord.write(position.next(draft, position.timeMicros()), draft.kind(), draft.body());
        Commit commit = record.commit();
        image.apply(commit);
        commits.add(commit);
        position = Position.of(record);
        notifyAll();
        return CompletableFuture.completedFuture(record.header());
    }

    @Override
    public synchronized void observed(long epoch, long timeMicros) {
        observedEpoch = Math.max(observedEpoch, epoch);
        observedMicros = Math.max(observedMicros, timeMicros);
        notifyAll();
    }

    @Override
    public synchronized void compared(SourceDifference.Agreed at) {
        compared = at;
        notifyAll();
    }

    @Override
    public synchronized SourceDifference.Agreed lastCompared() {
        return compared;
    }

    @Override
    public synchronized ImageView image() {
        return image.view();
    }

    public synchronized List<Commit> commits() {
        return List.copyOf(commits);
    }

    public synchronized Commit last() {
        return commits.get(commits.size() - 1);
    }

    public synchronized ByteString resumeAt() {
        return commits.isEmpty() ? ByteString.EMPTY : last().body().sourcePosition();
    }

    public synchronized long epoch() {
        return position.epoch();
    }

    @Override
    public synchronized long observedEpoch() {
        return observedEpoch;
    }

    public synchronized long observedMicros() {
        return observedMicros;
    }

    /** Waits for the commit of a revision, or a later one. */
    public void awaitEpoch(long epoch) throws InterruptedException {
        await("epoch " + epoch, sink -> sink.position.epoch() >= epoch && sink.position.seq() > 0);
    }

    public synchronized void await(String what, Predicate<FoldingSink> until) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS_MAX);
        while (!until.test(this)) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                throw new AssertionError("waited in vain for " + what + "; the sink is at " + position
                        + ", observed up to " + observedEpoch);
            }
            wait(Math.min(left, 100));
        }
    }
}
