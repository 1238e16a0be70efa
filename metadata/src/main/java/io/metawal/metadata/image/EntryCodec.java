package io.metawal.metadata.image;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.fault.CorruptException;
import java.nio.charset.StandardCharsets;

/**
 * An entry's bytes: what digests are taken over and what snapshots hold. Four fields, each a little-endian base-128 length
 * (as in protobuf) and its bytes: space, key, value, meta.
 */
public final class EntryCodec {
    private static final int FIELDS = 4;

    private EntryCodec() {}

    public static byte[] encode(Entry entry) {
        byte[] bytes = new byte[length(entry)];
        write(entry, bytes, 0);
        return bytes;
    }

    public static int length(Entry entry) {
        int space = entry.entryKey().space().name().length();
        return sized(space)
                + sized(entry.entryKey().key().size())
                + sized(entry.value().size())
                + sized(entry.meta().size());
    }

    /** Writes the entry at {@code at} and returns the place behind it. */
    public static int write(Entry entry, byte[] bytes, int at) {
        byte[] space = entry.entryKey().space().name().getBytes(StandardCharsets.US_ASCII);
        int next = writeLength(space.length, bytes, at);
        System.arraycopy(space, 0, bytes, next, space.length);
        next += space.length;
        next = writeBytes(entry.entryKey().key(), bytes, next);
        next = writeBytes(entry.value(), bytes, next);
        return writeBytes(entry.meta(), bytes, next);
    }

    /** Reads one entry; {@code position[0]} is where it starts and is moved behind it. */
    public static Entry read(byte[] bytes, int end, int[] position) {
        String space = new String(bytes, readLength(bytes, end, position), position[1], StandardCharsets.US_ASCII);
        position[0] += position[1];
        ByteString key = readBytes(bytes, end, position);
        ByteString value = readBytes(bytes, end, position);
        ByteString meta = readBytes(bytes, end, position);
        return new Entry(new EntryKey(Space.of(space), key), value, meta);
    }

    /** Moves {@code position[0]} behind the entry that starts there. */
    public static void skip(byte[] bytes, int end, int[] position) {
        for (int field = 0; field < FIELDS; field++) {
            position[0] = readLength(bytes, end, position) + position[1];
        }
    }

    /** A place for {@link #read} to keep where it is. */
    public static int[] position(int start) {
        return new int[] {start, 0};
    }

    private static ByteString readBytes(byte[] bytes, int end, int[] position) {
        int at = readLength(bytes, end, position);
        ByteString field = ByteString.copyFrom(bytes, at, position[1]);
        position[0] = at + position[1];
        return field;
    }

    /** Leaves the length in {@code position[1]}, moves and returns {@code position[0]} to the first byte of the field. */
    private static int readLength(byte[] bytes, int end, int[] position) {
        int at = position[0];
        int length = 0;
        for (int shift = 0; ; shift += 7) {
            if (at >= end || shift > 28) {
                throw new CorruptException("an entry breaks off at byte " + at);
            }
            byte b = bytes[at++];
            length |= (b & 0x7f) << shift;
            if (b >= 0) {
                break;
            }
        }
        if (length < 0 || length > end - at) {
            throw new CorruptException("an entry's field at byte " + at + " has " + Integer.toUnsignedString(length)
                    + " bytes, found " + (end - at));
        }
        position[0] = at;
        position[1] = length;
        return at;
    }

    private static int writeBytes(ByteString field, byte[] bytes, int at) {
        int next = writeLength(field.size(), bytes, at);
        field.copyTo(bytes, next);
        return next + field.size();
    }

    private static int writeLength(int length, byte[] bytes, int at) {
        int rest = length;
        int next = at;
        while (rest > 0x7f) {
            bytes[next++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[next++] = (byte) rest;
        return next;
    }

    private static int sized(int length) {
        int bytes = 1;
        for (int rest = length; rest > 0x7f; rest >>>= 7) {
            bytes++;
        }
        return bytes + length;
    }
}
