package io.metawal.connectors.etcd;

import io.metawal.connectors.etcd.rpc.EtcdHeader;
import io.metawal.metadata.fault.SourceChangedException;

/** The failures of a capture that found another history than the log's, with the next step for the operator. */
final class OtherHistory {
    private OtherHistory() {}

    /** etcd, or what is in it, has a smaller clock than the log. */
    static SourceChangedException wentBack(EtcdOptions options, String now, String captured) {
        return new SourceChangedException(options + " went back: " + now + ", but the log holds " + captured
                + ". Was it restored from a backup? " + timeline(options));
    }

    /** The log was captured from another cluster. */
    static SourceChangedException cluster(EtcdOptions options, long now, long captured) {
        return new SourceChangedException(
                options + " is etcd cluster " + EtcdHeader.hex(now) + ", but the log was captured from cluster "
                        + EtcdHeader.hex(captured) + ". Give the right address, or begin a new repository for this"
                        + " cluster. " + timeline(options));
    }

    /** The first comparison of a process found differences: there is no telling whether etcd or the URL changed. */
    static SourceChangedException differs(EtcdOptions options, EtcdSelfCheck.Report report) {
        return new SourceChangedException(options + " is not what was captured: at revision " + report.revision()
                + " it differs from the log in " + report.differences() + " keys; "
                + String.join("; ", report.examples())
                + ". Is another prefix captured than before? Or was etcd restored from a backup? " + timeline(options));
    }

    private static String timeline(EtcdOptions options) {
        return "To capture what it is now on a timeline of its own: metawal timeline create --repo URL --source "
                + options + " --reason TEXT, then run again";
    }
}
