package io.metawal.connectors.risingwave.hummock;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;

/** The spaces of a keyed version, and what their keys and meta say; ids in decimal, unsigned, unpadded. */
final class HummockKeys {
    static final Space VERSION = Space.of("hummock.version");
    static final Space GROUP = Space.of("hummock.group");
    static final Space LEVEL = Space.of("hummock.level");
    static final Space SUB_LEVEL = Space.of("hummock.sublevel");
    static final Space SST = Space.of("hummock.sst");
    static final Space TABLE = Space.of("hummock.table");
    static final Space WATERMARK = Space.of("hummock.watermark");
    static final Space CHANGE_LOG = Space.of("hummock.changelog");
    static final Space VECTOR = Space.of("hummock.vector");
    static final Space VECTOR_FILE = Space.of("hummock.vectorfile");

    static final EntryKey CURRENT = new EntryKey(VERSION, ByteString.copyFromUtf8("current"));

    /** The place of what needs none. */
    static final int NOWHERE = -1;

    private static final String AT = "{\"at\":";

    private HummockKeys() {}

    static EntryKey group(long group) {
        return key(GROUP, u64(group));
    }

    static EntryKey level(long group, int level) {
        return key(LEVEL, u64(group) + "/" + u32(level));
    }

    static EntryKey subLevel(long group, long subLevel) {
        return key(SUB_LEVEL, u64(group) + "/" + u64(subLevel));
    }

    static EntryKey run(long group, RunId run) {
        return run.level() == 0 ? subLevel(group, run.subLevel()) : level(group, run.level());
    }

    static EntryKey sst(long group, RunId run, long sst) {
        return key(SST, u64(group) + "/" + u32(run.level()) + "/" + u64(run.subLevel()) + "/" + u64(sst));
    }

    static EntryKey ofTable(Space space, int table) {
        return key(space, u32(table));
    }

    static EntryKey changeLog(int table, long checkpointEpoch) {
        return key(CHANGE_LOG, u32(table) + "/" + u64(checkpointEpoch));
    }

    static EntryKey vectorFile(int table, long object) {
        return key(VECTOR_FILE, u32(table) + "/" + u64(object));
    }

    private static EntryKey key(Space space, String key) {
        return new EntryKey(space, ByteString.copyFromUtf8(key));
    }

    static String u64(long id) {
        return Long.toUnsignedString(id);
    }

    static String u32(int id) {
        return Integer.toUnsignedString(id);
    }

    /** As the decimal texts compare, byte by byte; both unsigned. */
    static int compareAsText(long a, long b) {
        int digitsA = digits(a);
        int digitsB = digits(b);
        if (digitsA == digitsB) {
            return Long.compareUnsigned(a, b);
        }
        long shortenedA = digitsA > digitsB ? shortened(a, digitsA - digitsB) : a;
        long shortenedB = digitsB > digitsA ? shortened(b, digitsB - digitsA) : b;
        int byPrefix = Long.compareUnsigned(shortenedA, shortenedB);
        return byPrefix != 0 ? byPrefix : Integer.compare(digitsA, digitsB);
    }

    private static int digits(long number) {
        int digits = 1;
        for (long rest = Long.divideUnsigned(number, 10); rest != 0; rest /= 10) {
            digits++;
        }
        return digits;
    }

    private static long shortened(long number, int by) {
        long rest = Long.divideUnsigned(number, 10);
        for (int n = 1; n < by; n++) {
            rest /= 10;
        }
        return rest;
    }

    /** The {@code count} numbers of a key; a fault where it is not written as above. */
    static long[] numbers(EntryKey key, int count) {
        String text = key.key().toStringUtf8();
        String[] parts = text.split("/", -1);
        long[] numbers = new long[parts.length];
        StringBuilder again = new StringBuilder(text.length());
        try {
            for (int n = 0; n < parts.length; n++) {
                numbers[n] = Long.parseUnsignedLong(parts[n]);
                again.append(n == 0 ? "" : "/").append(u64(numbers[n]));
            }
        } catch (NumberFormatException e) {
            again.setLength(0);
        }
        if (parts.length != count || !again.toString().equals(text)) {
            throw new HummockFaultException(
                    "an entry of " + key.space(), "a key of " + count + " numbers", "\"" + text + "\"");
        }
        return numbers;
    }

    /** Whether the key has two parts. */
    static boolean isPair(EntryKey key) {
        for (int n = 0; n < key.key().size(); n++) {
            if (key.key().byteAt(n) == '/') {
                return true;
            }
        }
        return false;
    }

    static int u32Of(EntryKey key, long number) {
        if (number >>> 32 != 0) {
            throw new HummockFaultException(
                    "an entry of " + key.space(),
                    "an id of 32 bits",
                    "\"" + key.key().toStringUtf8() + "\"");
        }
        return (int) number;
    }

    /** {@code {"at":n}}, or nothing for {@link #NOWHERE}. */
    static ByteString meta(int at) {
        return at == NOWHERE ? ByteString.EMPTY : ByteString.copyFromUtf8(AT + at + "}");
    }

    static int at(EntryKey key, ByteString meta) {
        if (meta.isEmpty()) {
            return NOWHERE;
        }
        String text = meta.toStringUtf8();
        try {
            int at = Integer.parseInt(text, AT.length(), text.length() - 1, 10);
            if (at >= 0 && meta(at).equals(meta)) {
                return at;
            }
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            // Said below.
        }
        throw new HummockFaultException(
                key.space() + " " + key.key().toStringUtf8(), "meta {\"at\":n} with n from 0 on, or none", text);
    }
}
