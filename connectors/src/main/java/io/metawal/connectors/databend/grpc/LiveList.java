package io.metawal.connectors.databend.grpc;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.ListedState;
import io.metawal.connectors.databend.entry.KvRecord;
import io.metawal.connectors.databend.entry.RecordMeta;
import io.metawal.connectors.databend.grpc.proto.KVMeta;
import io.metawal.connectors.databend.grpc.proto.SeqV;
import io.metawal.connectors.databend.grpc.proto.StreamItem;
import io.metawal.connectors.databend.rpc.DatabendClient;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.storage.spool.SpoolFile;
import io.metawal.storage.spool.SpoolWriter;
import io.metawal.storage.temp.TempFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** The service's own list of its records, in a temporary file. For one thread. */
final class LiveList implements ListedState.Records, AutoCloseable {
    private final TempFolder folder;
    private final SpoolFile file;

    private LiveList(TempFolder folder, SpoolFile file) {
        this.folder = folder;
        this.file = file;
    }

    /** @param scratch a directory for the file */
    static LiveList take(DatabendClient client, Path scratch) throws InterruptedException {
        TempFolder folder = TempFolder.in(scratch, "databend");
        SpoolWriter out = SpoolFile.create(folder.file("list"));
        boolean done = false;
        try {
            client.list(item -> write(item, out));
            LiveList list = new LiveList(folder, out.seal());
            done = true;
            return list;
        } finally {
            if (!done) {
                try {
                    out.discard();
                } finally {
                    folder.close();
                }
            }
        }
    }

    private static void write(StreamItem item, SpoolWriter out) {
        try {
            item.writeDelimitedTo(out);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private static MismatchException unusable(IOException e) {
        return new MismatchException("the temporary file of a list of records cannot be used: " + e.getMessage(), e);
    }

    @Override
    public void forEach(ListedState.Each each) throws InterruptedException {
        try (InputStream in = file.open()) {
            for (StreamItem item = StreamItem.parseDelimitedFrom(in);
                    item != null;
                    item = StreamItem.parseDelimitedFrom(in)) {
                if (item.hasValue()) {
                    each.take(ByteString.copyFromUtf8(item.getKey()), record(item.getValue()));
                }
            }
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private static KvRecord record(SeqV value) {
        KVMeta meta = value.getMeta();
        StringBuilder text = new StringBuilder("{");
        if (meta.hasExpireAt()) {
            text.append("\"expire_at\":").append(Long.toUnsignedString(meta.getExpireAt()));
        }
        if (meta.hasProposedAtMs()) {
            text.append(text.length() > 1 ? "," : "")
                    .append("\"proposed_at_ms\":")
                    .append(Long.toUnsignedString(meta.getProposedAtMs()));
        }
        return new KvRecord(
                value.getSeq(),
                RecordMeta.parse(text.append('}').toString()).orElse(RecordMeta.EMPTY),
                value.getData());
    }

    @Override
    public void close() {
        folder.close();
    }
}
