package io.metawal.metadata.port;

import io.metawal.metadata.image.Provenance;
import org.jspecify.annotations.Nullable;

/**
 * Compares what was captured with what the source itself holds, a slice of the keys at a time, all slices in turn: when the last one was
 * compared, a round is complete. For one thread, which is not the one that captures. What it throws is about the source; the same slice is
 * compared again later.
 */
public interface SelfCheck extends AutoCloseable {
    /**
     * Compares the next slice.
     *
     * @param keysMax about how many keys it may have
     */
    Slice compare(int keysMax, Captured captured) throws InterruptedException;

    /** The next slice is the first one again. */
    void restart();

    @Override
    void close();

    /** What became of a slice. */
    enum Outcome {
        EQUAL,
        DIFFERENT,
        /** It could not be compared now, such as at a revision that the source has compacted; it is compared again. */
        UNKNOWN,
        /** The capture compared all there is, and has told its sink what it found. */
        REPORTED
    }

    /** Where a slice lies in its round. */
    enum Place {
        INSIDE,
        LAST
    }

    /**
     * One slice that was compared.
     *
     * @param at a commit whose image was not newer than the state of the source that it was compared with; null where none was
     * @param keys that were compared
     * @param differences keys that differ
     * @param first space and key of the first one, and how it differs; never a value; empty where none does
     */
    record Slice(Outcome outcome, Place place, @Nullable Provenance at, long keys, long differences, String first) {
        public static Slice unknown() {
            return new Slice(Outcome.UNKNOWN, Place.INSIDE, null, 0, 0, "");
        }

        public static Slice reported() {
            return new Slice(Outcome.REPORTED, Place.LAST, null, 0, 0, "");
        }

        public static Slice equal(Place place, Provenance at, long keys) {
            return new Slice(Outcome.EQUAL, place, at, keys, 0, "");
        }

        public static Slice different(Provenance at, long keys, long differences, String first) {
            return new Slice(Outcome.DIFFERENT, Place.INSIDE, at, keys, differences, first);
        }
    }
}
