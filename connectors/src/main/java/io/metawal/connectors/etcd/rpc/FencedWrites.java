package io.metawal.connectors.etcd.rpc;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.metawal.metadata.fault.FencedException;
import io.metawal.metadata.image.Entry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Writes that count only while a marker key stands that was created at a known revision: a second writer that finished first, and
 * removed it, stops the slower one in the middle.
 */
public final class FencedWrites {
    private final EtcdClient client;
    private final ByteString markerKey;
    private final long createRevision;

    private FencedWrites(EtcdClient client, ByteString markerKey, long createRevision) {
        this.client = client;
        this.markerKey = markerKey;
        this.createRevision = createRevision;
    }

    /** Puts the marker where the range is empty, in one transaction; null where the range holds anything. */
    public static @Nullable FencedWrites claim(EtcdClient client, KeyRange range, ByteString key, ByteString value)
            throws InterruptedException {
        TxnRequest request = TxnRequest.newBuilder()
                .addCompare(createdAt(range.start(), 0).setRangeEnd(range.end()))
                .addSuccess(put(key, value))
                .build();
        client.ask("the claim of an empty range", KVGrpc.getTxnMethod(), request);
        // Asked anew, since the transaction may have been tried twice and have succeeded the first time.
        EtcdClient.Stored marker = client.find(key);
        return marker == null || !marker.value().equals(value) ? null : resume(client, key, marker);
    }

    /** Goes on under a marker that stands. */
    public static FencedWrites resume(EtcdClient client, ByteString key, EtcdClient.Stored marker) {
        return new FencedWrites(client, key, marker.createRevision());
    }

    TxnRequest puts(List<Entry> entries) {
        TxnRequest.Builder request = TxnRequest.newBuilder().addCompare(createdAt(markerKey, createRevision));
        for (Entry entry : entries) {
            request.addSuccess(put(entry.entryKey().key(), entry.value()));
        }
        return request.build();
    }

    TxnRequest mark(ByteString value) {
        return TxnRequest.newBuilder()
                .addCompare(createdAt(markerKey, createRevision))
                .addSuccess(put(markerKey, value))
                .build();
    }

    CompletableFuture<Boolean> send(TxnRequest request) {
        return client.send(KVGrpc.getTxnMethod(), request).thenApply(response -> response.getSucceeded());
    }

    /** As {@link #send}, tried for some seconds. */
    boolean ask(TxnRequest request) throws InterruptedException {
        return client.ask("a transaction", KVGrpc.getTxnMethod(), request).getSucceeded();
    }

    /** Removes the marker: the last write. */
    public void end() throws InterruptedException {
        client.ask(
                "the removal of the restore's marker",
                KVGrpc.getTxnMethod(),
                TxnRequest.newBuilder()
                        .addCompare(createdAt(markerKey, createRevision))
                        .addSuccess(RequestOp.newBuilder()
                                .setRequestDeleteRange(
                                        DeleteRangeRequest.newBuilder().setKey(markerKey)))
                        .build());
        if (client.find(markerKey) != null) {
            throw fenced();
        }
    }

    FencedException fenced() {
        return new FencedException(client.address() + ": the restore's marker \"" + markerKey.toStringUtf8()
                + "\" is no longer the one of this restore: another restore finished or began meanwhile. Nothing more was"
                + " written; compare the target before it is used");
    }

    private static Compare.Builder createdAt(ByteString key, long revision) {
        return Compare.newBuilder()
                .setKey(key)
                .setTarget(Compare.CompareTarget.CREATE)
                .setResult(Compare.CompareResult.EQUAL)
                .setCreateRevision(revision);
    }

    private static RequestOp put(ByteString key, ByteString value) {
        return RequestOp.newBuilder()
                .setRequestPut(PutRequest.newBuilder().setKey(key).setValue(value))
                .build();
    }
}
