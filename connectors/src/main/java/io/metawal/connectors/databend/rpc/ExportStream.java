package io.metawal.connectors.databend.rpc;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.metawal.connectors.databend.grpc.proto.Empty;
import io.metawal.connectors.databend.grpc.proto.ExportRequest;
import io.metawal.connectors.databend.grpc.proto.ExportedChunk;
import io.metawal.connectors.databend.grpc.proto.MetaServiceGrpc;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The lines of one export, as they come; messages wait on the wire until they are taken, so that a slow reader costs no memory. A
 * server that knows no {@code ExportV1} is asked for an {@code Export}, whose messages are of its own size. A stream that broke is not gone on with:
 * {@code UnreachableException}. {@link MessageTooLargeException} where fewer lines are to be asked for. For one reader.
 */
public final class ExportStream implements AutoCloseable {
    private static final int MESSAGES_AHEAD = 2;
    private static final long SILENCE_SECONDS_MAX = 120;

    private final DatabendNode node;
    private final int chunkLines;
    private Leg leg;
    private Iterator<String> lines = List.<String>of().iterator();
    private boolean any;

    private ExportStream(DatabendNode node, int chunkLines) {
        this.node = node;
        this.chunkLines = chunkLines;
        this.leg = new Leg();
    }

    static ExportStream open(DatabendNode node, int chunkLines) {
        ExportStream stream = new ExportStream(node, chunkLines);
        ExportRequest request =
                ExportRequest.newBuilder().setChunkSize(chunkLines).build();
        stream.leg.start(node.channel().newCall(MetaServiceGrpc.getExportV1Method(), CallOptions.DEFAULT), request);
        return stream;
    }

    /** The next line; null at the end. */
    public @Nullable String next() throws InterruptedException {
        while (!lines.hasNext()) {
            News news = leg.take();
            if (news instanceof Lines some) {
                any = true;
                lines = some.lines().iterator();
            } else if (news instanceof Ended ended) {
                Status status = ended.status();
                if (status.isOk()) {
                    return null;
                }
                if (any || status.getCode() != Status.Code.UNIMPLEMENTED || leg.older) {
                    throw DatabendFaults.toFault(
                            node.endpoint(), "an export of " + chunkLines + " lines a message", status);
                }
                leg = new Leg();
                leg.older = true;
                leg.start(
                        node.channel().newCall(MetaServiceGrpc.getExportMethod(), CallOptions.DEFAULT),
                        Empty.getDefaultInstance());
            }
        }
        return lines.next();
    }

    @Override
    public void close() {
        leg.cancel();
    }

    private sealed interface News permits Lines, Ended {}

    private record Lines(List<String> lines) implements News {}

    private record Ended(Status status) implements News {}

    /** One call. */
    private static final class Leg {
        private final BlockingQueue<News> news = new LinkedBlockingQueue<>();
        private volatile @Nullable ClientCallStreamObserver<?> call;
        private boolean older;

        <Q> void start(ClientCall<Q, ExportedChunk> fresh, Q request) {
            ClientCalls.asyncServerStreamingCall(fresh, request, new Observer<Q>());
        }

        News take() throws InterruptedException {
            News next = news.poll(SILENCE_SECONDS_MAX, TimeUnit.SECONDS);
            if (next == null) {
                cancel();
                return new Ended(
                        Status.DEADLINE_EXCEEDED.withDescription("nothing came in " + SILENCE_SECONDS_MAX + " s"));
            }
            ClientCallStreamObserver<?> stream = call;
            if (next instanceof Lines && stream != null) {
                stream.request(1);
            }
            return next;
        }

        void cancel() {
            ClientCallStreamObserver<?> stream = call;
            if (stream != null) {
                stream.cancel("the export is not read further", null);
            }
        }

        private final class Observer<Q> implements ClientResponseObserver<Q, ExportedChunk> {
            @Override
            public void beforeStart(ClientCallStreamObserver<Q> stream) {
                stream.disableAutoRequestWithInitial(MESSAGES_AHEAD);
                call = stream;
            }

            @Override
            public void onNext(ExportedChunk chunk) {
                news.add(new Lines(chunk.getDataList()));
            }

            @Override
            public void onError(Throwable failure) {
                news.add(new Ended(Status.fromThrowable(failure)));
            }

            @Override
            public void onCompleted() {
                news.add(new Ended(Status.OK));
            }
        }
    }
}
