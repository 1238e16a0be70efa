package io.metawal.connectors.etcd.rpc;

import io.etcd.jetcd.api.HashKVRequest;
import io.etcd.jetcd.api.HashKVResponse;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.CallOptions;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** What single members say of themselves, where they do: each call tries once, and a refusal is no failure. */
public final class EtcdMembers {
    private static final int ROUNDS = 2;
    /** {@code StatusResponse.dbSizeQuota}, from etcd 3.6 on. */
    private static final int QUOTA = 12;

    private final EtcdClient client;

    /** @param databaseBytes size of its database file */
    public record Member(EtcdVersion version, long databaseBytes) {
        public static final Member UNKNOWN = new Member(EtcdVersion.UNKNOWN, Long.MAX_VALUE);
    }

    /**
     * etcd's hash over all that it keeps up to a revision. Two can be compared only where they were taken with the same
     * compacted revision.
     */
    public record HistoryHash(long revision, long compacted, int hash) {}

    public EtcdMembers(EtcdClient client) {
        this.client = client;
    }

    /** A member's state; {@link Member#UNKNOWN} where it cannot be had. Calls go to all endpoints in turn, so several may be needed. */
    public Member member(long memberId) throws InterruptedException {
        int calls = client.address().endpoints().size() * ROUNDS;
        for (int i = 0; i < calls; i++) {
            try {
                StatusResponse status = client.send(
                                MaintenanceGrpc.getStatusMethod(),
                                StatusRequest.getDefaultInstance(),
                                CallOptions.DEFAULT)
                        .get();
                if (status.getHeader().getMemberId() == memberId) {
                    return new Member(EtcdVersion.parse(status.getVersion()), status.getDbSize());
                }
            } catch (ExecutionException e) {
                // A member that does not answer, or a user that may not ask: the next endpoint may.
            }
        }
        return Member.UNKNOWN;
    }

    /** How many bytes the database may still grow by; {@code Long.MAX_VALUE} where etcd does not say, as before 3.6. */
    public long room() throws InterruptedException {
        try {
            StatusResponse status = client.send(
                            MaintenanceGrpc.getStatusMethod(), StatusRequest.getDefaultInstance(), CallOptions.DEFAULT)
                    .get();
            long quota = status.getUnknownFields().getField(QUOTA).getVarintList().stream()
                    .reduce(0L, (first, last) -> last);
            return quota <= 0 ? Long.MAX_VALUE : Math.max(0, quota - status.getDbSizeInUse());
        } catch (ExecutionException e) {
            return Long.MAX_VALUE;
        }
    }

    /** The hash at a revision; null where etcd does not give it, because of the user's role, a compaction or a member that lags. */
    public @Nullable HistoryHash hash(long revision) throws InterruptedException {
        try {
            HashKVRequest request =
                    HashKVRequest.newBuilder().setRevision(revision).build();
            HashKVResponse response = client.send(MaintenanceGrpc.getHashKVMethod(), request, CallOptions.DEFAULT)
                    .get();
            return new HistoryHash(revision, response.getCompactRevision(), response.getHash());
        } catch (ExecutionException e) {
            return null;
        }
    }
}
