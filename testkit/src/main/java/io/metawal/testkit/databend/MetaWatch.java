package io.metawal.testkit.databend;

import io.grpc.stub.ServerCallStreamObserver;
import io.metawal.testkit.databend.proto.Event;
import io.metawal.testkit.databend.proto.SeqV;
import io.metawal.testkit.databend.proto.WatchRequest;
import io.metawal.testkit.databend.proto.WatchResponse;
import java.util.List;

/** One watch of a node: what there is, then what comes, on a thread of its own until the call is over. */
final class MetaWatch implements Runnable {
    private static final long LOOK_MILLIS = 20;

    private final MetaNode node;
    private final WatchRequest request;
    private final ServerCallStreamObserver<WatchResponse> out;

    MetaWatch(MetaNode node, WatchRequest request, ServerCallStreamObserver<WatchResponse> out) {
        this.node = node;
        this.request = request;
        this.out = out;
    }

    @Override
    public void run() {
        MetaHistory history = node.history();
        long told = node.visible();
        try {
            if (request.getInitialFlush()) {
                flush(history.stateAt(told));
            }
            while (!out.isCancelled()) {
                synchronized (history) {
                    if (told >= node.visible()) {
                        history.wait(LOOK_MILLIS);
                    }
                }
                while (told < node.visible()) {
                    tell(history.events(++told));
                }
            }
        } catch (InterruptedException | IllegalStateException | io.grpc.StatusRuntimeException e) {
            // The call was over in the middle of a word.
            Thread.currentThread().interrupt();
        }
    }

    private void flush(MetaState state) {
        state.records().forEach((key, record) -> {
            SeqV current = MetaText.seqV(record);
            send(Event.newBuilder().setKey(key).setCurrent(current).build(), true);
        });
        out.onNext(WatchResponse.getDefaultInstance());
    }

    private void tell(List<Event> events) {
        if (node.faults().watchSilent) {
            return;
        }
        for (Event event : events) {
            send(event, false);
            if (node.faults().watchTwice) {
                send(event, false);
            }
        }
    }

    private void send(Event event, boolean initial) {
        boolean wanted = event.getKey().compareTo(request.getKey()) >= 0
                && (request.hasKeyEnd()
                        ? event.getKey().compareTo(request.getKeyEnd()) < 0
                        : event.getKey().equals(request.getKey()));
        if (wanted) {
            out.onNext(WatchResponse.newBuilder()
                    .setEvent(event)
                    .setIsInitialization(initial)
                    .build());
        }
    }
}
