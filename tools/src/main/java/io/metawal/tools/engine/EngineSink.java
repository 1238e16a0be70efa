package io.metawal.tools.engine;

import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.SourceDifference;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.CommitSink;
import io.metawal.wal.LogFullException;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where a source puts its commits: into the log. A log that has reached its bound stops the source; it drops nothing (I11).
 * For one source thread; the figures may be read by others.
 */
public final class EngineSink implements CommitSink, CaptureProgress {
    private static final long FULL_PAUSE_NANOS = 200_000_000L;

    private final Engine engine;
    private volatile CompletableFuture<CommitHeader> last = new CompletableFuture<>();
    private volatile boolean any;
    private volatile boolean full;
    private volatile boolean inBase;
    private volatile long heardMicros;
    private final HeardTime heard;
    private volatile @Nullable ChangedKeySet watch;
    private final AtomicLong gaps = new AtomicLong();
    private final AtomicLong differences = new AtomicLong();
    private final AgreedSeq agreed = new AgreedSeq();

    public EngineSink(Engine engine) {
        this(engine, engine.clock(), System::nanoTime);
    }

    /** @param nanos a clock that only measures */
    EngineSink(Engine engine, InstantSource clock, LongSupplier nanos) {
        this.engine = engine;
        this.heard = new HeardTime(clock, nanos);
        differences.set(engine.unsettledDifferences());
    }

    @Override
    public CompletableFuture<CommitHeader> commit(CommitDraft given) throws InterruptedException {
        CommitDraft draft = agreed.completed(given);
        boolean part = draft.kind() == CommitKind.BASE_PART;
        boolean base = part || draft.kind() == CommitKind.BASE;
        while (true) {
            try {
                // Before anybody can see the commit: see watch().
                inBase |= base;
                ChangedKeySet watching = watch;
                if (watching != null) {
                    watching.add(draft);
                }
                CompletableFuture<CommitHeader> taken = engine.capture(draft);
                last = taken;
                agreed.taken(draft, taken);
                any = true;
                full = false;
                if (draft.body().afterGap()) {
                    gaps.incrementAndGet();
                    SourceDifference.parse(draft.body().gapReason()).ifPresent(found -> differences.set(found.keys()));
                }
                // Last: whoever sees that the base is complete sees its gap too.
                inBase = part;
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
        heardMicros = timeMicros;
        heard.heard(timeMicros);
        if (any) {
            engine.observe(last, epoch, timeMicros);
        } else {
            engine.observe(epoch, timeMicros);
        }
    }

    @Override
    public long observedEpoch() {
        return engine.role().head().observedEpoch();
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

    @Override
    public void compared(SourceDifference.Agreed at) {
        engine.compared(at);
        differences.set(0);
    }

    @Override
    public SourceDifference.Agreed lastCompared() {
        return engine.lastCompared();
    }

    /** As {@link io.metawal.metadata.port.Captured#watch}. */
    ChangedKeySet watch() {
        ChangedKeySet watching = new ChangedKeySet(() -> watch = null);
        watch = watching;
        // A piece of a base that is on its way into the log by now is seen here, and a later one sees the watch.
        if (inBase) {
            watching.addAll();
        }
        return watching;
    }

    @Override
    public boolean inBase() {
        return inBase;
    }

    /** Whether the log has reached its bound, so that nothing is taken. */
    public boolean full() {
        return full;
    }

    @Override
    public long heardMicros() {
        return heardMicros;
    }

    /** When the last question to the source was asked that was answered, by the clock that only measures. */
    long heardNanos() {
        return heard.nanos();
    }

    /** Until when the source is known to have been quiet. */
    public long observedMicros() {
        return engine.observedMicros();
    }

    /**
     * Keys in which the image and the source differed when they were compared; 0 once they agreed since. Also of comparisons that an earlier
     * process made.
     */
    public long differences() {
        return differences.get();
    }

    @Override
    public void differ(long keys) {
        differences.set(keys);
    }

    @Override
    public long gaps() {
        return gaps.get();
    }
}
