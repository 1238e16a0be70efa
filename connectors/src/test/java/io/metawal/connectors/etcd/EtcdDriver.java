package io.metawal.connectors.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.CompactionRequest;
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
import io.metawal.connectors.etcd.rpc.EtcdClient;
import io.metawal.connectors.etcd.rpc.KeyRange;
import java.util.ArrayList;
import java.util.List;

/** What a test does to an etcd; every write returns the revision that it made. */
final class EtcdDriver implements AutoCloseable {
    private final EtcdClient client;

    EtcdDriver(EtcdOptions options) {
        client = new EtcdClient(options.address());
    }

    static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    long put(String key, String value) throws InterruptedException {
        return put(bytes(key), bytes(value), 0);
    }

    long put(ByteString key, ByteString value, long lease) throws InterruptedException {
        PutRequest request = PutRequest.newBuilder()
                .setKey(key)
                .setValue(value)
                .setLease(lease)
                .build();
        return client.ask("put", KVGrpc.getPutMethod(), request).getHeader().getRevision();
    }

    long delete(String key) throws InterruptedException {
        DeleteRangeRequest request =
                DeleteRangeRequest.newBuilder().setKey(bytes(key)).build();
        return client.ask("delete", KVGrpc.getDeleteRangeMethod(), request)
                .getHeader()
                .getRevision();
    }

    long deletePrefix(String prefix) throws InterruptedException {
        return client.ask("delete", KVGrpc.getDeleteRangeMethod(), deleteOf(prefix))
                .getHeader()
                .getRevision();
    }

    private static DeleteRangeRequest deleteOf(String prefix) {
        KeyRange range = KeyRange.ofPrefix(bytes(prefix));
        return DeleteRangeRequest.newBuilder()
                .setKey(range.start())
                .setRangeEnd(range.end())
                .build();
    }

    /** Puts keys 0 to {@code count - 1} under a prefix, in one transaction. */
    long putMany(String prefix, int count, ByteString value) throws InterruptedException {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        for (int i = 0; i < count; i++) {
            txn.addSuccess(RequestOp.newBuilder()
                    .setRequestPut(PutRequest.newBuilder()
                            .setKey(bytes(String.format("%s%05d", prefix, i)))
                            .setValue(value)));
        }
        return client.ask("txn", KVGrpc.getTxnMethod(), txn.build()).getHeader().getRevision();
    }

    /** One transaction that puts one key and deletes all that start with a prefix. */
    long putAndDelete(String key, String deletedPrefix) throws InterruptedException {
        TxnRequest txn = TxnRequest.newBuilder()
                .addSuccess(RequestOp.newBuilder()
                        .setRequestPut(
                                PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes("v"))))
                .addSuccess(RequestOp.newBuilder().setRequestDeleteRange(deleteOf(deletedPrefix)))
                .build();
        return client.ask("txn", KVGrpc.getTxnMethod(), txn).getHeader().getRevision();
    }

    long lease(long seconds) throws InterruptedException {
        LeaseGrantRequest request =
                LeaseGrantRequest.newBuilder().setTTL(seconds).build();
        return client.ask("lease", LeaseGrpc.getLeaseGrantMethod(), request).getID();
    }

    void compact(long revision) throws InterruptedException {
        CompactionRequest request = CompactionRequest.newBuilder()
                .setRevision(revision)
                .setPhysical(true)
                .build();
        client.ask("compact", KVGrpc.getCompactMethod(), request);
    }

    long revision() throws InterruptedException {
        return client.head(KeyRange.ofPrefix(ByteString.EMPTY)).revision();
    }

    /** What etcd itself holds at a revision (0 for now) under a prefix, in pages of our own making, not the source's. */
    List<KeyValue> range(String prefix, long revision) throws InterruptedException {
        List<KeyValue> all = new ArrayList<>();
        KeyRange range = KeyRange.ofPrefix(bytes(prefix));
        ByteString from = range.start();
        while (true) {
            RangeRequest request = RangeRequest.newBuilder()
                    .setKey(from)
                    .setRangeEnd(range.end())
                    .setRevision(revision)
                    .setLimit(50)
                    .build();
            RangeResponse page = client.ask("range", KVGrpc.getRangeMethod(), request);
            all.addAll(page.getKvsList());
            if (!page.getMore()) {
                return all;
            }
            from = all.get(all.size() - 1).getKey().concat(ByteString.copyFrom(new byte[1]));
        }
    }

    EtcdClient client() {
        return client;
    }

    @Override
    public void close() {
        client.close();
    }
}
