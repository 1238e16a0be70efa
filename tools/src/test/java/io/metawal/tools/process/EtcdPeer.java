package io.metawal.tools.process;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.image.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A plain client of etcd, apart from the product's own: it works, and it reads what etcd itself says that it held. */
public final class EtcdPeer implements AutoCloseable {
    private static final int PAGE = 200;
    private static final ByteString ALL = ByteString.copyFrom(new byte[] {0});

    private final ManagedChannel channel;
    private final KVGrpc.KVFutureStub kv;

    public EtcdPeer(String endpoint) {
        channel = NettyChannelBuilder.forTarget(endpoint)
                .usePlaintext()
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .build();
        kv = KVGrpc.newFutureStub(channel);
    }

    public ListenableFuture<?> put(ByteString key, ByteString value, long lease) {
        return kv.put(putRequest(key, value, lease));
    }

    private static PutRequest putRequest(ByteString key, ByteString value, long lease) {
        return PutRequest.newBuilder()
                .setKey(key)
                .setValue(value)
                .setLease(lease)
                .build();
    }

    public ListenableFuture<?> delete(ByteString key, ByteString end) {
        return kv.deleteRange(deleteRequest(key, end));
    }

    private static DeleteRangeRequest deleteRequest(ByteString key, ByteString end) {
        return DeleteRangeRequest.newBuilder().setKey(key).setRangeEnd(end).build();
    }

    static RequestOp putOp(ByteString key, ByteString value) {
        return RequestOp.newBuilder().setRequestPut(putRequest(key, value, 0)).build();
    }

    static RequestOp deleteOp(ByteString key) {
        return RequestOp.newBuilder()
                .setRequestDeleteRange(deleteRequest(key, ByteString.EMPTY))
                .build();
    }

    ListenableFuture<?> transaction(List<RequestOp> ops) {
        return kv.txn(TxnRequest.newBuilder().addAllSuccess(ops).build());
    }

    long lease(long seconds) {
        return LeaseGrpc.newBlockingStub(channel)
                .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(seconds).build())
                .getID();
    }

    private RangeResponse range(RangeRequest request) {
        return KVGrpc.newBlockingStub(channel)
                .withMaxInboundMessageSize(Integer.MAX_VALUE)
                .range(request);
    }

    long revision() {
        return range(RangeRequest.newBuilder().setKey(ALL).setCountOnly(true).build())
                .getHeader()
                .getRevision();
    }

    /** Every entry at a revision, by etcd's own historical read. */
    List<Entry> at(long revision) {
        List<Entry> entries = new ArrayList<>();
        ByteString from = ALL;
        while (true) {
            RangeResponse page = range(RangeRequest.newBuilder()
                    .setKey(from)
                    .setRangeEnd(ALL)
                    .setRevision(revision)
                    .setLimit(PAGE)
                    .build());
            page.getKvsList().forEach(one -> entries.add(entry(one)));
            if (!page.getMore()) {
                return entries;
            }
            from = page.getKvs(page.getKvsCount() - 1).getKey().concat(ALL);
        }
    }

    private static Entry entry(KeyValue kv) {
        String lease = kv.getLease() == 0 ? "" : String.format(Locale.ROOT, ",\"lease\":%d", kv.getLease());
        String meta = String.format(
                Locale.ROOT,
                "{\"create\":%d%s,\"mod\":%d,\"version\":%d}",
                kv.getCreateRevision(),
                lease,
                kv.getModRevision(),
                kv.getVersion());
        return new Entry(new EntryKey(new Space("kv"), kv.getKey()), kv.getValue(), ByteString.copyFromUtf8(meta));
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
