package io.metawal.connectors.etcd.rpc;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.TxnRequest;
import io.metawal.metadata.image.Entry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Puts entries in key order: in transactions within the server's limits, several of them under way, each retried until it
 * is known to have happened. Every {@link #MARK_EVERY} transactions the marker is given the key up to which everything is written. For
 * one thread.
 */
public final class WritePipeline {
    private static final int MARK_EVERY = 64;

    private final FencedWrites writes;
    private final Limits limits;
    private final Function<ByteString, ByteString> markerValue;
    private final ArrayDeque<UnderWay> underWay = new ArrayDeque<>();
    private List<Entry> batch = new ArrayList<>();
    private long batchBytes;
    private long bytesUnderWay;
    private long settled;

    /**
     * @param operationsMax of a transaction; etcd's own default is 128
     * @param bytesMax of a transaction of several keys; etcd's own default for a whole request is 1.5 MiB
     * @param transactionsMax under way at a time
     * @param bytesUnderWayMax at a time, but for a single larger one
     */
    public record Limits(int operationsMax, long bytesMax, int transactionsMax, long bytesUnderWayMax) {
        public static final Limits DEFAULT = new Limits(128, 1 << 20, 32, 32 << 20);
    }

    private record UnderWay(TxnRequest request, CompletableFuture<Boolean> answer, ByteString lastKey, long bytes) {}

    /** @param markerValue the marker's value for the last key known to be written */
    public WritePipeline(FencedWrites writes, Limits limits, Function<ByteString, ByteString> markerValue) {
        this.writes = writes;
        this.limits = limits;
        this.markerValue = markerValue;
    }

    public void put(Entry entry) throws InterruptedException {
        // The overhead of an operation in the message is some 20 bytes.
        long bytes = entry.entryKey().key().size() + entry.value().size() + 24L;
        if (!batch.isEmpty() && (batch.size() == limits.operationsMax() || batchBytes + bytes > limits.bytesMax())) {
            sendBatch();
        }
        batch.add(entry);
        batchBytes += bytes;
    }

    /** Returns once everything is written. */
    public void flush() throws InterruptedException {
        if (!batch.isEmpty()) {
            sendBatch();
        }
        while (!underWay.isEmpty()) {
            settle(underWay.remove());
        }
    }

    private void sendBatch() throws InterruptedException {
        while (underWay.size() >= limits.transactionsMax()
                || !underWay.isEmpty() && bytesUnderWay + batchBytes > limits.bytesUnderWayMax()) {
            settle(underWay.remove());
        }
        ByteString lastKey = batch.get(batch.size() - 1).entryKey().key();
        TxnRequest request = writes.puts(batch);
        underWay.add(new UnderWay(request, writes.send(request), lastKey, batchBytes));
        bytesUnderWay += batchBytes;
        batch = new ArrayList<>();
        batchBytes = 0;
    }

    private void settle(UnderWay sent) throws InterruptedException {
        Boolean done = answerOf(sent.answer());
        if (done == null) {
            // Puts of the same values: to do them twice is to do them once.
            done = writes.ask(sent.request());
        }
        if (!done) {
            throw writes.fenced();
        }
        bytesUnderWay -= sent.bytes();
        if (++settled % MARK_EVERY == 0 && !writes.ask(writes.mark(markerValue.apply(sent.lastKey())))) {
            throw writes.fenced();
        }
    }

    private static @Nullable Boolean answerOf(CompletableFuture<Boolean> answer) throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            return null;
        }
    }
}
