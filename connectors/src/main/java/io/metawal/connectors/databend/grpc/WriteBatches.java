package io.metawal.connectors.databend.grpc;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.entry.KvRecord;
import io.metawal.connectors.databend.grpc.proto.FetchIncreaseU64;
import io.metawal.connectors.databend.grpc.proto.TxnCondition;
import io.metawal.connectors.databend.grpc.proto.TxnDeleteRequest;
import io.metawal.connectors.databend.grpc.proto.TxnOp;
import io.metawal.connectors.databend.grpc.proto.TxnPutRequest;
import io.metawal.connectors.databend.grpc.proto.TxnRequest;
import io.metawal.connectors.databend.rpc.DatabendClient;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.storage.spool.SpoolFile;
import io.metawal.storage.spool.SpoolWriter;
import io.metawal.storage.temp.TempFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of a restore, in a temporary file until all of them are known: each says of every key which seq it must have, or had
 * before it expired. For one thread.
 */
final class WriteBatches implements AutoCloseable {
    private final Limits limits;
    private final TempFolder folder;
    private final SpoolWriter out;
    private @Nullable SpoolFile written;
    private TxnRequest.Builder batch = TxnRequest.newBuilder();
    private long batchBytes;
    private long operations;
    private long transactions;
    private String largestKey = "";
    private long largestBytes;

    /** What a meta service takes in one message, in bytes. */
    private static final long MESSAGE_BYTES_MAX = 32 << 20;

    /**
     * @param operationsMax of a transaction
     * @param bytesMax of a transaction of several keys; the service takes messages of 32 MiB
     */
    record Limits(int operationsMax, long bytesMax) {
        static final Limits DEFAULT = new Limits(1000, 4 << 20);
    }

    /** @param scratch a directory for the file */
    WriteBatches(Limits limits, Path scratch) {
        this.limits = limits;
        this.folder = TempFolder.in(scratch, "databend");
        this.out = SpoolFile.create(folder.file("batches"));
    }

    /**
     * What a key must be at for a transaction to happen.
     *
     * @param seq of the record that is there; 0 for none
     * @param expected by itself: a record that expires may be gone by then, before the transaction whose entry it goes with, and what is
     *     written over it would have a greater seq
     */
    record Found(long seq, TxnCondition.ConditionResult expected) {
        static Found of(@Nullable KvRecord record) {
            return record == null
                    ? new Found(0, TxnCondition.ConditionResult.EQ)
                    : new Found(
                            record.seq(),
                            record.meta().expires()
                                    ? TxnCondition.ConditionResult.LE
                                    : TxnCondition.ConditionResult.EQ);
        }
    }

    void put(String key, ByteString value, @Nullable Long expireAtMs, Found found) {
        TxnPutRequest.Builder put = TxnPutRequest.newBuilder().setKey(key).setValue(value);
        if (expireAtMs != null) {
            put.setExpireAt(expireAtMs);
        }
        add(key, found, TxnOp.newBuilder().setPut(put).build(), 2L * key.length() + value.size());
    }

    void delete(String key, Found found) {
        TxnOp delete = TxnOp.newBuilder()
                .setDelete(TxnDeleteRequest.newBuilder().setKey(key).setMatchSeq(found.seq()))
                .build();
        add(key, found, delete, 2L * key.length());
    }

    /** Takes a counter to a number, from whatever it is at by then, unless it is further. */
    void atLeast(String key, long number) {
        TxnOp raise = TxnOp.newBuilder()
                .setFetchIncreaseU64(FetchIncreaseU64.newBuilder().setKey(key).setMaxValue(number))
                .build();
        room(key.length());
        batch.addIfThen(raise);
        operations++;
    }

    /** Refuses a record that is larger than a message may be, before anything is written. */
    void requireTaken(String where) {
        if (largestBytes > MESSAGE_BYTES_MAX) {
            throw new UnsupportedFormatException(where + ": the record " + largestKey + " has " + largestBytes
                    + " bytes, and a meta service takes " + MESSAGE_BYTES_MAX + " in a message. Nothing was written");
        }
    }

    private void add(String key, Found found, TxnOp op, long bytes) {
        if (bytes > largestBytes) {
            largestBytes = bytes;
            largestKey = key;
        }
        room(bytes);
        batch.addCondition(
                TxnCondition.newBuilder().setKey(key).setSeq(found.seq()).setExpected(found.expected()));
        batch.addIfThen(op);
        operations++;
    }

    private void room(long bytes) {
        // What the fields take beside keys and values is less than 64 bytes.
        long taken = bytes + 64;
        boolean full = batch.getIfThenCount() == limits.operationsMax() || batchBytes + taken > limits.bytesMax();
        if (batch.getIfThenCount() > 0 && full) {
            endBatch();
        }
        batchBytes += taken;
    }

    private void endBatch() {
        try {
            batch.build().writeDelimitedTo(out);
        } catch (IOException e) {
            throw unusable(e);
        }
        transactions++;
        batch = TxnRequest.newBuilder();
        batchBytes = 0;
    }

    long operations() {
        return operations;
    }

    long transactions() {
        return transactions;
    }

    /** No more are to come. Fails where the file is not what was written, so that nothing is done then. */
    void end() {
        if (batch.getIfThenCount() > 0) {
            endBatch();
        }
        SpoolFile file = out.seal();
        file.check();
        written = file;
    }

    /** What is done with each. */
    interface Each {
        void take(TxnRequest request) throws InterruptedException;
    }

    /** Shows all of them, in order; for {@link DatabendClient}'s thread. */
    void forEach(Each each) throws InterruptedException {
        try (InputStream in = Objects.requireNonNull(written, "end comes first").open()) {
            for (TxnRequest next = TxnRequest.parseDelimitedFrom(in);
                    next != null;
                    next = TxnRequest.parseDelimitedFrom(in)) {
                each.take(next);
            }
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private static MismatchException unusable(IOException e) {
        return new MismatchException(
                "the temporary file of a restore's transactions cannot be read: " + e.getMessage(), e);
    }

    @Override
    public void close() {
        try {
            out.discard();
        } finally {
            folder.close();
        }
    }
}
