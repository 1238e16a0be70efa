package io.metawal.connectors.etcd;

import io.metawal.connectors.capture.Interval;
import io.metawal.connectors.etcd.rpc.CompactedException;
import io.metawal.connectors.etcd.rpc.EtcdClient;
import io.metawal.connectors.etcd.rpc.EtcdHeader;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.port.CommitSink;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Makes a quiet minute restorable. About once a second etcd is asked, by a linearizable read, for its revision R; the read
 * was sent at T. As soon as the watch has reported everything up to R, the log holds everything that etcd had at T, and the sink
 * learns that.
 */
final class Observations {
    // One a second while a watch of a prefix is silent for the ten minutes between progress notifications.
    private static final int OPEN_MAX = 1024;

    private final EtcdClient client;
    private final EtcdOptions options;
    private final Interpretation interpretation;
    private final CommitSink sink;
    private final InstantSource clock;
    private final Interval interval;
    private final ArrayDeque<Asked> open = new ArrayDeque<>();
    private @Nullable CompletableFuture<EtcdHeader> asked;
    private long askedMicros;
    private long askedComplete;

    private record Asked(long revision, long timeMicros) {}

    /**
     * What came of a read.
     *
     * @param head what etcd said of itself; null where the read failed
     * @param completeThen the revision that the log was complete at when etcd was asked; it may have come further since
     */
    record Answer(@Nullable EtcdHeader head, @Nullable MetawalException fault, long completeThen) {}

    Observations(EtcdCapture.Wiring wiring, CommitSink sink) {
        this.client = wiring.client();
        this.options = wiring.options();
        this.interpretation = wiring.interpretation();
        this.sink = sink;
        this.clock = wiring.clock();
        this.interval = new Interval(options.observeMillis() * 1000);
    }

    /**
     * Asks where it is time to; returns what was answered since the last call, null where nothing was.
     *
     * @param remembered a revision that etcd must not have compacted, else {@link CompactedException}; 0 for none
     */
    @Nullable
    Answer step(long complete, long remembered, Runnable onAnswer) {
        CompletableFuture<EtcdHeader> sent = asked;
        if (sent == null) {
            long now = Timestamps.micros(clock.instant());
            if (interval.due(now)) {
                askedMicros = now;
                askedComplete = complete;
                asked = client.headLater(options.range(), remembered);
                var unused = asked.whenComplete((header, failure) -> onAnswer.run());
            }
            return null;
        }
        if (!sent.isDone()) {
            return null;
        }
        asked = null;
        try {
            EtcdHeader header = sent.join();
            if (open.size() == OPEN_MAX) {
                open.remove();
            }
            open.add(new Asked(header.revision(), askedMicros));
            return new Answer(header, null, askedComplete);
        } catch (CompletionException e) {
            if (e.getCause() instanceof MetawalException typed) {
                return new Answer(null, typed, askedComplete);
            }
            throw e;
        }
    }

    /** etcd was asked for this by others. */
    void asked(EtcdHeader head, long askedAtMicros) {
        open.add(new Asked(head.revision(), askedAtMicros));
    }

    /** Forgets what was asked of a server that is not asked any more. */
    void restart() {
        open.clear();
        asked = null;
    }

    /** Says what is known now that the log holds everything up to {@code complete}. */
    void tell(long complete) {
        Asked newest = null;
        while (!open.isEmpty() && open.peek().revision() <= complete) {
            newest = open.remove();
        }
        if (newest != null) {
            sink.observed(interpretation.epoch(newest.revision()), newest.timeMicros());
        }
    }
}
