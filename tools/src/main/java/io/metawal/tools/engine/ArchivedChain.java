package io.metawal.tools.engine;

import io.metawal.metadata.commit.Position;
import io.metawal.pitr.plan.CommitFinder;
import io.metawal.storage.repository.Head;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Segments;

/** Whether the archive has the very commits that led to a position, and not others of the same seqs. */
public final class ArchivedChain {
    private ArchivedChain() {}

    /** False also where what is archived there is not kept any longer, and nothing else tells. */
    public static boolean holds(History history, Position at) {
        if (at.seq() == 0) {
            return true;
        }
        if (!history.timelines().containsKey(at.timeline())) {
            return false;
        }
        return history.heads().values().stream().anyMatch(head -> says(history, head, at))
                || new CommitFinder(
                                history.line(at.timeline()),
                                new Segments(history.repository().store()))
                        .bySeq(at.seq())
                        .filter(found -> found.record().chain().matches(at.chain()))
                        .isPresent();
    }

    private static boolean says(History history, Head head, Position at) {
        return head.at().seq() == at.seq()
                && head.at().timeline() == at.timeline()
                && head.at().chain().matches(at.chain())
                && history.terms().counts(at.timeline(), at.seq(), head.term());
    }
}
