package io.metawal.bench;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.metawal.connectors.etcd.rpc.EtcdAddress;
import io.metawal.connectors.etcd.rpc.EtcdClient;
import io.metawal.metadata.image.Entry;
import io.metawal.testkit.etcd.EtcdServer;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** Bare writes into an etcd: nothing is claimed, marked, retried or read back. */
final class EtcdLoad implements AutoCloseable {
    /** What etcd takes in one transaction unless it is told otherwise. */
    static final int OPERATIONS = 128;

    static final int IN_FLIGHT = 32;
    private static final int KEYS = 1024;

    private final EtcdClient client;

    EtcdLoad(EtcdServer server) {
        this.client = new EtcdClient(new EtcdAddress(List.of(server.endpoint()), null, null, null));
    }

    /** One call after another, so many of them under way. */
    private static final class Pipeline {
        private final int most;
        private final ArrayDeque<CompletableFuture<?>> underWay = new ArrayDeque<>();

        Pipeline(int most) {
            this.most = most;
        }

        void add(CompletableFuture<?> call) {
            underWay.add(call);
            if (underWay.size() == most) {
                underWay.remove().join();
            }
        }

        void end() {
            underWay.forEach(CompletableFuture::join);
        }
    }

    /** Puts of 1 KiB, {@code inFlight} of them under way at a time. */
    Contender puts(String name, int inFlight, int puts) {
        byte[] value = new byte[LogAppends.VALUE_BYTES];
        new Random(7).nextBytes(value);
        PutRequest.Builder put = PutRequest.newBuilder().setValue(ByteString.copyFrom(value));
        return Contender.of(name, () -> {
            long start = System.nanoTime();
            Pipeline pipeline = new Pipeline(inFlight);
            for (int n = 0; n < puts; n++) {
                put.setKey(ByteString.copyFromUtf8(String.format("%08d", n % KEYS)));
                pipeline.add(client.send(KVGrpc.getPutMethod(), put.build()));
            }
            pipeline.end();
            return System.nanoTime() - start;
        });
    }

    /** Puts entries in transactions of {@link #OPERATIONS}, {@link #IN_FLIGHT} of them under way. */
    void load(Iterator<Entry> entries) {
        Pipeline pipeline = new Pipeline(IN_FLIGHT);
        TxnRequest.Builder transaction = TxnRequest.newBuilder();
        while (entries.hasNext()) {
            Entry entry = entries.next();
            PutRequest put = PutRequest.newBuilder()
                    .setKey(entry.entryKey().key())
                    .setValue(entry.value())
                    .build();
            transaction.addSuccess(RequestOp.newBuilder().setRequestPut(put));
            if (transaction.getSuccessCount() == OPERATIONS || !entries.hasNext()) {
                pipeline.add(client.send(KVGrpc.getTxnMethod(), transaction.build()));
                transaction = TxnRequest.newBuilder();
            }
        }
        pipeline.end();
    }

    @Override
    public void close() {
        client.close();
    }
}
