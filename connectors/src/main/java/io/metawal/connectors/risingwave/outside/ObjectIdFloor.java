package io.metawal.connectors.risingwave.outside;

import java.util.OptionalLong;

/**
 * The next id of an object that is certainly free, by the files that are there. What the old cluster handed out and nobody captured may be
 * the name of a file; a restored cluster that gives it out again meets that file.
 */
public final class ObjectIdFloor {
    /** Nodes fetch ids ahead, ten at a time, and an upload that had begun may end after the list was taken. */
    public static final long MARGIN = 10_000;

    private ObjectIdFloor() {}

    /** 0 where no file is there. */
    public static long next(OptionalLong greatest) {
        return greatest.isPresent() ? greatest.getAsLong() + 1 + MARGIN : 0;
    }

    /** For the operator. */
    public static String note(long greatest, long from, long to) {
        return "object ids continue at " + to + ", not at " + from
                + ": the greatest id of a file in the data directory is " + greatest + ", " + MARGIN
                + " more are left for uploads that were under way";
    }
}
