package io.metawal.wal.chronicle;

import io.metawal.metadata.commit.Position;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where commits lie: which cycle a seq is in, and, every so many commits, at which index of it; so that a reader starts near
 * where it wants to. Safe for several threads.
 */
final class CycleIndex {
    private static final long EVERY = 1024;

    private final TreeMap<Long, Place> places = new TreeMap<>();
    private final TreeMap<Integer, Cycle> cycles = new TreeMap<>();
    // Written under the lock, read without it by every append.
    private volatile long total;

    /** @param index Chronicle's, of the first piece */
    record Place(int cycle, long index) {}

    /** What one cycle holds. */
    private static final class Cycle {
        private Position last;
        private long bytes;

        Cycle(Position last) {
            this.last = last;
        }
    }

    /** The commits from {@code firstSeq} to {@code last} came into the excerpt at {@code index}, or begin there. */
    synchronized void add(int cycle, long index, long firstSeq, Position last, long bytes) {
        Cycle known = cycles.get(cycle);
        if (known == null) {
            known = new Cycle(last);
            cycles.put(cycle, known);
            places.put(firstSeq, new Place(cycle, index));
        } else if (firstSeq - places.lastKey() >= EVERY) {
            places.put(firstSeq, new Place(cycle, index));
        }
        known.last = last;
        known.bytes += bytes;
        total = total + bytes;
    }

    /** A place at or before a seq, in the seq's own cycle; null where nothing is known. */
    synchronized @Nullable Place near(long seq) {
        Map.Entry<Long, Place> entry = places.floorEntry(seq);
        return entry == null ? null : entry.getValue();
    }

    synchronized long firstSeqOr(long otherwise) {
        return places.isEmpty() ? otherwise : places.firstKey();
    }

    long bytes() {
        return total;
    }

    /** The cycles whose commits are all before {@code seq}, with the last commit of each; never the newest cycle. */
    synchronized NavigableMap<Integer, Position> before(long seq) {
        TreeMap<Integer, Position> found = new TreeMap<>();
        for (Map.Entry<Integer, Cycle> entry : cycles.entrySet()) {
            boolean newest = entry.getKey().equals(cycles.lastKey());
            if (newest || entry.getValue().last.seq() >= seq) {
                break;
            }
            found.put(entry.getKey(), entry.getValue().last);
        }
        return found;
    }

    synchronized boolean holds(int cycle) {
        return cycles.containsKey(cycle);
    }

    synchronized void remove(int cycle) {
        Cycle removed = cycles.remove(cycle);
        total = total - (removed == null ? 0 : removed.bytes);
        places.values().removeIf(place -> place.cycle() == cycle);
    }
}
