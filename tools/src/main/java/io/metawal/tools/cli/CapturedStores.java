package io.metawal.tools.cli;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.storage.repository.History;

/** The meta stores that a repository has a history of. */
final class CapturedStores {
    private CapturedStores() {}

    /**
     * Throws TARGET_NOT_EMPTY where commits of this very store are in the repository: what is restored would go back behind them, and the
     * capture would go on as if it had not. A fork that nobody has written to yet does not count.
     *
     * @param where for messages
     */
    static void requireOther(History history, String identity, String where) {
        for (int timeline : history.timelines().keySet()) {
            if (history.written(timeline)
                    && !identity.isEmpty()
                    && history.source(timeline).equals(identity)) {
                throw new MetawalException(
                        ExitCode.TARGET_NOT_EMPTY,
                        where + " is cluster " + identity + ", which timeline " + timeline
                                + " was captured from: a meta store is never restored over, not even once it was emptied, since"
                                + " the capture would go on as if nothing had gone back. Restore into another, new one: a"
                                + " database under another name, or an etcd made anew, which at the same addresses needs another"
                                + " --initial-cluster-token");
            }
        }
    }
}
