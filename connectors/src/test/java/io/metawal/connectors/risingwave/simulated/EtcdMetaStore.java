package io.metawal.connectors.risingwave.simulated;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.metawal.connectors.etcd.rpc.EtcdAddress;
import io.metawal.connectors.etcd.rpc.EtcdClient;
import io.metawal.testkit.etcd.EtcdServer;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Rows in an etcd, each transaction one of etcd's. As RisingWave's deployments do, the server must allow many operations in one.
 */
public final class EtcdMetaStore implements MetaStore, AutoCloseable {
    private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

    private final EtcdClient client;

    public EtcdMetaStore(EtcdAddress address) {
        this.client = new EtcdClient(address);
    }

    /** An etcd for the rows to go to. */
    public static EtcdServer startServer() {
        return EtcdServer.start("--max-txn-ops", "999999", "--max-request-bytes", "10485760");
    }

    @Override
    public void commit(MetaTransaction transaction) {
        TxnRequest.Builder request = TxnRequest.newBuilder();
        transaction
                .deletes()
                .forEach(key -> request.addSuccess(RequestOp.newBuilder()
                        .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(key))));
        transaction
                .puts()
                .forEach((key, value) -> request.addSuccess(RequestOp.newBuilder()
                        .setRequestPut(PutRequest.newBuilder().setKey(key).setValue(value))));
        try {
            var unused = client.ask("txn", KVGrpc.getTxnMethod(), request.build());
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Everything that is in etcd. */
    public SortedMap<ByteString, ByteString> rows() throws InterruptedException {
        RangeRequest all =
                RangeRequest.newBuilder().setKey(ZERO).setRangeEnd(ZERO).build();
        SortedMap<ByteString, ByteString> rows = new TreeMap<>(ByteString.unsignedLexicographicalComparator());
        for (KeyValue one : client.ask("range", KVGrpc.getRangeMethod(), all).getKvsList()) {
            rows.put(one.getKey(), one.getValue());
        }
        return rows;
    }

    @Override
    public void close() {
        client.close();
    }
}
