package io.metawal.connectors.databend;

import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryHash;
import java.util.Arrays;

/**
 * Which keys were met, by hashes of 64 bits: 8 to 16 bytes a key. What it has not met was not met; what it has may, once in 2^64 by the
 * number of keys, be another. Who asks counts, and notices.
 */
final class KeySet {
    private long[] table = new long[1 << 16];
    private int size;
    private boolean zero;

    void add(EntryKey key) {
        if ((size + 1) * 3L > table.length * 2L) {
            long[] old = table;
            table = new long[old.length * 2];
            size = 0;
            Arrays.stream(old).filter(hash -> hash != 0).forEach(this::add);
        }
        add(hash(key));
    }

    private void add(long hash) {
        if (hash == 0) {
            zero = true;
            return;
        }
        int at = slot(hash);
        if (table[at] == 0) {
            table[at] = hash;
            size++;
        }
    }

    boolean contains(EntryKey key) {
        long hash = hash(key);
        return hash == 0 ? zero : table[slot(hash)] != 0;
    }

    private int slot(long hash) {
        int at = (int) hash & table.length - 1;
        while (table[at] != 0 && table[at] != hash) {
            at = at + 1 & table.length - 1;
        }
        return at;
    }

    private static long hash(EntryKey key) {
        return EntryHash.of(new Entry(key, com.google.protobuf.ByteString.EMPTY, com.google.protobuf.ByteString.EMPTY))
                .high();
    }
}
