package io.metawal.connectors.etcd.rpc;

import com.google.protobuf.UnknownFieldSet;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchProgressRequest;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.fault.MetawalException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One watch of a range from a revision on. It never resumes by itself where it broke: the reader knows how far it came.
 * The server's answers wait on the wire until they are taken, so that a slow reader costs no memory. For one reader.
 *
 * <p>Fields that jetcd's messages lack are written and read as unknown ones: the wish for fragments (create request, 8) and the
 * mark of a fragment that is not the last (response, 7). Without them, one answer holds up to 1000 revisions.
 */
public final class WatchStream implements AutoCloseable {
    private static final int FRAGMENTS_WANTED = 8;
    private static final int FRAGMENT = 7;
    private static final int ANSWERS_AHEAD = 2;
    // Without it, a member cut off from the others leaves its watches open and silent.
    private static final Metadata.Key<String> NEEDS_LEADER =
            Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

    private final BlockingQueue<News> news = new LinkedBlockingQueue<>();
    private final EtcdClient client;
    private final KeyRange range;
    private @Nullable ClientCallStreamObserver<WatchRequest> call;

    /** What a watch tells. */
    public sealed interface News permits Reply, Ended, Woken {}

    /** A change and the revision that made it. */
    public record RevisedChange(long revision, Change change) {}

    /**
     * An answer of the server.
     *
     * @param header its revision is one up to which everything has been told, where there are no changes and the watch is not new
     * @param created whether this is the first answer, which tells nothing yet
     * @param fragment whether the next answer may go on with the same revision
     */
    public record Reply(EtcdHeader header, boolean created, boolean fragment, List<RevisedChange> changes)
            implements News {
        public boolean progress() {
            return !created && !fragment && changes.isEmpty();
        }
    }

    /** The watch is over: the revision that was asked for is compacted ({@link CompactedException}), or something failed. */
    public record Ended(MetawalException fault) implements News {}

    /** Nothing but {@link #wake}. */
    public record Woken() implements News {}

    private WatchStream(EtcdClient client, KeyRange range) {
        this.client = client;
        this.range = range;
    }

    public static WatchStream open(EtcdClient client, KeyRange range, long startRevision) {
        WatchStream watch = new WatchStream(client, range);
        watch.start(WatchCreateRequest.newBuilder()
                .setKey(range.start())
                .setRangeEnd(range.end())
                .setStartRevision(startRevision)
                .setProgressNotify(true)
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                FRAGMENTS_WANTED,
                                UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                        .build())
                .build());
        return watch;
    }

    private void start(WatchCreateRequest create) {
        Metadata headers = new Metadata();
        headers.put(NEEDS_LEADER, "true");
        Channel channel =
                ClientInterceptors.intercept(client.channel(), MetadataUtils.newAttachHeadersInterceptor(headers));
        ClientCalls.asyncBidiStreamingCall(
                        channel.newCall(WatchGrpc.getWatchMethod(), client.credentials(CallOptions.DEFAULT)),
                        new Observer())
                .onNext(WatchRequest.newBuilder().setCreateRequest(create).build());
    }

    /** What came next; null where nothing came in time. */
    public @Nullable News poll(long millis) throws InterruptedException {
        News next = news.poll(millis, TimeUnit.MILLISECONDS);
        ClientCallStreamObserver<WatchRequest> stream = call;
        if (next instanceof Reply && stream != null) {
            stream.request(1);
        }
        return next;
    }

    /**
     * Asks how far the watch has come; the answer is a {@link Reply} of progress, and none comes while etcd is catching the watch up. Only
     * for servers that {@link EtcdVersion#ordersProgress}, and not before the watch was created.
     */
    public void requestProgress() {
        ClientCallStreamObserver<WatchRequest> stream = call;
        if (stream != null) {
            stream.onNext(WatchRequest.newBuilder()
                    .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                    .build());
        }
    }

    /**
     * Asks for a {@link Reply} that is {@code created}: it shows that the watch still is of the same server's life. Made of a second watch that
     * reports nothing.
     */
    public void confirm() {
        ClientCallStreamObserver<WatchRequest> stream = call;
        if (stream != null) {
            stream.onNext(WatchRequest.newBuilder()
                    .setCreateRequest(WatchCreateRequest.newBuilder()
                            .setKey(range.start())
                            .addFilters(WatchCreateRequest.FilterType.NOPUT)
                            .addFilters(WatchCreateRequest.FilterType.NODELETE))
                    .build());
        }
    }

    /** Lets {@link #poll} return at once; for any thread. */
    public void wake() {
        news.add(new Woken());
    }

    @Override
    public void close() {
        ClientCallStreamObserver<WatchRequest> stream = call;
        if (stream != null) {
            stream.cancel("the watch is closed", null);
        }
    }

    private News read(WatchResponse response) {
        if (response.getCompactRevision() != 0) {
            return new Ended(new CompactedException(
                    client.address() + ": the watch: etcd's history is compacted at revision "
                            + response.getCompactRevision(),
                    response.getCompactRevision()));
        }
        if (response.getCanceled()) {
            // etcd says "permission denied" here for a stale token too.
            client.forgetToken();
            String reason = response.getCancelReason();
            return ended((reason.contains("permission denied") ? Status.PERMISSION_DENIED : Status.UNAVAILABLE)
                    .withDescription("the watch was cancelled: " + reason));
        }
        List<RevisedChange> changes = new ArrayList<>(response.getEventsCount());
        for (Event event : response.getEventsList()) {
            changes.add(new RevisedChange(event.getKv().getModRevision(), EntryMapping.change(event)));
        }
        boolean fragment = response.getUnknownFields().getField(FRAGMENT).getVarintList().stream()
                .anyMatch(bit -> bit != 0);
        return new Reply(EtcdHeader.of(response.getHeader()), response.getCreated(), fragment, changes);
    }

    private Ended ended(Status status) {
        return new Ended(EtcdFaults.toFault(client.address(), "the watch", status));
    }

    private final class Observer implements ClientResponseObserver<WatchRequest, WatchResponse> {
        @Override
        public void beforeStart(ClientCallStreamObserver<WatchRequest> stream) {
            stream.disableAutoRequestWithInitial(ANSWERS_AHEAD);
            call = stream;
        }

        @Override
        public void onNext(WatchResponse response) {
            news.add(read(response));
        }

        @Override
        public void onError(Throwable failure) {
            Status status = Status.fromThrowable(failure);
            client.noticeStaleToken(status);
            news.add(ended(status));
        }

        @Override
        public void onCompleted() {
            news.add(ended(Status.UNAVAILABLE.withDescription("the server ended the watch")));
        }
    }
}
