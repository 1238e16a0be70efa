package io.metawal.connectors.risingwave.snapshot;

import com.google.protobuf.ByteString;
import io.metawal.metadata.fault.UnreachableException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** A snapshot's bytes up to its checksum: little-endian numbers, and a typed fault, naming section and row, where they end too soon. */
final class CheckedInput {
    static final int CHECKSUM_LENGTH = 8;

    private final String name;
    private final InputStream in;
    private final long end;
    private long at;
    private int sectionIndex = -1;
    private @Nullable Section section;
    private long row;

    /** @param size of the whole snapshot, its checksum included */
    CheckedInput(String name, InputStream in, long size) {
        this.name = name;
        this.in = in;
        this.end = size - CHECKSUM_LENGTH;
        if (size < SnapshotHeader.LENGTH + CHECKSUM_LENGTH) {
            throw new SnapshotFaultException(
                    SnapshotFaultException.Kind.TRUNCATED,
                    name + " has " + size + " bytes, fewer than a snapshot's header and checksum: "
                            + (SnapshotHeader.LENGTH + CHECKSUM_LENGTH));
        }
    }

    void enter(int index, Section now) {
        sectionIndex = index;
        section = now;
        row = 0;
    }

    void nextRow() {
        row++;
    }

    long position() {
        return at;
    }

    long remaining() {
        return end - at;
    }

    SnapshotHeader header() {
        return new SnapshotHeader(u32("the format version"), u64("the id"));
    }

    int u32(String what) {
        byte[] b = array(4, what);
        return b[0] & 0xff | (b[1] & 0xff) << 8 | (b[2] & 0xff) << 16 | b[3] << 24;
    }

    long u64(String what) {
        long low = Integer.toUnsignedLong(u32(what));
        return low | Integer.toUnsignedLong(u32(what)) << 32;
    }

    ByteString bytes(long length, String what) {
        require(length, what);
        if (length > Integer.MAX_VALUE - 16) {
            throw new SnapshotFaultException(
                    SnapshotFaultException.Kind.NEWER,
                    where() + ": " + what + " has " + length + " bytes; more than 2 GiB in one row are only read of"
                            + " the Hummock version");
        }
        return com.google.protobuf.UnsafeByteOperations.unsafeWrap(array((int) length, what));
    }

    private byte[] array(int length, String what) {
        require(length, what);
        try {
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new EOFException("the file became shorter while it was read");
            }
            at += length;
            return bytes;
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** A fault where so many items cannot follow: each takes at least {@code bytesMin}. */
    void requireItems(long count, int bytesMin) {
        if (count > remaining() / bytesMin) {
            throw new SnapshotFaultException(
                    SnapshotFaultException.Kind.TRUNCATED,
                    where() + ": " + count + " items at byte " + at + " take at least " + bytesMin
                            + " bytes each, but " + remaining()
                            + " are left before the checksum: the snapshot is truncated,"
                            + " or has other sections than those of its version");
        }
    }

    private void require(long length, String what) {
        if (Long.compareUnsigned(length, remaining()) > 0) {
            throw new SnapshotFaultException(
                    SnapshotFaultException.Kind.TRUNCATED,
                    where() + ": " + what + " at byte " + at + " takes " + Long.toUnsignedString(length)
                            + " bytes, but "
                            + remaining() + " are left before the checksum: the snapshot is truncated, or has other"
                            + " sections than those of its version");
        }
    }

    /** The next bytes as a stream of their own; to be {@link Part#drain drained} before anything else is read. */
    Part part(long length, String what) {
        require(length, what);
        return new Part(length);
    }

    String where() {
        Section now = section;
        return now == null
                ? name
                : name + ", section " + sectionIndex + " (" + now.name() + ")" + (row == 0 ? "" : ", row " + row);
    }

    UnreachableException unreadable(IOException e) {
        return new UnreachableException("cannot read " + name + " at byte " + at + ": " + e, e);
    }

    /** A stretch of the input. */
    final class Part extends InputStream {
        private long left;

        private Part(long length) {
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (left == 0 || length == 0) {
                return length == 0 ? 0 : -1;
            }
            int read = in.read(into, offset, (int) Math.min(length, left));
            if (read < 0) {
                throw new EOFException("the file became shorter while it was read");
            }
            left -= read;
            at += read;
            return read;
        }

        void drain() throws IOException {
            byte[] buffer = new byte[1 << 16];
            while (read(buffer, 0, buffer.length) >= 0) {
                // Only the position matters.
            }
        }
    }
}
