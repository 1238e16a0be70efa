package io.metawal.metadata.port;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A meta service whose changes are captured. */
public interface Source extends AutoCloseable {
    /** The kind of source, such as {@code etcd}; it is every commit's origin. */
    String origin();

    /** What tells this very cluster from any other, such as an etcd cluster id. Asks the source. */
    String identity();

    /**
     * Captures until the thread is interrupted, then returns. Reconnects by itself; throws only what an operator must
     * decide: {@code SourceChangedException} for another cluster or one that went back.
     *
     * @param resumeAt the source position of the last commit in the log; empty where there is none
     */
    void capture(ByteString resumeAt, CommitSink sink) throws InterruptedException;

    /**
     * What the source measures of itself, by name, such as {@code slot_retained_bytes}; every name from the start on, NaN where a value is not
     * known yet. For any thread; does not wait.
     */
    default Map<String, Double> gauges() {
        return Map.of();
    }

    /** How often {@code CommitSink.observed} is called while all is well, by plan. */
    default Duration observeEvery() {
        return Duration.ofSeconds(1);
    }

    /**
     * What compares the image with this source while it is captured; empty for a source that compares by itself whenever it reads its state,
     * and reports it to {@link CommitSink#compared}. To be closed by the caller.
     */
    default Optional<SelfCheck> selfCheck() {
        return Optional.empty();
    }

    /**
     * Asks the capture that is running for a new base, which begins with a gap of this reason. For any thread; does not wait. Where no
     * capture runs, the next one takes it.
     */
    default void requestBase(String gapReason) {
        throw new UnsupportedOperationException(origin() + " has no self-check that would ask for a base");
    }

    @Override
    void close();
}
