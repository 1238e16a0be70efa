package io.metawal.connectors.etcd;

import io.metawal.connectors.etcd.RecentRevisions.Seen;
import io.metawal.connectors.etcd.RevisionAssembler.Revision;
import java.util.ArrayDeque;
import java.util.List;

/**
 * Decides for each revision that a watch reports whether it was captured before, is new, or shows that something is wrong. What
 * was captured must come again as it was; and without a prefix, revisions have no holes: etcd counts one up for each transaction that
 * writes. For one watch.
 */
final class Overlap {
    private final ArrayDeque<Seen> expected;
    private final int expectedAtFirst;
    private final RevisionNumbers numbers;
    private final long captured;

    /** What a revision is. */
    enum Verdict {
        /** It was captured before, or lies before what can be compared. */
        CAPTURED,
        /** The next one to capture. */
        NEW,
        /** Not what was captured: etcd has another history. */
        DIFFERENT,
        /** New, but revisions before it were not reported. */
        AFTER_A_HOLE
    }

    /**
     * @param expected what the watch must report first, oldest first; empty where nothing can be compared
     * @param captured the revision up to which everything was captured
     */
    Overlap(List<Seen> expected, long captured, RevisionNumbers numbers) {
        this.expected = new ArrayDeque<>(expected);
        this.expectedAtFirst = expected.size();
        this.captured = captured;
        this.numbers = numbers;
    }

    /** @param before the revision up to which everything is captured now */
    Verdict of(Revision revision, long before) {
        if (revision.number() <= captured) {
            if (expected.isEmpty()) {
                return expectedAtFirst == 0 ? Verdict.CAPTURED : Verdict.DIFFERENT;
            }
            return expected.remove().equals(RecentRevisions.hashed(revision)) ? Verdict.CAPTURED : Verdict.DIFFERENT;
        }
        if (pending()) {
            return Verdict.DIFFERENT;
        }
        boolean next = numbers == RevisionNumbers.SPARSE || revision.number() == before + 1;
        return next ? Verdict.NEW : Verdict.AFTER_A_HOLE;
    }

    /** Whether revisions that were captured have not been reported yet. */
    boolean pending() {
        return !expected.isEmpty();
    }

    /** How many revisions are compared. */
    int compared() {
        return expectedAtFirst;
    }
}
