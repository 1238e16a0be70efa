package io.metawal.connectors.etcd;

import io.metawal.connectors.etcd.rpc.EtcdHeader;
import java.util.HashSet;
import java.util.Set;

/**
 * The members that proved to have the captured history, and the newest raft term seen. A member that is new, or a term that fell, may
 * belong to a cluster that was created again from a snapshot under the same id. For one thread.
 */
final class KnownServers {
    private final Set<Long> members = new HashSet<>();
    private long term;

    boolean trusts(EtcdHeader header) {
        return members.contains(header.memberId()) && header.raftTerm() >= term;
    }

    /** A member whose history was proven to be the captured one. */
    void proven(EtcdHeader header) {
        members.add(header.memberId());
        term = header.raftTerm();
    }

    /** All is to be proven again. */
    void distrust() {
        members.clear();
    }

    /** What a header adds to a gap's reason; empty where nothing. */
    String change(EtcdHeader header) {
        if (header.raftTerm() < term) {
            return "; its raft term fell from " + term + " to " + header.raftTerm();
        }
        return members.contains(header.memberId())
                ? ""
                : "; its member " + EtcdHeader.hex(header.memberId()) + " was not seen before";
    }
}
