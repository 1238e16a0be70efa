package io.metawal.tools.engine;

import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.CommitSink;
import io.metawal.wal.LogFullException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Where a source puts its commits: into the log. A log that has reached its bound stops the source; it drops nothing (I11).
 * For one source thread; the figures may be read by others.
 */
public final class EngineSink implements CommitSink {
    private static final long FULL_PAUSE_NANOS = 200_000_000L;

    private final Engine engine;
    private volatile CompletableFuture<CommitHeader> last = new CompletableFuture<>();
    private volatile boolean any;
    private volatile boolean full;
    private volatile boolean inBase;
    private final AtomicLong gaps = new AtomicLong();

    public EngineSink(Engine engine) {
        this.engine = engine;
    }

    @Override
    public CompletableFuture<CommitHeader> commit(CommitDraft draft) throws InterruptedException {
        while (true) {
            try {
                CompletableFuture<CommitHeader> taken = engine.capture(draft);
                last = taken;
                any = true;
                inBase = draft.kind() == CommitKind.BASE_PART;
                full = false;
                if (draft.body().afterGap()) {
                    gaps.incrementAndGet();
                }
                return taken;
            } catch (LogFullException e) {
                full = true;
                LockSupport.parkNanos(FULL_PAUSE_NANOS);
                if (Thread.interrupted()) {
                    throw new InterruptedException("stopped while the hot log was full");
                }
            }
        }
    }

    @Override
    public void observed(long epoch, long timeMicros) {
        if (any) {
            engine.observe(last, epoch, timeMicros);
        } else {
            engine.observe(epoch, timeMicros);
        }
    }

    @Override
    public ImageView image() throws InterruptedException {
        try {
            long seq = any ? last.get().seq() : engine.log().head().seq();
            return engine.archiver().view(seq).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MetawalException known) {
                throw known;
            }
            throw new CompletionException(e.getCause());
        }
    }

    /** Whether the newest commit is a piece of a base that is not complete: the source never looked like that. */
    public boolean inBase() {
        return inBase;
    }

    /** Whether the log has reached its bound, so that nothing is taken. */
    public boolean full() {
        return full;
    }

    /** Until when the source was last known to be quiet; 0 before it was. */
    public long observedMicros() {
        return engine.observedMicros();
    }

    /** Gaps recorded since the start. */
    public long gaps() {
        return gaps.get();
    }
}
