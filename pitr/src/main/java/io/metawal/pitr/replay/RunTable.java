package io.metawal.pitr.replay;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Keys by hash, as numbers from 0 on, and what is known of each, in columns: no object an entry. Open addressing, at most half
 * full. For one thread.
 */
final class RunTable {
    private static final int FIRST = 1 << 10;
    /** What one number costs in all columns, and while it is put in order. */
    private static final int BYTES_A_NUMBER = 5 * Integer.BYTES + 2 * Long.BYTES + 1 + RunOrder.BYTES_A_NUMBER;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

    final EntryPages pages = new EntryPages();
    private int[] slots = new int[2 * FIRST];
    private int[] hashes = new int[FIRST];
    int[] spaces = new int[FIRST];
    int[] keyOffsets = new int[FIRST];
    int[] keyLengths = new int[FIRST];
    int[] lengths = new int[FIRST];
    long[] places = new long[FIRST];
    long[] seqs = new long[FIRST];
    boolean[] tombstones = new boolean[FIRST];
    private int size;

    int size() {
        return size;
    }

    long bytes() {
        return pages.bytes() + (long) spaces.length * BYTES_A_NUMBER + (long) slots.length * Integer.BYTES;
    }

    static int hash(int space, byte[] from, int at, int length) {
        long hash = space * MULTIPLIER + length;
        int next = at;
        int end = at + length;
        for (; next + Long.BYTES <= end; next += Long.BYTES) {
            hash = mix(hash ^ (long) LONG.get(from, next));
        }
        for (; next < end; next++) {
            hash = mix(hash ^ from[next]);
        }
        return (int) (hash ^ hash >>> 32);
    }

    private static long mix(long bits) {
        long product = bits * MULTIPLIER;
        return product ^ product >>> 29;
    }

    /** The number of a key; -1 where it has none yet. */
    int find(int hash, int space, byte[] from, int at, int length) {
        int mask = slots.length - 1;
        for (int slot = hash & mask; slots[slot] != 0; slot = slot + 1 & mask) {
            int number = slots[slot] - 1;
            if (hashes[number] == hash && spaces[number] == space && keyLengths[number] == length) {
                byte[] page = pages.page(places[number]);
                int keyAt = EntryPages.offset(places[number]) + keyOffsets[number];
                if (Arrays.equals(page, keyAt, keyAt + length, from, at, at + length)) {
                    return number;
                }
            }
        }
        return -1;
    }

    /** The next number, for a key that has none; the caller fills the columns. */
    int add(int hash, int space, int keyLength) {
        if (size == hashes.length) {
            grow();
        }
        int number = size++;
        hashes[number] = hash;
        spaces[number] = space;
        keyLengths[number] = keyLength;
        link(number);
        return number;
    }

    private void link(int number) {
        int mask = slots.length - 1;
        int slot = hashes[number] & mask;
        while (slots[slot] != 0) {
            slot = slot + 1 & mask;
        }
        slots[slot] = number + 1;
    }

    /** Nothing is looked up any more. */
    void seal() {
        slots = new int[1];
        hashes = new int[0];
    }

    private void grow() {
        int room = size + (size >> 1);
        hashes = Arrays.copyOf(hashes, room);
        spaces = Arrays.copyOf(spaces, room);
        keyOffsets = Arrays.copyOf(keyOffsets, room);
        keyLengths = Arrays.copyOf(keyLengths, room);
        lengths = Arrays.copyOf(lengths, room);
        places = Arrays.copyOf(places, room);
        seqs = Arrays.copyOf(seqs, room);
        tombstones = Arrays.copyOf(tombstones, room);
        if (slots.length < 2L * room) {
            slots = new int[Integer.highestOneBit(room) << 2];
            for (int number = 0; number < size; number++) {
                link(number);
            }
        }
    }
}
