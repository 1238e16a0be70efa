package io.metawal.tools.engine;

import io.metawal.pitr.plan.CommitFinder;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Segments;

/** The origin of a commit, by which a simulation knows what it is of. */
final class Origins {
    private Origins() {}

    static String of(History history, int timeline, long seq) {
        return new CommitFinder(
                        history.line(timeline),
                        new Segments(history.repository().store()))
                .bySeq(seq)
                .orElseThrow()
                .record()
                .commit()
                .body()
                .origin();
    }
}
