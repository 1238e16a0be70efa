package io.metawal.connectors.etcd;

import io.metawal.connectors.etcd.rpc.WatchStream.Reply;
import io.metawal.connectors.etcd.rpc.WatchStream.RevisedChange;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.fault.MismatchException;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts a watch's answers together into whole revisions. etcd never splits a revision over answers, but for fragments of one: so a
 * revision is complete when a later one begins, or when an answer ends that no fragment follows.
 */
final class RevisionAssembler {
    private List<Change> held = new ArrayList<>();
    private long heldRevision;
    private final RevisionNumbers numbers;
    private long complete;

    /** All changes of one etcd transaction. */
    record Revision(long number, List<Change> changes) {}

    /** @param complete the last revision that is known already */
    RevisionAssembler(long complete, RevisionNumbers numbers) {
        this.complete = complete;
        this.numbers = numbers;
    }

    /** The revisions that this answer completes, in order. */
    List<Revision> take(Reply reply) {
        List<Revision> done = new ArrayList<>();
        for (RevisedChange revised : reply.changes()) {
            if (revised.revision() < heldRevision || revised.revision() <= complete) {
                throw new MismatchException("etcd reported revision " + revised.revision() + " after revision "
                        + Math.max(complete, heldRevision) + ": a watch must go forward");
            }
            if (revised.revision() != heldRevision) {
                release(done);
                heldRevision = revised.revision();
            }
            held.add(revised.change());
        }
        if (!reply.fragment()) {
            release(done);
        }
        // Where every revision is reported, only its report shows that it came.
        if (reply.progress() && numbers == RevisionNumbers.SPARSE) {
            complete = Math.max(complete, reply.header().revision());
        }
        return done;
    }

    private void release(List<Revision> done) {
        if (!held.isEmpty()) {
            done.add(new Revision(heldRevision, held));
            complete = heldRevision;
            held = new ArrayList<>();
        }
    }

    /** The revision up to which everything was reported. */
    long complete() {
        return complete;
    }
}
