package io.metawal.pitr.replay;

import io.metawal.metadata.commit.Space;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;

/** Entries' bytes put together from, and taken apart into, places in other arrays; the form is {@code EntryCodec}'s. */
final class EntryBytes {
    private static final ConcurrentHashMap<String, byte[]> NAMES = new ConcurrentHashMap<>();
    private static final ConcurrentHashMap<String, Space> SPACES = new ConcurrentHashMap<>();

    private EntryBytes() {}

    /** Where fields lie in a source array. */
    record Fields(byte[] from, int keyAt, int keyLength, int valueAt, int valueLength, int metaAt, int metaLength) {}

    static RunEntry of(Space space, long seq, boolean tombstone, Fields f) {
        byte[] name = NAMES.computeIfAbsent(space.name(), n -> n.getBytes(StandardCharsets.US_ASCII));
        int length = sized(name.length) + sized(f.keyLength()) + sized(f.valueLength()) + sized(f.metaLength());
        byte[] bytes = new byte[length];
        int at = put(bytes, 0, name, 0, name.length);
        at = put(bytes, at, f.from(), f.keyAt(), f.keyLength());
        int keyAt = at - f.keyLength();
        at = put(bytes, at, f.from(), f.valueAt(), f.valueLength());
        put(bytes, at, f.from(), f.metaAt(), f.metaLength());
        return new RunEntry(new KeyBytes(space, bytes, keyAt, f.keyLength()), seq, tombstone, bytes);
    }

    /** The entry whose bytes these are, with its key pointed at. */
    static RunEntry of(byte[] bytes, long seq, boolean tombstone) {
        int nameLength = bytes[0];
        Space space = SPACES.computeIfAbsent(new String(bytes, 1, nameLength, StandardCharsets.US_ASCII), Space::new);
        int at = 1 + nameLength;
        int keyLength = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = bytes[at++];
            keyLength |= (b & 0x7f) << shift;
            if (b >= 0) {
                break;
            }
        }
        return new RunEntry(new KeyBytes(space, bytes, at, keyLength), seq, tombstone, bytes);
    }

    private static int put(byte[] to, int at, byte[] from, int fromAt, int length) {
        int next = at;
        int rest = length;
        while (rest > 0x7f) {
            to[next++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        to[next++] = (byte) rest;
        System.arraycopy(from, fromAt, to, next, length);
        return next + length;
    }

    private static int sized(int length) {
        int bytes = 1;
        for (int rest = length; rest > 0x7f; rest >>>= 7) {
            bytes++;
        }
        return bytes + length;
    }
}
