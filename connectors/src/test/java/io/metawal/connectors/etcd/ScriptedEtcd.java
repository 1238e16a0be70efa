package io.metawal.connectors.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.HashKVRequest;
import io.etcd.jetcd.api.HashKVResponse;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An etcd in this process with the faults of real ones: watches that leave out events ({@link #hides}), are silent, or are continued by another
 * server. What it answers follows etcd's server/etcdserver/api/v3rpc/watch.go and server/storage/mvcc/watchable_store.go.
 */
final class ScriptedEtcd implements AutoCloseable {
    private final TreeMap<Long, List<Event>> history = new TreeMap<>();
    private final Set<Stream> streams = new HashSet<>();
    private final Server server;
    private final String version;
    private long head = 1;
    private long compacted;
    private long member = 11;
    private long term = 5;
    private Predicate<Event> hides = event -> false;
    private @Nullable Status refusal;
    private int watches;
    private int progressRequests;
    private int pages;

    ScriptedEtcd(String version) {
        this.version = version;
        try {
            this.server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .addService(new Kv())
                    .addService(new Watches())
                    .addService(new Maintenance())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String endpoint() {
        return "127.0.0.1:" + server.getPort();
    }

    static Event put(String key, String value) {
        return Event.newBuilder()
                .setType(Event.EventType.PUT)
                .setKv(kv(key).setValue(ByteString.copyFromUtf8(value)))
                .build();
    }

    static Event delete(String key) {
        return Event.newBuilder().setType(Event.EventType.DELETE).setKv(kv(key)).build();
    }

    private static KeyValue.Builder kv(String key) {
        return KeyValue.newBuilder().setKey(ByteString.copyFromUtf8(key));
    }

    /** One transaction; returns its revision. */
    synchronized long write(Event... events) {
        head++;
        List<Event> made = new ArrayList<>();
        for (Event event : events) {
            KeyValue.Builder kv = event.getKv().toBuilder().setModRevision(head);
            if (event.getType() == Event.EventType.PUT) {
                kv.setCreateRevision(head).setVersion(1);
            }
            made.add(event.toBuilder().setKv(kv).build());
        }
        history.put(head, made);
        streams.forEach(stream -> stream.report(head));
        return head;
    }

    /** Which events watches leave out; asked once for each event of each watch. */
    synchronized void hides(Predicate<Event> which) {
        hides = which;
    }

    synchronized void compact(long revision) {
        compacted = revision;
    }

    /** Another history from a revision on, as that of a cluster that was created again from a snapshot. */
    synchronized void forget(long from) {
        history.tailMap(from, true).clear();
        head = from - 1;
    }

    synchronized void becomes(long otherMember, long otherTerm) {
        member = otherMember;
        term = otherTerm;
    }

    /** Every call is answered so. */
    synchronized void refuses(Status status) {
        refusal = status;
    }

    synchronized void breakWatches() {
        List.copyOf(streams).forEach(stream -> stream.fail(Status.UNAVAILABLE.withDescription("broken by the test")));
    }

    /** All open watches report that they came as far as the server. */
    synchronized void notifyProgress() {
        streams.forEach(stream -> stream.send(WatchResponse.newBuilder()));
    }

    synchronized int watches() {
        return watches;
    }

    synchronized int progressRequests() {
        return progressRequests;
    }

    /** Pages of keys that were read. */
    synchronized int pages() {
        return pages;
    }

    private ResponseHeader header() {
        return ResponseHeader.newBuilder()
                .setClusterId(77)
                .setMemberId(member)
                .setRaftTerm(term)
                .setRevision(head)
                .build();
    }

    private synchronized <A> boolean refused(StreamObserver<A> answer) {
        Status status = refusal;
        if (status == null) {
            return false;
        }
        answer.onError(status.asRuntimeException());
        return true;
    }

    private final class Kv extends KVGrpc.KVImplBase {
        @Override
        public void range(RangeRequest request, StreamObserver<RangeResponse> answer) {
            synchronized (ScriptedEtcd.this) {
                if (refused(answer)) {
                    return;
                }
                long revision = request.getRevision() == 0 ? head : request.getRevision();
                if (revision > head || revision < compacted) {
                    answer.onError(Status.OUT_OF_RANGE
                            .withDescription("etcdserver: mvcc: required revision "
                                    + (revision > head ? "is a future revision" : "has been compacted"))
                            .asRuntimeException());
                    return;
                }
                RangeResponse.Builder response = RangeResponse.newBuilder().setHeader(header());
                if (!request.getCountOnly()) {
                    pages++;
                    response.addAllKvs(at(revision, request.getKey(), request.getRangeEnd()));
                }
                answer.onNext(response.build());
                answer.onCompleted();
            }
        }
    }

    private List<KeyValue> at(long revision, ByteString start, ByteString end) {
        TreeMap<ByteString, KeyValue> keys = new TreeMap<>(ByteString.unsignedLexicographicalComparator());
        for (List<Event> events : history.headMap(revision, true).values()) {
            for (Event event : events) {
                if (event.getType() == Event.EventType.PUT) {
                    keys.put(event.getKv().getKey(), event.getKv());
                } else {
                    keys.remove(event.getKv().getKey());
                }
            }
        }
        return keys.values().stream()
                .filter(kv -> within(kv.getKey(), start, end))
                .toList();
    }

    private static boolean within(ByteString key, ByteString start, ByteString end) {
        var order = ByteString.unsignedLexicographicalComparator();
        boolean endless = end.size() == 1 && end.byteAt(0) == 0;
        return order.compare(key, start) >= 0 && (endless || order.compare(key, end) < 0);
    }

    private final class Maintenance extends MaintenanceGrpc.MaintenanceImplBase {
        @Override
        public void status(StatusRequest request, StreamObserver<StatusResponse> answer) {
            if (!refused(answer)) {
                answer.onNext(StatusResponse.newBuilder()
                        .setHeader(header())
                        .setVersion(version)
                        .build());
                answer.onCompleted();
            }
        }

        @Override
        public void hashKV(HashKVRequest request, StreamObserver<HashKVResponse> answer) {
            if (!refused(answer)) {
                synchronized (ScriptedEtcd.this) {
                    answer.onNext(HashKVResponse.newBuilder()
                            .setHeader(header())
                            .setCompactRevision(compacted)
                            .setHash(
                                    history.headMap(request.getRevision(), true).hashCode())
                            .build());
                }
                answer.onCompleted();
            }
        }
    }

    private final class Watches extends WatchGrpc.WatchImplBase {
        @Override
        public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> answers) {
            return new Stream(answers);
        }
    }

    private final class Stream implements StreamObserver<WatchRequest> {
        private final StreamObserver<WatchResponse> answers;
        private @Nullable WatchCreateRequest watched;
        private boolean failed;

        Stream(StreamObserver<WatchResponse> answers) {
            this.answers = answers;
            if (answers instanceof ServerCallStreamObserver<WatchResponse> call) {
                call.setOnCancelHandler(this::onCompleted);
            }
        }

        @Override
        public void onNext(WatchRequest request) {
            synchronized (ScriptedEtcd.this) {
                if (failed || refused(answers)) {
                    return;
                }
                if (request.hasProgressRequest()) {
                    progressRequests++;
                    send(WatchResponse.newBuilder().setWatchId(-1));
                    return;
                }
                WatchCreateRequest create = request.getCreateRequest();
                send(WatchResponse.newBuilder().setCreated(true).setWatchId(watched == null ? 0 : 1));
                if (watched != null) {
                    return;
                }
                watches++;
                watched = create;
                if (create.getStartRevision() < compacted) {
                    send(WatchResponse.newBuilder().setCanceled(true).setCompactRevision(compacted));
                    return;
                }
                streams.add(this);
                history.tailMap(create.getStartRevision(), true).keySet().forEach(this::report);
            }
        }

        void report(long revision) {
            WatchCreateRequest create = watched;
            if (create == null || revision < create.getStartRevision()) {
                return;
            }
            List<Event> events = history.getOrDefault(revision, List.of()).stream()
                    .filter(event -> within(event.getKv().getKey(), create.getKey(), create.getRangeEnd()))
                    .filter(hides.negate())
                    .toList();
            if (!events.isEmpty()) {
                send(WatchResponse.newBuilder().addAllEvents(events));
            }
        }

        void send(WatchResponse.Builder response) {
            answers.onNext(response.setHeader(header()).build());
        }

        void fail(Status status) {
            streams.remove(this);
            failed = true;
            answers.onError(status.asRuntimeException());
        }

        @Override
        public void onError(Throwable ended) {
            onCompleted();
        }

        @Override
        public void onCompleted() {
            synchronized (ScriptedEtcd.this) {
                streams.remove(this);
            }
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
