package io.metawal.connectors.etcd.rpc;

import com.google.protobuf.ByteString;

/**
 * All keys that start with a prefix, as etcd's range requests name them: from {@code start} up to, and without, {@code end}. An
 * end of one zero byte stands for no end.
 */
public record KeyRange(ByteString start, ByteString end) {
    private static final ByteString ZERO = ByteString.copyFrom(new byte[] {0});

    /** An empty prefix is every key. */
    public static KeyRange ofPrefix(ByteString prefix) {
        if (prefix.isEmpty()) {
            return new KeyRange(ZERO, ZERO);
        }
        return new KeyRange(prefix, endOf(prefix));
    }

    private static ByteString endOf(ByteString prefix) {
        byte[] end = prefix.toByteArray();
        for (int i = end.length - 1; i >= 0; i--) {
            if (end[i] != (byte) 0xff) {
                end[i]++;
                return ByteString.copyFrom(end, 0, i + 1);
            }
        }
        return ZERO;
    }

    /** What is left of this range behind a key of it. */
    public KeyRange after(ByteString key) {
        return new KeyRange(key.concat(ZERO), end);
    }

    /** Whether a key lies in this range. */
    public boolean contains(ByteString key) {
        var order = ByteString.unsignedLexicographicalComparator();
        return order.compare(key, start) >= 0 && (end.equals(ZERO) || order.compare(key, end) < 0);
    }
}
