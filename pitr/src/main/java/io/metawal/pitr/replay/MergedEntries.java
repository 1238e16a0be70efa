package io.metawal.pitr.replay;

import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryHash;
import io.metawal.metadata.image.EntryIterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Several sorted runs as one stream: of a key's entries the newest wins, and tombstones are left out. Sums up the digest of
 * what it shows. For one thread.
 */
public final class MergedEntries implements EntryIterator {
    private final List<RunCursor> cursors;
    private final SpillFolder spill;
    private final PriorityQueue<Source> queue;
    private @Nullable RunEntry next;
    private long high;
    private long low;
    private long count;

    private static final class Source implements Comparable<Source> {
        private final RunCursor cursor;
        private RunEntry entry;

        Source(RunCursor cursor) {
            this.cursor = cursor;
            this.entry = cursor.next();
        }

        @Override
        public int compareTo(Source other) {
            int byKey = entry.key().compareTo(other.entry.key());
            return byKey != 0 ? byKey : Long.compare(other.entry.seq(), entry.seq());
        }
    }

    /** @param spill closed with the entries */
    MergedEntries(List<RunCursor> cursors, SpillFolder spill) {
        this.spill = spill;
        this.cursors = List.copyOf(cursors);
        this.queue = new PriorityQueue<>();
        for (RunCursor cursor : cursors) {
            if (cursor.hasNext()) {
                queue.add(new Source(cursor));
            }
        }
        this.next = advance();
    }

    private @Nullable RunEntry advance() {
        while (!queue.isEmpty()) {
            RunEntry winner = pop();
            while (!queue.isEmpty() && queue.element().entry.key().equals(winner.key())) {
                pop();
            }
            if (!winner.tombstone()) {
                return winner;
            }
        }
        return null;
    }

    private RunEntry pop() {
        Source source = queue.remove();
        RunEntry entry = source.entry;
        if (source.cursor.hasNext()) {
            source.entry = source.cursor.next();
            queue.add(source);
        }
        return entry;
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    @Override
    public Entry next() {
        return EntryBytes.entry(nextRun());
    }

    /** The next entry in the form of {@code EntryCodec}, for those who do not need it taken apart. */
    public byte[] nextBytes() {
        return nextRun().bytes();
    }

    private RunEntry nextRun() {
        RunEntry entry = next;
        if (entry == null) {
            throw new NoSuchElementException();
        }
        byte[] bytes = entry.bytes();
        add(EntryHash.of(bytes, 0, bytes.length));
        next = advance();
        return entry;
    }

    private void add(Digest one) {
        Digest sum = new Digest(high, low, count).plus(one);
        high = sum.high();
        low = sum.low();
        count = sum.count();
    }

    /** The digest of what was shown so far. */
    public Digest digest() {
        return new Digest(high, low, count);
    }

    @Override
    public void close() {
        try {
            cursors.forEach(RunCursor::close);
        } finally {
            spill.close();
        }
    }
}
