package io.metawal.tools.cli;

import io.metawal.metadata.point.Ref;
import io.metawal.pitr.plan.ResolvedPoint;

/** What to know of a point that was named by a time, on standard error: how far off it may be, and what else bears that time. */
final class PointNotes {
    private PointNotes() {}

    static void tell(Ref ref, ResolvedPoint point) {
        if (ref.ofTime()) {
            point.notes().forEach(note -> System.err.println("metawal: " + ref + ": " + note));
        }
    }
}
