package io.metawal.connectors.etcd.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.metawal.testkit.etcd.EtcdServer;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("server")
@Tag("process")
class WatchStreamTest {
    private static final KeyRange ALL = KeyRange.ofPrefix(ByteString.EMPTY);

    @Test
    void etcdHonoursTheWishForFragments() throws InterruptedException {
        try (EtcdServer server = EtcdServer.start();
                EtcdClient client = new EtcdClient(new EtcdAddress(List.of(server.endpoint()), null, null, null))) {
            for (int i = 0; i < 10; i++) {
                putThree(client, ByteString.copyFrom(new byte[400 << 10]));
            }
            int fragments = 0;
            int changes = 0;
            try (WatchStream watch = WatchStream.open(client, ALL, 2)) {
                while (changes < 30) {
                    if (watch.poll(10_000) instanceof WatchStream.Reply reply) {
                        fragments += reply.fragment() ? 1 : 0;
                        changes += reply.changes().size();
                        assertThat(reply.changes()).hasSizeLessThan(10);
                    }
                }
            }
            assertThat(fragments).isPositive();
        }
    }

    private static void putThree(EtcdClient client, ByteString value) throws InterruptedException {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        for (int i = 0; i < 3; i++) {
            txn.addSuccess(RequestOp.newBuilder()
                    .setRequestPut(PutRequest.newBuilder()
                            .setKey(ByteString.copyFromUtf8("/" + i))
                            .setValue(value)));
        }
        client.ask("txn", KVGrpc.getTxnMethod(), txn.build());
    }

    @Test
    void aPrefixOfTheHighestBytesHasNoEnd() {
        ByteString ff = ByteString.copyFrom(new byte[] {'a', (byte) 0xff});
        assertThat(KeyRange.ofPrefix(ff).end().toStringUtf8()).isEqualTo("b");
        assertThat(KeyRange.ofPrefix(ff.substring(1)).end()).isEqualTo(ByteString.copyFrom(new byte[1]));
        assertThat(ALL).isEqualTo(new KeyRange(ByteString.copyFrom(new byte[1]), ByteString.copyFrom(new byte[1])));
    }
}
