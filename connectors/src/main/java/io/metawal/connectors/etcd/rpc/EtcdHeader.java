package io.metawal.connectors.etcd.rpc;

/**
 * The server's statement about itself that comes with every answer: cluster, member, the revision it was at, and the raft term.
 * A term never falls in the life of a cluster; a cluster that was created again from a snapshot begins with a low one.
 */
public record EtcdHeader(long clusterId, long memberId, long revision, long raftTerm) {
    static EtcdHeader of(io.etcd.jetcd.api.ResponseHeader header) {
        return new EtcdHeader(header.getClusterId(), header.getMemberId(), header.getRevision(), header.getRaftTerm());
    }

    /** A cluster's or member's id, as etcd's own tools print it. */
    public static String hex(long id) {
        return Long.toHexString(id);
    }
}
