package io.metawal.storage.rocks;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Chain;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.Provenance;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an image in RocksDB, version {@value #FORMAT}; numbers are big-endian, so that they sort.
 *
 * <pre>
 * column family   key                                  value
 * default         "format"                             u32 version
 *                 "active"                             u64 number n of the entries that count
 *                 "provenance"                         u32 timeline, u64 seq, u64 epoch, i64 time, chain (32), digest (24)
 *                 "seal"                               of the list of files: u64 number, u64 length, u32 CRC32C
 *                 "damaged"                            empty; there where something was found to be missing
 * entries.n       space name, 00, key                  length of meta (base 128, low bits first), meta, value
 * digests         u64 seq                              digest (24): u64 high, u64 low, u64 count
 * </pre>
 *
 * No space name has a byte below that of '-', so the order of RocksDB is the order of {@link EntryKey}.
 */
final class RocksLayout {
    static final int FORMAT = 1;
    static final byte[] FORMAT_KEY = "format".getBytes(StandardCharsets.US_ASCII);
    static final byte[] ACTIVE_KEY = "active".getBytes(StandardCharsets.US_ASCII);
    static final byte[] PROVENANCE_KEY = "provenance".getBytes(StandardCharsets.US_ASCII);
    static final byte[] SEAL_KEY = "seal".getBytes(StandardCharsets.US_ASCII);
    static final byte[] DAMAGED_KEY = "damaged".getBytes(StandardCharsets.US_ASCII);

    private static final int DIGEST_LENGTH = 3 * Long.BYTES;
    private static final int PROVENANCE_LENGTH = Integer.BYTES + 3 * Long.BYTES + Chain.LENGTH + DIGEST_LENGTH;

    private RocksLayout() {}

    static byte[] key(EntryKey key) {
        String space = key.space().name();
        byte[] bytes = new byte[space.length() + 1 + key.key().size()];
        for (int i = 0; i < space.length(); i++) {
            bytes[i] = (byte) space.charAt(i);
        }
        key.key().copyTo(bytes, space.length() + 1);
        return bytes;
    }

    /** @param last the space of the key before, which is that of this one most of the time; null for the first */
    static EntryKey key(byte[] bytes, @Nullable Space last) {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        if (end == bytes.length) {
            throw new CorruptException("an image holds a key without a space: " + RocksFaults.REBUILD);
        }
        Space space = last != null && isName(last.name(), bytes, end)
                ? last
                : new Space(new String(bytes, 0, end, StandardCharsets.US_ASCII));
        return new EntryKey(space, ByteString.copyFrom(bytes, end + 1, bytes.length - end - 1));
    }

    private static boolean isName(String name, byte[] bytes, int length) {
        if (name.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (name.charAt(i) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    static byte[] value(Entry entry) {
        int metaLength = entry.meta().size();
        int at = 1;
        for (int rest = metaLength; rest > 0x7f; rest >>>= 7) {
            at++;
        }
        byte[] bytes = new byte[at + metaLength + entry.value().size()];
        int rest = metaLength;
        for (int i = 0; i < at; i++) {
            bytes[i] = (byte) (i < at - 1 ? rest | 0x80 : rest);
            rest >>>= 7;
        }
        entry.meta().copyTo(bytes, at);
        entry.value().copyTo(bytes, at + metaLength);
        return bytes;
    }

    static Entry entry(EntryKey key, byte[] value) {
        int metaLength = 0;
        int at = 0;
        boolean more = true;
        for (int shift = 0; more; shift += 7) {
            if (at == value.length || shift > 28) {
                throw new CorruptException("an image's value breaks off: " + RocksFaults.REBUILD);
            }
            metaLength |= (value[at] & 0x7f) << shift;
            more = value[at++] < 0;
        }
        if (metaLength < 0 || metaLength > value.length - at) {
            throw new CorruptException("an image's value has meta beyond its end: " + RocksFaults.REBUILD);
        }
        int valueAt = at + metaLength;
        return new Entry(
                key,
                ByteString.copyFrom(value, valueAt, value.length - valueAt),
                ByteString.copyFrom(value, at, metaLength));
    }

    static byte[] number(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    static byte[] digest(Digest digest) {
        return put(ByteBuffer.allocate(DIGEST_LENGTH), digest).array();
    }

    static Digest digest(byte[] bytes) {
        return digest(sized(bytes, DIGEST_LENGTH, "digest"));
    }

    static byte[] provenance(Provenance at) {
        ByteBuffer bytes = ByteBuffer.allocate(PROVENANCE_LENGTH)
                .putInt(at.timeline())
                .putLong(at.seq())
                .putLong(at.epoch())
                .putLong(at.timeMicros())
                .put(at.chain().value().toByteArray());
        return put(bytes, at.digest()).array();
    }

    static Provenance provenance(byte[] bytes) {
        ByteBuffer in = sized(bytes, PROVENANCE_LENGTH, "provenance");
        int timeline = in.getInt();
        long seq = in.getLong();
        long epoch = in.getLong();
        long timeMicros = in.getLong();
        Chain chain = Chain.of(bytes, in.position());
        in.position(in.position() + Chain.LENGTH);
        return new Provenance(timeline, seq, epoch, timeMicros, chain, digest(in));
    }

    private static ByteBuffer put(ByteBuffer into, Digest digest) {
        return into.putLong(digest.high()).putLong(digest.low()).putLong(digest.count());
    }

    private static Digest digest(ByteBuffer in) {
        return new Digest(in.getLong(), in.getLong(), in.getLong());
    }

    private static ByteBuffer sized(byte[] bytes, int length, String what) {
        if (bytes.length != length) {
            throw new CorruptException("an image's " + what + " has " + bytes.length + " bytes, expected " + length
                    + ": " + RocksFaults.REBUILD);
        }
        return ByteBuffer.wrap(bytes);
    }
}
