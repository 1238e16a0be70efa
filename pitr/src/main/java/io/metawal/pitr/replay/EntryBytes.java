package io.metawal.pitr.replay;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.image.Entry;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;

/** Entries' bytes put together from, and taken apart into, places in other arrays; the form is {@code EntryCodec}'s. */
final class EntryBytes {
    private static final ConcurrentHashMap<String, Space> SPACES = new ConcurrentHashMap<>();

    private EntryBytes() {}

    /** Where fields lie in a source array. */
    record Fields(byte[] from, int keyAt, int keyLength, int valueAt, int valueLength, int metaAt, int metaLength) {}

    /** How long the entry is in the space of this name. */
    static int length(byte[] name, Fields f) {
        return sized(name.length) + sized(f.keyLength()) + sized(f.valueLength()) + sized(f.metaLength());
    }

    /** Writes the entry and returns where its key begins. */
    static int write(byte[] name, Fields f, byte[] to, int at) {
        int next = put(to, at, name, 0, name.length);
        next = put(to, next, f.from(), f.keyAt(), f.keyLength());
        int keyAt = next - f.keyLength();
        next = put(to, next, f.from(), f.valueAt(), f.valueLength());
        put(to, next, f.from(), f.metaAt(), f.metaLength());
        return keyAt;
    }

    /** The entry whose bytes these are, with its key pointed at. */
    static RunEntry of(byte[] bytes, long seq, boolean tombstone) {
        int nameLength = bytes[0];
        Space space = SPACES.computeIfAbsent(new String(bytes, 1, nameLength, StandardCharsets.US_ASCII), Space::new);
        int at = 1 + nameLength;
        int keyLength = varint(bytes, at);
        return new RunEntry(
                new KeyBytes(space, bytes, at + sized(keyLength) - keyLength, keyLength), seq, tombstone, bytes);
    }

    /** The entry taken apart. */
    static Entry entry(RunEntry run) {
        byte[] bytes = run.bytes();
        KeyBytes key = run.key();
        int valueAt = key.at() + key.length();
        ByteString value = field(bytes, valueAt);
        ByteString meta = field(bytes, valueAt + sized(value.size()));
        return new Entry(new EntryKey(key.space(), ByteString.copyFrom(bytes, key.at(), key.length())), value, meta);
    }

    private static ByteString field(byte[] bytes, int at) {
        int length = varint(bytes, at);
        return ByteString.copyFrom(bytes, at + sized(length) - length, length);
    }

    private static int varint(byte[] bytes, int at) {
        int value = 0;
        int next = at;
        for (int shift = 0; ; shift += 7) {
            byte b = bytes[next++];
            value |= (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
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

    /** A field's length with the number that says it. */
    private static int sized(int length) {
        int bytes = 1;
        for (int rest = length; rest > 0x7f; rest >>>= 7) {
            bytes++;
        }
        return bytes + length;
    }
}
