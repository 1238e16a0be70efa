package io.metawal.testkit.databend;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.metawal.testkit.databend.proto.BasicAuth;
import io.metawal.testkit.databend.proto.ClusterStatus;
import io.metawal.testkit.databend.proto.Empty;
import io.metawal.testkit.databend.proto.ExportRequest;
import io.metawal.testkit.databend.proto.ExportedChunk;
import io.metawal.testkit.databend.proto.HandshakeRequest;
import io.metawal.testkit.databend.proto.HandshakeResponse;
import io.metawal.testkit.databend.proto.KvGetManyRequest;
import io.metawal.testkit.databend.proto.MetaServiceGrpc;
import io.metawal.testkit.databend.proto.RaftRequest;
import io.metawal.testkit.databend.proto.StreamItem;
import io.metawal.testkit.databend.proto.TxnReply;
import io.metawal.testkit.databend.proto.TxnRequest;
import io.metawal.testkit.databend.proto.WatchRequest;
import io.metawal.testkit.databend.proto.WatchResponse;
import java.util.List;

/** The calls of one node. */
final class MetaCalls extends MetaServiceGrpc.MetaServiceImplBase {
    private static final Metadata.Key<String> LEADER =
            Metadata.Key.of("x-databend-meta-leader-grpc-endpoint", Metadata.ASCII_STRING_MARSHALLER);
    private static final long VERSION = 1_002_880;
    private static final long CLIENT_VERSION_MIN = 1_002_676;
    private static final long CHUNK_LINES = 32;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final MetaNode node;

    MetaCalls(MetaNode node) {
        this.node = node;
    }

    /** Hands each message on; the answer ends with the question. */
    private abstract static class Each<Q> implements StreamObserver<Q> {
        private final StreamObserver<?> out;
        private boolean refused;

        Each(StreamObserver<?> out) {
            this.out = out;
        }

        @Override
        public void onError(Throwable failure) {
            // The caller went away; there is nobody to tell.
        }

        final void refuse(Status status, String why) {
            refused = true;
            out.onError(refused(status, why));
        }

        @Override
        public void onCompleted() {
            if (!refused) {
                out.onCompleted();
            }
        }
    }

    @Override
    public StreamObserver<HandshakeRequest> handshake(StreamObserver<HandshakeResponse> out) {
        return new Each<>(out) {
            @Override
            public void onNext(HandshakeRequest request) {
                long version = request.getProtocolVersion();
                if (version > 0 && version < CLIENT_VERSION_MIN) {
                    refuse(Status.INVALID_ARGUMENT, "client version " + version + " is too old");
                } else if (!nameIn(request).equals("root")) {
                    refuse(Status.UNAUTHENTICATED, "unknown user " + nameIn(request));
                } else {
                    out.onNext(HandshakeResponse.newBuilder()
                            .setProtocolVersion(VERSION)
                            .setPayload(ByteString.copyFromUtf8(node.token()))
                            .build());
                }
            }
        };
    }

    private static String nameIn(HandshakeRequest request) {
        try {
            return BasicAuth.parseFrom(request.getPayload()).getUsername();
        } catch (InvalidProtocolBufferException e) {
            return "";
        }
    }

    private static StatusRuntimeException refused(Status status, String why) {
        return status.withDescription(why).asRuntimeException();
    }

    @Override
    public void exportV1(ExportRequest request, StreamObserver<ExportedChunk> out) {
        if (node.faults().old) {
            out.onError(Status.UNIMPLEMENTED.asRuntimeException());
            return;
        }
        export(request.hasChunkSize() ? request.getChunkSize() : CHUNK_LINES, out);
    }

    @Override
    public void export(Empty request, StreamObserver<ExportedChunk> out) {
        export(CHUNK_LINES, out);
    }

