package io.metawal.pitr.replay;

import io.metawal.metadata.commit.Space;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Puts a table's numbers into key order, space by space. Keys of a space mostly begin alike: they are compared by the eight bytes
 * behind that, which lie side by side, and only where those are equal by their own.
 */
final class RunOrder {
    static final int BYTES_A_NUMBER = Long.BYTES + 2 * Integer.BYTES;

    private final RunTable table;
    private final long[] heads;
    private int[] from;
    private int[] to;

    private RunOrder(RunTable table) {
        this.table = table;
        this.heads = new long[table.size()];
        this.from = new int[table.size()];
        this.to = new int[table.size()];
    }

    /** @param spaces by their numbers in the table */
    static int[] of(RunTable table, List<Space> spaces) {
        return new RunOrder(table).sorted(spaces);
    }

    private int[] sorted(List<Space> spaces) {
        int[] ends = new int[spaces.size() + 1];
        int[] byName = IntStream.range(0, spaces.size())
                .boxed()
                .sorted(Comparator.comparing(spaces::get))
                .mapToInt(Integer::intValue)
                .toArray();
        int[] counts = new int[spaces.size()];
        for (int number = 0; number < table.size(); number++) {
            counts[table.spaces[number]]++;
        }
        int[] next = new int[spaces.size()];
        for (int rank = 0; rank < byName.length; rank++) {
            next[byName[rank]] = ends[rank];
            ends[rank + 1] = ends[rank] + counts[byName[rank]];
        }
        for (int number = 0; number < table.size(); number++) {
            from[next[table.spaces[number]]++] = number;
        }
        for (int rank = 0; rank < byName.length; rank++) {
            fillHeads(ends[rank], ends[rank + 1]);
        }
        return merged(ends);
    }

    private void fillHeads(int start, int end) {
        int shared = Integer.MAX_VALUE;
        for (int n = start; n < end; n++) {
            shared = Math.min(shared, shared(from[start], from[n], shared));
        }
        for (int n = start; n < end; n++) {
            int number = from[n];
            int at = keyAt(number);
            byte[] page = table.pages.page(table.places[number]);
            long head = 0;
            for (int b = 0; b < Long.BYTES; b++) {
                boolean there = shared + b < table.keyLengths[number];
                head = head << 8 | (there ? page[at + shared + b] & 0xff : 0);
            }
            heads[number] = head;
        }
    }

    /** How many first bytes two keys share, as far as it matters. */
    private int shared(int one, int other, int most) {
        int length = Math.min(most, Math.min(table.keyLengths[one], table.keyLengths[other]));
        byte[] ours = table.pages.page(table.places[one]);
        byte[] theirs = table.pages.page(table.places[other]);
        int first = Arrays.mismatch(ours, keyAt(one), keyAt(one) + length, theirs, keyAt(other), keyAt(other) + length);
        return first < 0 ? length : first;
    }

    private int keyAt(int number) {
        return EntryPages.offset(table.places[number]) + table.keyOffsets[number];
    }

    private int compare(int one, int other) {
        int byHead = Long.compareUnsigned(heads[one], heads[other]);
        if (byHead != 0) {
            return byHead;
        }
        return Arrays.compareUnsigned(
                table.pages.page(table.places[one]),
                keyAt(one),
                keyAt(one) + table.keyLengths[one],
                table.pages.page(table.places[other]),
                keyAt(other),
                keyAt(other) + table.keyLengths[other]);
    }

    /** Merge sort, bottom up, within each space. */
    private int[] merged(int[] ends) {
        for (int width = 1; width < from.length; width *= 2) {
            for (int space = 0; space + 1 < ends.length; space++) {
                for (int start = ends[space]; start < ends[space + 1]; start += 2 * width) {
                    int middle = Math.min(start + width, ends[space + 1]);
                    merge(start, middle, Math.min(middle + width, ends[space + 1]));
                }
            }
            int[] filled = to;
            to = from;
            from = filled;
        }
        return from;
    }

    private void merge(int start, int middle, int end) {
        int left = start;
        int right = middle;
        for (int n = start; n < end; n++) {
            boolean takeLeft = right == end || left < middle && compare(from[left], from[right]) <= 0;
            to[n] = takeLeft ? from[left++] : from[right++];
        }
    }
}
