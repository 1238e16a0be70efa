package io.metawal.connectors.risingwave.backuptarget;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.snapshot.SnapshotWriter;
import io.metawal.storage.spool.SpoolFile;
import io.metawal.storage.spool.SpoolWriter;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;

/** The rows of one section, in a file until their number is known. */
final class RowSpool {
    private final SpoolWriter file;
    private final DataOutputStream out;
    private long count;

    RowSpool(Path path) {
        this.file = SpoolFile.create(path);
        this.out = new DataOutputStream(file);
    }

    void add(ByteString row) throws IOException {
        out.writeInt(row.size());
        row.writeTo(out);
        count++;
    }

    long count() {
        return count;
    }

    /** Each row in the order in which they came; nothing can be added after this. */
    void copyTo(SnapshotWriter snapshot) throws IOException {
        try (DataInputStream in = new DataInputStream(file.seal().open())) {
            for (long n = 0; n < count; n++) {
                byte[] row = new byte[in.readInt()];
                in.readFully(row);
                snapshot.row(ByteString.copyFrom(row));
            }
        }
    }

    void close() throws IOException {
        out.close();
    }
}