    private void export(long chunkLines, StreamObserver<ExportedChunk> to) {
        ServerCallStreamObserver<ExportedChunk> out = (ServerCallStreamObserver<ExportedChunk>) to;
        // With a handler, a cancelled call is no error to write to.
        out.setOnCancelHandler(() -> {});
        List<String> lines = node.history().export(node.visible(), node.id());
        int cut = node.faults().takeExportCut();
        int sent = 0;
        for (int from = 0; from < lines.size() && !out.isCancelled(); from += (int) chunkLines) {
            if (sent++ == cut) {
                out.onError(refused(Status.UNAVAILABLE, "told to break an export off"));
                return;
            }
            int end = (int) Math.min(lines.size(), from + chunkLines);
            out.onNext(ExportedChunk.newBuilder()
                    .addAllData(lines.subList(from, end))
                    .build());
        }
        if (!out.isCancelled()) {
            out.onCompleted();
        }
    }

    /** Whoever watches makes others wait; none is served here, but counted. */
    @Override
    public void watch(WatchRequest request, StreamObserver<WatchResponse> out) {
        node.history().watched();
        out.onError(refused(Status.UNIMPLEMENTED, "no watch is served"));
    }

    @Override
    public void transaction(TxnRequest request, StreamObserver<TxnReply> out) {
        // A follower hands it on to the leader.
        TxnReply reply;
        try {
            reply = node.cluster().propose(new MetaEntry.Txn(request));
        } catch (UnsupportedOperationException e) {
            out.onError(refused(Status.UNIMPLEMENTED, String.valueOf(e.getMessage())));
            return;
        }
        if (node.faults().takeLoss()) {
            out.onError(refused(Status.UNAVAILABLE, "told to lose an answer"));
            return;
        }
        out.onNext(reply);
        out.onCompleted();
    }

    @Override
    public StreamObserver<KvGetManyRequest> kvGetMany(StreamObserver<StreamItem> out) {
        if (node.faults().old) {
            out.onError(Status.UNIMPLEMENTED.asRuntimeException());
        } else if (!node.leads()) {
            Metadata trailers = new Metadata();
            trailers.put(LEADER, node.cluster().leaderEndpoint());
            out.onError(Status.UNAVAILABLE.withDescription("not leader").asRuntimeException(trailers));
        }
        boolean serves = !node.faults().old && node.leads();
        return new Each<>(out) {
            @Override
            public void onNext(KvGetManyRequest request) {
                if (serves) {
                    out.onNext(item(request.getKey()));
                }
            }

            @Override
            public void onCompleted() {
                if (serves) {
                    super.onCompleted();
                }
            }
        };
    }

    @Override
    public void kvReadV1(RaftRequest request, StreamObserver<StreamItem> out) {
        try {
            JsonNode asked = JSON.readTree(request.getData());
            if (asked.has("ListKV")) {
                node.history()
                        .listed(
                                asked.path("ListKV").path("prefix").asText(),
                                node.cluster().millis())
                        .forEach((key, record) -> out.onNext(StreamItem.newBuilder()
                                .setKey(key)
                                .setValue(MetaText.seqV(record))
                                .build()));
            }
            for (JsonNode key : asked.path("MGetKV").path("keys")) {
                out.onNext(item(key.asText()));
            }
            out.onCompleted();
        } catch (JsonProcessingException e) {
            out.onError(refused(Status.INVALID_ARGUMENT, "not JSON"));
        }
    }

    private StreamItem item(String key) {
        StreamItem.Builder item = StreamItem.newBuilder().setKey(key);
        MetaRecord found = node.history().at(node.history().last()).get(key);
        return found == null
                ? item.build()
                : item.setValue(MetaText.seqV(found)).build();
    }

    @Override
    public void getClusterStatus(Empty request, StreamObserver<ClusterStatus> out) {
        MetaHistory history = node.history();
        ClusterStatus.Builder status = ClusterStatus.newBuilder()
                .setId(node.id())
                .setBinaryVersion(history.release())
                .setDataVersion("V004")
                .setEndpoint(node.endpoint())
                .setIsLeader(node.leads())
                .setState(node.leads() ? "Leader" : "Follower")
                .setCurrentTerm(history.term())
                .setLastLogIndex(node.visible())
                .setLastSeq(history.seqAt(node.visible()));
        out.onNext(status.build());
        out.onCompleted();
    }
}
