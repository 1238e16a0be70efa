package io.metawal.connectors.risingwave.snapshot;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import net.jpountz.xxhash.StreamingXXHash64;
import net.jpountz.xxhash.XXHashFactory;

/**
 * Writes a snapshot, section after section in the order of its layout; the caller says each section's count first, and gives as many rows.
 * Ends with the XXH64 (seed 0) of all that stands before it. The stream stays open.
 */
public final class SnapshotWriter implements AutoCloseable {
    private static final int LONG_ROW = 8;

    private final OutputStream out;
    private final SnapshotLayout layout;
    private final StreamingXXHash64 hash = XXHashFactory.fastestInstance().newStreamingHash64(0);
    private int nextSection;
    private long rowsLeft;

    public SnapshotWriter(OutputStream out, SnapshotLayout layout, long id) throws IOException {
        this.out = out;
        this.layout = layout;
        number(layout.formatVersion(), Integer.BYTES);
        number(id, Long.BYTES);
    }

    /** Begins the next section, which is returned. */
    public Section section(long count) throws IOException {
        requireNoRowsLeft();
        Section section = layout.sections().get(nextSection++);
        if (layout.counted(section)) {
            number(count, Integer.BYTES);
        } else if (count != 1) {
            throw new IllegalStateException(section.name() + " is one message, not " + count);
        }
        rowsLeft = count;
        return section;
    }

    public void row(ByteString row) throws IOException {
        length(row.size());
        write(row.toByteArray());
    }

    /** A row of which only the length is known at first. */
    public void row(long length, InputStream row) throws IOException {
        length(length);
        byte[] buffer = new byte[1 << 16];
        long written = 0;
        for (int read = row.read(buffer); read >= 0; read = row.read(buffer)) {
            hash.update(buffer, 0, read);
            out.write(buffer, 0, read);
            written += read;
        }
        if (written != length) {
            throw new IllegalStateException("a row of " + length + " bytes was announced, found " + written);
        }
    }

    private void length(long length) throws IOException {
        if (rowsLeft-- == 0) {
            throw new IllegalStateException("more rows than were announced");
        }
        boolean isLong = length > 0xffff_ffffL || length == 0 && layout.formatVersion() == 2;
        if (isLong && layout.formatVersion() != 2) {
            throw new IllegalStateException("a message of " + length + " bytes does not fit");
        }
        number(isLong ? 0 : length, Integer.BYTES);
        if (isLong) {
            number(length, LONG_ROW);
        }
    }

    /** @param tail what stands between the last section and the checksum; empty as a rule */
    public void finish(ByteString tail) throws IOException {
        requireNoRowsLeft();
        if (nextSection != layout.sections().size()) {
            throw new IllegalStateException(nextSection + " sections were written of " + layout);
        }
        write(tail.toByteArray());
        number(hash.getValue(), Long.BYTES);
    }

    private void requireNoRowsLeft() {
        if (rowsLeft != 0) {
            throw new IllegalStateException(rowsLeft + " rows fewer than were announced");
        }
    }

    private void number(long value, int width) throws IOException {
        byte[] bytes = new byte[width];
        for (int n = 0; n < width; n++) {
            bytes[n] = (byte) (value >>> 8 * n);
        }
        write(bytes);
    }

    private void write(byte[] bytes) throws IOException {
        hash.update(bytes, 0, bytes.length);
        out.write(bytes);
    }

    @Override
    public void close() {
        hash.close();
    }
}
