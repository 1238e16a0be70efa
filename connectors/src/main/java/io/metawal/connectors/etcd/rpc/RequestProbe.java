package io.metawal.connectors.etcd.rpc;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.metawal.metadata.image.Entry;

/**
 * Asks a server which requests it takes, since it tells its limits nowhere: by transactions of the same size whose condition
 * never holds. They change no key and no revision. They also find out whether the user may write, and whether there is room.
 */
public final class RequestProbe {
    private static final long NO_CREATE_REVISION = -1;
    /** More than the fields of one operation take beside key and value. */
    private static final int OVERHEAD = 64;

    private final EtcdClient client;

    public RequestProbe(EtcdClient client) {
        this.client = client;
    }

    /**
     * The limits within which the server takes transactions of several keys.
     *
     * @param largest of the entries to be written
     * @param bytes of all of them
     * @throws RequestLimitException naming the key, where the server does not take the largest entry
     */
    public WritePipeline.Limits within(WritePipeline.Limits limits, Entry largest, long bytes)
            throws InterruptedException {
        ByteString key = largest.entryKey().key();
        if (!takes(key, largest.value())) {
            long size = (long) key.size() + largest.value().size();
            throw new RequestLimitException(
                    client.address() + ": the key \"" + shown(key) + "\" has " + size
                            + " bytes with its value, more than this etcd takes in a request. Nothing was written: start it"
                            + " with --max-request-bytes " + (size + 1024) + " or more (etcd's default is 1572864), and"
                            + " restore again",
                    null);
        }
        long fields = (long) OVERHEAD * limits.operationsMax();
        long most = Math.min(limits.bytesMax(), bytes);
        while (most > (long) key.size() + largest.value().size()
                && !takes(key, ByteString.copyFrom(new byte[Math.toIntExact(most + fields)]))) {
            most /= 2;
        }
        int operationsMax = limits.operationsMax();
        while (operationsMax > 1 && !takes(key, operationsMax)) {
            operationsMax /= 2;
        }
        return new WritePipeline.Limits(
                operationsMax,
                most == bytes ? limits.bytesMax() : most,
                limits.transactionsMax(),
                limits.bytesUnderWayMax());
    }

    private static String shown(ByteString key) {
        return key.isValidUtf8()
                ? key.toStringUtf8()
                : "0x" + java.util.HexFormat.of().formatHex(key.toByteArray());
    }

    private boolean takes(ByteString key, ByteString value) throws InterruptedException {
        return takes(TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setKey(key)
                        .setTarget(Compare.CompareTarget.CREATE)
                        .setResult(Compare.CompareResult.EQUAL)
                        .setCreateRevision(NO_CREATE_REVISION))
                .addSuccess(RequestOp.newBuilder()
                        .setRequestPut(PutRequest.newBuilder().setKey(key).setValue(value)))
                .build());
    }

    private boolean takes(ByteString key, int operations) throws InterruptedException {
        TxnRequest.Builder request = TxnRequest.newBuilder();
        RequestOp read = RequestOp.newBuilder()
                .setRequestRange(RangeRequest.newBuilder().setKey(key).setCountOnly(true))
                .build();
        for (int n = 0; n < operations; n++) {
            request.addSuccess(read);
        }
        return takes(request.build());
    }

    private boolean takes(TxnRequest request) throws InterruptedException {
        try {
            client.ask("a transaction that tries the server's limits", KVGrpc.getTxnMethod(), request);
            return true;
        } catch (RequestLimitException e) {
            return false;
        }
    }
}
