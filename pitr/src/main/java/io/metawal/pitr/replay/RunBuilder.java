package io.metawal.pitr.replay;

import io.metawal.metadata.commit.BodyCodec;
import io.metawal.metadata.commit.ChangeVisitor;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.commit.Space;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Folds commits, in any order, into what each left of each key: the newest seq wins, and of one commit's changes the last. An
 * older change of a key that is known already costs a look-up and no copy. Not safe for several threads: each has its own.
 */
final class RunBuilder implements ChangeVisitor {
    private static final int RECENT = 256;

    private final RunTable table = new RunTable();
    private final List<Space> spaces = new ArrayList<>();
    private final List<byte[]> names = new ArrayList<>();
    private final Map<Space, Integer> numbers = new HashMap<>();
    /** In front of {@code numbers}, which would be half of the work. */
    private final @Nullable String[] recentNames = new String[RECENT];

    private final int[] recentNumbers = new int[RECENT];
    private final Predicate<Space> wanted;
    private byte[] from = new byte[0];
    private long seq;

    /** @param wanted the spaces that are folded; changes of others are passed over */
    RunBuilder(Predicate<Space> wanted) {
        this.wanted = wanted;
    }

    void add(CommitRecord record) {
        from = record.array();
        seq = record.seq();
        BodyCodec.scan(record.array(), record.payloadAt(), record.payloadLength(), this);
    }

    @Override
    public void change(
            Space space, int keyAt, int keyLength, Op op, int valueAt, int valueLength, int metaAt, int metaLength) {
        if (!wanted.test(space)) {
            return;
        }
        int spaceNumber = number(space);
        int hash = RunTable.hash(spaceNumber, from, keyAt, keyLength);
        int known = table.find(hash, spaceNumber, from, keyAt, keyLength);
        if (known >= 0 && table.seqs[known] > seq) {
            return;
        }
        int number = known >= 0 ? known : table.add(hash, spaceNumber, keyLength);
        byte[] name = names.get(spaceNumber);
        var fields = new EntryBytes.Fields(from, keyAt, keyLength, valueAt, valueLength, metaAt, metaLength);
        int length = EntryBytes.length(name, fields);
        // What a newer value does not fit over stays behind, unused: rare, since the newest is mostly met first.
        if (known < 0 || length > table.lengths[number]) {
            table.places[number] = table.pages.reserve(length);
        }
        long place = table.places[number];
        int at = EntryPages.offset(place);
        table.keyOffsets[number] = EntryBytes.write(name, fields, table.pages.page(place), at) - at;
        table.lengths[number] = length;
        table.seqs[number] = seq;
        table.tombstones[number] = op == Op.DELETE;
    }

    private int number(Space space) {
        int hash = space.name().hashCode();
        int slot = (hash ^ hash >>> 16) & RECENT - 1;
        // The same object nearly always, which equals sees first.
        if (!space.name().equals(recentNames[slot])) {
            recentNames[slot] = space.name();
            recentNumbers[slot] = numbers.computeIfAbsent(space, fresh -> {
                spaces.add(fresh);
                names.add(fresh.name().getBytes(StandardCharsets.US_ASCII));
                return spaces.size() - 1;
            });
        }
        return recentNumbers[slot];
    }

    /** What is held in memory. */
    long bytes() {
        return table.bytes();
    }

    /** The entries in key order; the builder takes no more. */
    RunCursor sorted() {
        table.seal();
        return new Sorted(RunOrder.of(table, spaces));
    }

    private final class Sorted implements RunCursor {
        private final int[] order;
        private int next;

        Sorted(int[] order) {
            this.order = order;
        }

        @Override
        public boolean hasNext() {
            return next < order.length;
        }

        @Override
        public RunEntry next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            int number = order[next++];
            int at = EntryPages.offset(table.places[number]);
            byte[] bytes = Arrays.copyOfRange(table.pages.page(table.places[number]), at, at + table.lengths[number]);
            KeyBytes key = new KeyBytes(
                    spaces.get(table.spaces[number]), bytes, table.keyOffsets[number], table.keyLengths[number]);
            return new RunEntry(key, table.seqs[number], table.tombstones[number], bytes);
        }

        @Override
        public void close() {}
    }
}
