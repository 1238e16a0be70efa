package io.metawal.connectors.databend.rpc;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.metawal.connectors.databend.grpc.proto.ClusterStatus;
import io.metawal.connectors.databend.grpc.proto.Empty;
import io.metawal.connectors.databend.grpc.proto.KvGetManyRequest;
import io.metawal.connectors.databend.grpc.proto.MetaServiceGrpc;
import io.metawal.connectors.databend.grpc.proto.RaftRequest;
import io.metawal.connectors.databend.grpc.proto.SeqV;
import io.metawal.connectors.databend.grpc.proto.StreamItem;
import io.metawal.connectors.databend.grpc.proto.TxnReply;
import io.metawal.connectors.databend.grpc.proto.TxnRequest;
import io.metawal.connectors.net.Backoff;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnknownOutcomeException;
import io.metawal.metadata.fault.UnreachableException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Databend meta service of one or several nodes. One node is spoken to at a time: the leader where it is known and needed; the next where one
 * does not answer. For one thread, but for {@link #close}.
 */
public final class DatabendClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DatabendClient.class);
    private static final int TRIES_MAX = 7;

    private final DatabendAddress address;
    private final DatabendNodes nodes;
    private final Backoff backoff;

    public DatabendClient(DatabendAddress address) {
        this(address, new Backoff());
    }

    /** @param backoff how long it waits before it asks again; ended when this is closed */
    public DatabendClient(DatabendAddress address, Backoff backoff) {
        this.address = address;
        this.backoff = backoff;
        this.nodes = new DatabendNodes(address);
    }

    public DatabendAddress address() {
        return address;
    }

    private interface Call<A> {
        A to(DatabendNode node) throws InterruptedException;
    }

    /**
     * Calls, and calls again while that may help, up to some seconds; what then failed is thrown as a typed fault.
     * Only for what may be done twice.
     */
    private <A> A ask(String what, Call<A> call) throws InterruptedException {
        boolean tokenRenewed = false;
        for (int attempt = 1; ; attempt++) {
            DatabendNode node = nodes.current();
            try {
                return call.to(node);
            } catch (StatusRuntimeException e) {
                Status status = e.getStatus();
                if (DatabendFaults.staleToken(status) && !tokenRenewed) {
                    node.forgetToken();
                    tokenRenewed = true;
                    continue;
                }
                MetawalException fault = DatabendFaults.toFault(node.endpoint(), what, status);
                if (!DatabendFaults.passing(status) || attempt == TRIES_MAX) {
                    throw fault;
                }
                LOG.debug("{}; asking another node, or again", fault.text());
                // Sent on to the leader: no need to wait, at first.
                if (!(nodes.follow(e.getTrailers()) && attempt <= 2)) {
                    pause(attempt);
                }
            }
        }
    }

    /** The status of the node that leads, where it can be found; else of one that does not. Later calls go to it. */
    public NodeStatus status() throws InterruptedException {
        NodeStatus status = ask("its status", DatabendClient::statusOf);
        for (int i = 1; i < nodes.count() && !status.leads(); i++) {
            nodes.next();
            status = ask("its status", DatabendClient::statusOf);
        }
        if (!status.leads()) {
            status = statusOfWhomTheyFollow(status);
        }
        return status;
    }

    /** None of the addresses that were given leads; to be asked for a key, a node names the one that does. */
    private NodeStatus statusOfWhomTheyFollow(NodeStatus follower) throws InterruptedException {
        try {
            var unused = many(List.of(""));
        } catch (MetawalException e) {
            LOG.debug("{} does not say who leads: {}", follower.endpoint(), e.text());
            return follower;
        }
        return ask("its status", DatabendClient::statusOf);
    }

    private static NodeStatus statusOf(DatabendNode node) throws InterruptedException {
        ClusterStatus said = only(node.ask(MetaServiceGrpc.getGetClusterStatusMethod(), Empty.getDefaultInstance()));
        return new NodeStatus(
                node.endpoint(),
                said.getIsLeader(),
                said.getCurrentTerm(),
                said.getLastLogIndex(),
                said.getLastApplied(),
                said.getLastSeq(),
                said.getBinaryVersion());
    }

    private static <A> A only(List<A> answers) {
        if (answers.size() != 1) {
            throw Status.INTERNAL
                    .withDescription(answers.size() + " answers to a call that has one")
                    .asRuntimeException();
        }
        return answers.get(0);
    }

    /** The records of these keys, as the leader has them; a key without one is missing. */
    public Map<String, SeqV> many(List<String> keys) throws InterruptedException {
        if (keys.isEmpty()) {
            return Map.of();
        }
        Map<String, SeqV> found = new HashMap<>();
        for (StreamItem item : ask("a read of " + keys.size() + " keys", node -> read(node, keys))) {
            if (item.hasValue()) {
                found.put(item.getKey(), item.getValue());
            }
        }
        return found;
    }

    /** Is shown a record. */
    @FunctionalInterface
    public interface Items {
        void take(StreamItem item);
    }

    /** Every record, in the order of keys, as the leader has it; messages wait on the wire until they are taken. */
    public void list(Items items) throws InterruptedException {
        DatabendNode node = nodes.current();
        // As text, which every release knows; a follower hands it on to the leader.
        RaftRequest request = RaftRequest.newBuilder()
                .setData("{\"ListKV\":{\"prefix\":\"\"}}")
                .build();
        try {
            Iterator<StreamItem> found;
            try {
                found = node.stream(MetaServiceGrpc.getKvReadV1Method(), request);
                var unused = found.hasNext();
            } catch (StatusRuntimeException e) {
                if (!DatabendFaults.staleToken(e.getStatus())) {
                    throw e;
                }
                node.forgetToken();
                found = node.stream(MetaServiceGrpc.getKvReadV1Method(), request);
            }
            found.forEachRemaining(items::take);
        } catch (StatusRuntimeException e) {
            throw DatabendFaults.toFault(node.endpoint(), "a list of its records", e.getStatus());
        }
    }

    private static List<StreamItem> read(DatabendNode node, List<String> keys) throws InterruptedException {
        List<KvGetManyRequest> requests = keys.stream()
                .map(key -> KvGetManyRequest.newBuilder().setKey(key).build())
                .toList();
        try {
            return node.askAuthorized(MetaServiceGrpc.getKvGetManyMethod(), requests);
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.UNIMPLEMENTED) {
                throw e;
            }
        }
        // Before 1.2.869, a read is JSON, and a follower hands it on to the leader.
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        keys.forEach(request.putObject("MGetKV").putArray("keys")::add);
        return node.askAuthorized(
                MetaServiceGrpc.getKvReadV1Method(),
                List.of(RaftRequest.newBuilder().setData(request.toString()).build()));
    }

    /**
     * Tries a transaction once. {@link UnknownOutcomeException} where nobody answered: read before trying again.
     * {@link UnreachableException} where it cannot have happened.
     */
    public TxnReply transact(TxnRequest request) throws InterruptedException {
        MethodDescriptor<TxnRequest, TxnReply> method = MetaServiceGrpc.getTransactionMethod();
        for (int attempt = 1; ; attempt++) {
            DatabendNode node = nodes.current();
            try {
                return only(node.askAuthorized(method, List.of(request)));
            } catch (StatusRuntimeException e) {
                if (DatabendFaults.staleToken(e.getStatus()) && attempt == 1) {
                    node.forgetToken();
                    continue;
                }
                MetawalException fault = DatabendFaults.toFault(node.endpoint(), "a transaction", e.getStatus());
                if (!DatabendFaults.passing(e.getStatus())) {
                    throw fault;
                }
                nodes.follow(e.getTrailers());
                throw new UnknownOutcomeException(fault.text() + "; it may have happened or not", e);
            }
        }
    }

    /** Begins an export by the node that is spoken to; see {@link ExportStream}. */
    public ExportStream export(int chunkLines) {
        return ExportStream.open(nodes.current(), chunkLines);
    }

    /** Waits as before attempt number {@code attempt + 1}, and goes on with the same node; throws once closed. */
    public void rest(int attempt) throws InterruptedException {
        if (!backoff.pause(attempt)) {
            throw new UnreachableException(address + ": this client is closed");
        }
    }

    /** Speaks to the next node from now on; waits before attempt number {@code attempt + 1}; throws once closed. */
    public void pause(int attempt) throws InterruptedException {
        nodes.next();
        if (!backoff.pause(attempt)) {
            throw new UnreachableException(address + ": this client is closed");
        }
        nodes.current().channel().resetConnectBackoff();
    }

    @Override
    public void close() {
        backoff.end();
        nodes.close();
    }
}
