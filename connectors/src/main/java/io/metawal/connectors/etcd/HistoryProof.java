package io.metawal.connectors.etcd;

import io.metawal.connectors.etcd.rpc.EtcdHeader;
import io.metawal.connectors.etcd.rpc.EtcdMembers;
import io.metawal.connectors.etcd.rpc.EtcdMembers.HistoryHash;
import io.metawal.connectors.etcd.rpc.EtcdMembers.Member;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proves that an etcd has the history that was captured. An etcd that was put back from a backup keeps its cluster id, and may be past the
 * captured revision again. Enough is: a known member and term, and many revisions that are reported again as they were; or etcd's
 * own hash over its history, and all revisions since; else all keys are compared. For one thread.
 */
final class HistoryProof {
    private static final Logger LOG = LoggerFactory.getLogger(HistoryProof.class);
    private static final int REVISIONS_MIN = 32;
    // To compute the hash, etcd reads its whole database and holds writes up meanwhile.
    private static final long HASHED_BYTES_MAX = 64L << 20;

    private final EtcdOptions options;
    private final EtcdMembers members;
    private final CapturedHistory captured;
    private final KnownServers known = new KnownServers();
    private @Nullable HistoryHash hash;
    private boolean confirmed;

    HistoryProof(EtcdOptions options, EtcdMembers members, CapturedHistory captured) {
        this.options = options;
        this.members = members;
        this.captured = captured;
    }

    /** Whether nothing more is needed than that the watch reports again what the overlap expects. */
    boolean suffices(EtcdHeader server, Overlap overlap) throws InterruptedException {
        if (!captured.compared() || !confirmed) {
            return false;
        }
        return known.trusts(server) && overlap.compared() >= REVISIONS_MIN
                || captured.recent().all() && sameHash();
    }

    private boolean sameHash() throws InterruptedException {
        HistoryHash then = hash;
        HistoryHash now = then == null ? null : members.hash(then.revision());
        return then != null && then.equals(now);
    }

    /** All keys were read while a watch was open. It counts once the watch is known to be of the same server's life still. */
    void allRead(Member member) throws InterruptedException {
        confirmed = false;
        boolean hashed = options.numbers() == RevisionNumbers.DENSE && member.databaseBytes() <= HASHED_BYTES_MAX;
        hash = hashed ? members.hash(captured.complete()) : null;
    }

    /** The watch's server has proven to have the captured history. */
    void proven(EtcdHeader server) {
        confirmed = true;
        known.proven(server);
    }

    boolean confirmed() {
        return confirmed;
    }

    void distrust() {
        known.distrust();
    }

    /** Compares all keys at the revision that was captured last; throws where they differ. */
    void compare(String why, EtcdHeader server) throws InterruptedException {
        LOG.debug("{}: comparing all keys at revision {}: {}", options, captured.complete(), why);
        EtcdSelfCheck.Report report = captured.compare();
        if (report.compacted()) {
            throw BaseNeededException.compacted(captured.complete());
        }
        if (report.differences() > 0 && !captured.compared()) {
            throw OtherHistory.differs(options, report);
        }
        if (report.differences() > 0) {
            throw new BaseNeededException("etcd has another history than the one that was captured up to revision "
                    + captured.complete() + known.change(server) + "; it was probably put back from a backup; "
                    + captured.difference(report));
        }
        captured.equal();
    }
}
