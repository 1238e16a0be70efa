package io.metawal.connectors.databend.export;

import io.metawal.metadata.fault.UnreachableException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Lines of bytes, one at a time in one buffer, which grows to the longest line and no further than the limit. */
final class LineReader implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;

    private final String file;
    private final InputStream in;
    private final int lineBytesMax;
    private byte[] buffer = new byte[BUFFER_BYTES];
    private int from;
    private int to;
    private int start;
    private int length;
    private long number;
    private boolean terminated;
    private boolean ended;

    LineReader(String file, InputStream in, int lineBytesMax) {
        this.file = file;
        this.in = in;
        this.lineBytesMax = lineBytesMax;
    }

    /** Goes to the next line that is not empty; false at the end. */
    boolean next() {
        while (nextAny()) {
            if (length > 0) {
                return true;
            }
        }
        return false;
    }

    private boolean nextAny() {
        int searched = from;
        while (true) {
            for (int n = searched; n < to; n++) {
                if (buffer[n] == '\n') {
                    return line(n, n + 1, true);
                }
            }
            int seen = to - from;
            if (seen > lineBytesMax) {
                throw ExportFault.of(
                        file, number + 1, "", "a line of at most " + lineBytesMax + " bytes", "a longer one", null);
            }
            if (!fill()) {
                return seen > 0 && line(to, to, false);
            }
            searched = from + seen;
        }
    }

    private boolean line(int end, int next, boolean withNewline) {
        start = from;
        length = end - from - (withNewline && end > from && buffer[end - 1] == '\r' ? 1 : 0);
        if (length > lineBytesMax) {
            throw ExportFault.of(
                    file, number + 1, "", "a line of at most " + lineBytesMax + " bytes", "one of " + length, null);
        }
        from = next;
        number++;
        terminated = withNewline;
        return true;
    }

    private boolean fill() {
        if (ended) {
            return false;
        }
        if (from > 0) {
            System.arraycopy(buffer, from, buffer, 0, to - from);
            to -= from;
            from = 0;
        }
        if (to == buffer.length) {
            long wanted = Math.min(buffer.length + (long) buffer.length / 2, lineBytesMax + (long) BUFFER_BYTES);
            buffer = Arrays.copyOf(buffer, (int) wanted);
        }
        try {
            int read = in.read(buffer, to, buffer.length - to);
            ended = read < 0;
            to += Math.max(0, read);
            return !ended;
        } catch (IOException e) {
            throw new UnreachableException("cannot read " + file + " after line " + number + ": " + e, e);
        }
    }

    byte[] buffer() {
        return buffer;
    }

    int start() {
        return start;
    }

    int length() {
        return length;
    }

    /** From 1. */
    long number() {
        return number;
    }

    /** Whether the line ends with a newline. */
    boolean terminated() {
        return terminated;
    }

    /** Whether the line begins with these bytes. */
    boolean startsWith(byte[] prefix) {
        return length >= prefix.length && Arrays.equals(buffer, start, start + prefix.length, prefix, 0, prefix.length);
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw new UnreachableException("cannot close " + file + ": " + e, e);
        }
    }
}
