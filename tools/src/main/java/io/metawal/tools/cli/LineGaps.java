package io.metawal.tools.cli;

import io.metawal.metadata.fault.GapException;
import io.metawal.storage.repository.Line;

/** A log that is read in order must not step over a hole as if nothing were missing. */
final class LineGaps {
    private LineGaps() {}

    static void refuse(Line line, long first, long last) {
        for (Line.Hole hole : line.holes()) {
            if (hole.first() <= last && hole.last() >= first) {
                throw new GapException("the segments of seq " + hole.first() + " to " + hole.last()
                        + " are missing: ask for ..seq:" + (hole.first() - 1) + " or seq:" + (hole.last() + 1)
                        + "..; `metawal verify` says more");
            }
        }
    }
}
