package io.metawal.connectors.databend.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.grpc.proto.TxnOp;
import io.metawal.connectors.databend.grpc.proto.TxnPutRequest;
import io.metawal.connectors.databend.grpc.proto.TxnReply;
import io.metawal.connectors.databend.grpc.proto.TxnRequest;
import io.metawal.connectors.net.Backoff;
import io.metawal.connectors.net.Tls;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnknownOutcomeException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.testkit.databend.DatabendServer;
import io.metawal.testkit.etcd.EtcdCertificates;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("process")
class DatabendClientTest {
    private final DatabendServer server = DatabendServer.start(3, InstantSource.system());
    private DatabendClient client = clientOf(1, 2, 3);

    private DatabendClient clientOf(int... nodes) {
        List<String> endpoints = new ArrayList<>();
        for (int node : nodes) {
            endpoints.add(server.endpoint(node));
        }
        return new DatabendClient(DatabendAddress.of(endpoints), new Backoff(10));
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private void use(int... nodes) {
        client.close();
        client = clientOf(nodes);
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private static TxnRequest put(String key, String value) {
        return TxnRequest.newBuilder()
                .addIfThen(TxnOp.newBuilder()
                        .setPut(TxnPutRequest.newBuilder().setKey(key).setValue(bytes(value))))
                .build();
    }

    private List<String> export(int chunkLines) throws InterruptedException {
        List<String> lines = new ArrayList<>();
        try (ExportStream stream = client.export(chunkLines)) {
            for (String line = stream.next(); line != null; line = stream.next()) {
                lines.add(line);
            }
        }
        return lines;
    }

    @Test
    void aTransactionNeedsATokenAndGetsOneAgainAfterARestart() throws InterruptedException {
        TxnReply reply = client.transact(put("a", "1"));
        assertThat(reply.getSuccess()).isTrue();
        assertThat(reply.getExecutionPath()).isEqualTo("then");
        server.restart(1);
        // Whether the old connection is known to be gone by now is chance.
        try {
            var unused = client.status();
            client.transact(put("a", "2"));
        } catch (UnknownOutcomeException e) {
            client.transact(put("a", "2"));
        }
        assertThat(client.many(List.of("a", "nothing")))
                .hasSize(1)
                .hasEntrySatisfying("a", seqV -> assertThat(seqV.getData()).isEqualTo(bytes("2")));
        assertThat(server.seq()).isEqualTo(2);
    }

    @Test
    void overTlsWithAClientCertificate(@TempDir Path directory) throws InterruptedException {
        EtcdCertificates made = EtcdCertificates.make(directory);
        try (DatabendServer closed = DatabendServer.startTls(
                1,
                InstantSource.system(),
                new DatabendServer.Certificates(made.authority(), made.server(), made.serverKey()))) {
            List<String> there = List.of(closed.endpoint(1));
            Tls own = new Tls(made.authority(), made.client(), made.clientKey());
            try (DatabendClient welcome = new DatabendClient(new DatabendAddress(there, "root", "", own, 1 << 20))) {
                assertThat(welcome.transact(put("a", "1")).getSuccess()).isTrue();
                assertThat(welcome.many(List.of("a"))).containsKey("a");
            }
            for (Tls none : new @Nullable Tls[] {null, new Tls(made.authority(), null, null)}) {
                try (DatabendClient stranger =
                        new DatabendClient(new DatabendAddress(there, "root", "", none, 1 << 20), new Backoff(2))) {
                    assertThatThrownBy(stranger::status).isInstanceOf(UnreachableException.class);
                }
            }
        }
    }

    @Test
    void anotherUserIsDenied() {
        client.close();
        client = new DatabendClient(
                new DatabendAddress(List.of(server.endpoint(1)), "eve", "x", null, DatabendAddress.MESSAGE_BYTES_MAX));
        assertThatThrownBy(() -> client.transact(put("a", "1")))
                .hasMessageContaining(server.endpoint(1))
                .hasMessageContaining("unknown user eve")
                .hasMessageContaining("knows the user root alone")
                .asInstanceOf(type(MetawalException.class))
                .returns(ExitCode.ACCESS_DENIED, MetawalException::code);
        assertThat(server.seq()).isZero();
    }

    @Test
    void aReadGoesToTheLeaderThatAFollowerNames() throws InterruptedException {
        server.put("a", bytes("1"));
        server.elect(3);
        assertThat(client.many(List.of("a"))).containsKey("a");
        use(2);
        assertThat(client.many(List.of("a"))).containsKey("a");
        assertThat(client.status()).returns(server.endpoint(3), NodeStatus::endpoint);
    }

    @Test
    void theStatusIsTheLeadersWhereverItIs() throws InterruptedException {
        server.put("a", bytes("1"));
        for (int leader : List.of(2, 3, 1)) {
            server.elect(leader);
            NodeStatus status = client.status();
            assertThat(status.leads()).isTrue();
            assertThat(status.endpoint()).isEqualTo(server.endpoint(leader));
            assertThat(status.lastLogIndex()).isEqualTo(server.last());
            assertThat(status.lastSeq()).isEqualTo(1);
        }
        use(3);
        assertThat(client.status())
                .as("of a node that was not given")
                .returns(server.endpoint(1), NodeStatus::endpoint)
                .returns(true, NodeStatus::leads);
        server.beOld(3);
        use(3);
        assertThat(client.status())
                .as("an old node does not say who leads")
                .returns(server.endpoint(3), NodeStatus::endpoint)
                .returns(false, NodeStatus::leads);
    }

    @Test
    void anotherNodeAnswersForOneThatIsGone() throws InterruptedException {
        server.put("a", bytes("1"));
        server.stop(1);
        server.elect(2);
        assertThat(client.status()).returns(server.endpoint(2), NodeStatus::endpoint);
        assertThat(export(32)).isEqualTo(server.export(2));
    }

    @Test
    void nobodyAnswers() throws InterruptedException {
        use(1);
        server.stop(1);
        assertThatThrownBy(() -> client.status())
                .isInstanceOf(UnreachableException.class)
                .hasMessageContaining("its status got no answer: UNAVAILABLE")
                .hasMessageContaining(server.endpoint(1));
        assertThatThrownBy(() -> client.transact(put("a", "1"))).isInstanceOf(UnknownOutcomeException.class);
    }

    @Test
    void anExportComesWholeInMessagesOfAnySize() throws InterruptedException {
        for (int i = 0; i < 500; i++) {
            server.put("key/" + i % 90, bytes("v" + i));
        }
        server.snapshotAndPurge(100);
        assertThat(export(1)).isEqualTo(server.export(1));
        assertThat(export(7)).isEqualTo(server.export(1));
        assertThat(export(100_000)).isEqualTo(server.export(1)).hasSize(5 + 100 + 3 + 90);
        server.beOld(1);
        assertThat(export(7)).as("by the older call").isEqualTo(server.export(1));
        assertThat(client.many(List.of("key/1"))).as("by the older call").containsKey("key/1");
    }

    @Test
    void aMessageThatIsTooLargeIsSaidToBe() throws InterruptedException {
        for (int i = 0; i < 10; i++) {
            server.put("key/" + i, ByteString.copyFrom(new byte[100_000]));
        }
        client.close();
        client = new DatabendClient(new DatabendAddress(List.of(server.endpoint(1)), "root", "", null, 1 << 20));
        assertThatThrownBy(() -> export(32))
                .isInstanceOf(MessageTooLargeException.class)
                .hasMessageContaining("an export of 32 lines a message")
                .hasMessageContaining("?message-mib=N");
        assertThat(export(2)).isEqualTo(server.export(1));
    }

    @Test
    void anExportThatBreaksOffIsNoExport() {
        for (int i = 0; i < 100; i++) {
            server.put("key/" + i, bytes("v"));
        }
        server.cutNextExport(1, 3);
        assertThatThrownBy(() -> export(8))
                .isInstanceOf(UnreachableException.class)
                .hasMessageContaining("told to break an export off");
    }
}
