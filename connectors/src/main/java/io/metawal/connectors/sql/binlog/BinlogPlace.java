package io.metawal.connectors.sql.binlog;

import io.metawal.metadata.fault.UnsupportedFormatException;
import java.util.Comparator;

/**
 * A place in one server's binary log, behind the bytes before it.
 *
 * @param file such as {@code binlog.000002}
 * @param offset in bytes
 * @param begun when the file was, in seconds since 1970, which tells it from another one of that name; 0 where that is not known
 */
public record BinlogPlace(String file, long offset, long begun) implements Comparable<BinlogPlace> {
    /** Where the first event of a file begins. */
    public static final long FILE_START = 4;

    private static final Comparator<BinlogPlace> ORDER =
            Comparator.comparingLong(BinlogPlace::fileNumber).thenComparingLong(BinlogPlace::offset);
    private static final int OFFSET_BITS = 32;

    public BinlogPlace(String file, long offset) {
        this(file, offset, 0);
    }

    /** The digits behind the last dot. */
    public long fileNumber() {
        try {
            return Long.parseLong(file.substring(file.lastIndexOf('.') + 1));
        } catch (NumberFormatException e) {
            throw new UnsupportedFormatException(
                    "expected the name of a binary log's file to end in a dot and digits, found \"" + file + "\"", e);
        }
    }

    /** One number that grows along the log: the file's number above the offset's 32 bits. */
    public long clock() {
        return fileNumber() << OFFSET_BITS | offset & 0xFFFF_FFFFL;
    }

    @Override
    public int compareTo(BinlogPlace other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return file + ":" + offset;
    }
}
