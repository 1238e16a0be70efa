package io.metawal.connectors.risingwave.fold;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.hummock.Fingerprint;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.metadata.fault.MetawalException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares folded versions with the checkpoints that RisingWave writes. Of each recent version only its fingerprint is kept, and the deltas
 * after the newest checkpoint that was compared, so that a checkpoint can be brought to the newest version. A checkpoint is read when rows of
 * deltas that it covers are deleted, and now and then where none are; on another thread, one at a time, and at most a share of the time.
 *
 * <p>All but {@link #read} is for the thread that captures.
 */
final class CheckpointAudit {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointAudit.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(60);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);
    private static final int SHARE = 10;
    private static final int VERSIONS_MAX = 10_000;
    private static final long DELTA_BYTES_MAX = 64L << 20;

    private final InstantSource clock;
    private final Executor executor;
    private final TreeMap<Long, Folded> recent = new TreeMap<>(Long::compareUnsigned);
    private final Deque<Delta> deltas = new ArrayDeque<>();
    private final AtomicReference<@Nullable Checkpoint> arrived = new AtomicReference<>();
    private volatile boolean reading;
    private volatile Instant nextLook;
    private boolean wroteOne;
    private long deltaBytes;
    private long comparedId;

    private record Delta(long id, ByteString raw) {}

    /** Of a folded version: its fingerprint, and the epoch of the commit that it came with. */
    record Folded(Fingerprint fingerprint, long epoch) {}

    /** A checkpoint that was read. */
    record Checkpoint(HummockVersion version, Fingerprint fingerprint) {}

    /**
     * A checkpoint whose version was folded.
     *
     * @param ours what was folded
     * @param after the deltas from there on, by id
     */
    record Met(Checkpoint theirs, Folded ours, SortedMap<Long, ByteString> after) {}

    CheckpointAudit(InstantSource clock, Executor executor) {
        this.clock = clock;
        this.executor = executor;
        this.nextLook = clock.instant().plus(LOOK_EVERY);
    }

    /** Another version holds, which no delta led to. */
    void restart(long id, Folded folded) {
        // It may be of a history that is no more.
        arrived.set(null);
        recent.clear();
        deltas.clear();
        deltaBytes = 0;
        recent.put(id, folded);
    }

    /** A delta was folded. */
    void folded(long id, ByteString raw, Folded folded) {
        recent.put(id, folded);
        deltas.addLast(new Delta(id, raw));
        deltaBytes += raw.size();
        while (deltaBytes > DELTA_BYTES_MAX || deltas.size() > VERSIONS_MAX) {
            forgetUpTo(deltas.getFirst().id());
        }
    }

    /** Rows of deltas were deleted: a checkpoint covers them. */
    void deltasDeleted() {
        wroteOne = true;
    }

    /** Begins to read the newest checkpoint where it is time to. */
    void look(Supplier<HummockVersion> checkpoint) {
        Instant now = clock.instant();
        boolean due = wroteOne ? !now.isBefore(nextLook.minus(LOOK_EVERY).plus(LOOK_AGAIN)) : !now.isBefore(nextLook);
        if (reading || recent.isEmpty() || !due) {
            return;
        }
        reading = true;
        wroteOne = false;
        nextLook = now.plus(LOOK_EVERY);
        executor.execute(() -> read(checkpoint));
    }

    private void read(Supplier<HummockVersion> checkpoint) {
        Instant began = clock.instant();
        try {
            HummockVersion version = checkpoint.get();
            arrived.set(new Checkpoint(version, Fingerprint.of(version)));
        } catch (MetawalException e) {
            LOG.info("the Hummock version cannot be compared with a checkpoint now: {}", e.text());
        } catch (RuntimeException e) {
            LOG.warn("the Hummock version cannot be compared with a checkpoint now", e);
        } finally {
            Instant end = clock.instant();
            nextLook = end.plus(LOOK_EVERY).plus(Duration.between(began, end).multipliedBy(SHARE));
            reading = false;
        }
    }

    /**
     * The checkpoint that was read last, once, where its version was folded and was not compared before. One that is newer than what was folded is
     * kept until that is there, or until another was read.
     */
    Optional<Met> met() {
        Checkpoint theirs = arrived.getAndSet(null);
        if (theirs == null) {
            return Optional.empty();
        }
        long id = theirs.version().getId();
        if (!recent.isEmpty() && Long.compareUnsigned(recent.lastKey(), id) < 0) {
            arrived.compareAndSet(null, theirs);
            return Optional.empty();
        }
        Folded ours = recent.get(id);
        if (ours == null || id == comparedId) {
            return Optional.empty();
        }
        comparedId = id;
        forgetUpTo(id);
        SortedMap<Long, ByteString> after = new TreeMap<>(Long::compareUnsigned);
        deltas.forEach(delta -> after.put(delta.id(), delta.raw()));
        return Optional.of(new Met(theirs, ours, after));
    }

    private void forgetUpTo(long id) {
        while (!deltas.isEmpty() && Long.compareUnsigned(deltas.getFirst().id(), id) <= 0) {
            deltaBytes -= deltas.removeFirst().raw().size();
        }
        recent.headMap(id).clear();
    }
}
