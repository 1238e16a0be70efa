package io.metawal.connectors.etcd;

import io.metawal.connectors.etcd.rpc.EtcdClient;
import io.metawal.connectors.etcd.rpc.EtcdHeader;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.port.CommitSink;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Makes a quiet minute restorable. About once a second etcd is asked, by a linearizable read, for its revision R; the read
 * was sent at T. As soon as the watch has told everything up to R, the log holds everything that etcd had at T, and that is
 * said to the sink. It takes no progress request, which in etcd before 3.4.25 and 3.5.8 can run ahead of the events (etcd issue 15220).
 */
final class Observations {
    // One a second while a watch of a prefix is silent for the ten minutes between progress notifications.
    private static final int OPEN_MAX = 1024;

    private final EtcdClient client;
    private final EtcdOptions options;
    private final Interpretation interpretation;
    private final CommitSink sink;
    private final InstantSource clock;
    private final ArrayDeque<Asked> open = new ArrayDeque<>();
    private @Nullable CompletableFuture<EtcdHeader> asked;
    private long askedMicros;
    private long askedComplete;
    private long dueMicros;

    private record Asked(long revision, long timeMicros) {}

    /**
     * What etcd said of itself.
     *
     * @param completeThen the revision that the log was complete at when etcd was asked; it may have come further since
     */
    record Answer(EtcdHeader head, long completeThen) {}

    Observations(EtcdCapture.Wiring wiring, CommitSink sink) {
        this.client = wiring.client();
        this.options = wiring.options();
        this.interpretation = wiring.interpretation();
        this.sink = sink;
        this.clock = wiring.clock();
    }

    /** Asks where it is time to; returns what was answered since the last call, null where nothing was. */
    @Nullable
    Answer step(long complete, Runnable onAnswer) {
        CompletableFuture<EtcdHeader> sent = asked;
        if (sent == null) {
            long now = Timestamps.micros(clock.instant());
            if (now >= dueMicros) {
                dueMicros = now + options.observeMillis() * 1000;
                askedMicros = now;
                askedComplete = complete;
                asked = client.headLater(options.range());
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
            return new Answer(header, askedComplete);
        } catch (CompletionException e) {
            // The watch notices what is wrong, too, and it is the one to deal with it.
            return null;
        }
    }

    /** The log holds all that etcd had when it was asked for this header. */
    void told(EtcdHeader head, long askedAtMicros) {
        sink.observed(interpretation.epoch(head.revision()), askedAtMicros);
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
