package io.metawal.connectors.databend.export;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.entry.KvRecord;
import io.metawal.connectors.databend.entry.RecordMeta;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads a record's line in the usual form without a JSON parser, since there are millions of them. Whatever differs in the least, faults
 * included, is left to the parser.
 */
final class KvLine {
    private static final byte[] END = "}}}]".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SEQ = "\",\"value\":{\"seq\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] META = ",\"meta\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DATA = ",\"data\":[".getBytes(StandardCharsets.US_ASCII);
    private static final int DIGITS_MAX = 18;

    private byte[] line = new byte[0];
    private int at;
    private int end;
    private byte[] data = new byte[1 << 12];

    private ByteString key = ByteString.EMPTY;

    /** The record; null where the line is not of the usual form. {@code from} is behind the variant's name and its colon. */
    @Nullable
    KvRecord read(byte[] bytes, int from, int to) {
        line = bytes;
        at = from;
        end = to - END.length;
        if (!Arrays.equals(bytes, Math.max(from, end), to, END, 0, END.length) || !skip("{\"key\":\"")) {
            return null;
        }
        int keyFrom = at;
        while (at < end && line[at] >= ' ' && line[at] != '"' && line[at] != '\\') {
            at++;
        }
        key = ByteString.copyFrom(line, keyFrom, at - keyFrom);
        if (!skip(SEQ)) {
            return null;
        }
        long seq = number();
        if (seq < 1 || !skip(META)) {
            return null;
        }
        RecordMeta meta = meta();
        return meta != null && skip(DATA) && data()
                ? new KvRecord(seq, meta, ByteString.copyFrom(data, 0, size))
                : null;
    }

    /** Of the record that was read. */
    ByteString key() {
        return key;
    }

    private boolean skip(String text) {
        return skip(text.getBytes(StandardCharsets.US_ASCII));
    }

    private boolean skip(byte[] text) {
        boolean there = at + text.length <= end && Arrays.equals(line, at, at + text.length, text, 0, text.length);
        at += there ? text.length : 0;
        return there;
    }

    private long number() {
        int from = at;
        long number = 0;
        while (at < end && line[at] >= '0' && line[at] <= '9' && at - from < DIGITS_MAX) {
            number = number * 10 + line[at++] - '0';
        }
        boolean usual = at > from && at < end && line[at] == ',' && (line[from] != '0' || at == from + 1);
        return usual ? number : -1;
    }

    private @Nullable RecordMeta meta() {
        int from = at;
        if (skip(RecordMeta.NULL.text())) {
            return RecordMeta.NULL;
        }
        while (at < end && line[at] != '}' && at - from < 100) {
            at++;
        }
        at++;
        String text = new String(line, from, Math.min(at, end) - from, StandardCharsets.ISO_8859_1);
        try {
            return RecordMeta.parse(text).orElse(null);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private int size;

    private boolean data() {
        size = 0;
        if (at == end - 1 && line[at] == ']') {
            return true;
        }
        while (at < end) {
            int digits = 0;
            int value = 0;
            int first = line[at];
            while (at < end && line[at] >= '0' && line[at] <= '9' && digits < 4) {
                value = value * 10 + line[at++] - '0';
                digits++;
            }
            if (digits == 0 || value > 255 || first == '0' && digits > 1 || at >= end) {
                return false;
            }
            if (size == data.length) {
                data = Arrays.copyOf(data, size * 2);
            }
            data[size++] = (byte) value;
            byte next = line[at++];
            if (next == ']') {
                return at == end;
            }
            if (next != ',') {
                return false;
            }
        }
        return false;
    }
}
