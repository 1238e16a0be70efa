package io.metawal.connectors.etcd.rpc;

/** Which cluster answered, and the revision that it stood at. */
public record EtcdHeader(long clusterId, long revision) {
    static EtcdHeader of(io.etcd.jetcd.api.ResponseHeader header) {
        return new EtcdHeader(header.getClusterId(), header.getRevision());
    }

    /** As etcd's own tools print a cluster id. */
    public static String hex(long clusterId) {
        return Long.toHexString(clusterId);
    }
}
