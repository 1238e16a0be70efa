package io.metawal.connectors.risingwave.hummock;

import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one delta does to the state: how to take each step back, and which entries to look at again once all is done. Whoever is about to
 * change something an entry shows says so first ({@link #touch}).
 */
final class Journal {
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private final Map<EntryKey, Touched> touched = new HashMap<>();

    private record Touched(@Nullable Entry before, Supplier<@Nullable Entry> now) {}

    /** @param now finds the entry in the state, whenever it is asked */
    void touch(EntryKey key, Supplier<@Nullable Entry> now) {
        if (!touched.containsKey(key)) {
            touched.put(key, new Touched(now.get(), now));
        }
    }

    <K, V> void put(Map<K, V> map, K key, V value) {
        V before = map.put(key, value);
        undo.push(() -> {
            if (before == null) {
                map.remove(key);
            } else {
                map.put(key, before);
            }
        });
    }

    <K, V> void remove(Map<K, V> map, K key) {
        V before = map.remove(key);
        if (before != null) {
            undo.push(() -> map.put(key, before));
        }
    }

    void undoWith(Runnable step) {
        undo.push(step);
    }

    /** Brings the state back to what it was. */
    void rollBack() {
        while (!undo.isEmpty()) {
            undo.pop().run();
        }
    }

    /** What a fingerprint has to lose and to gain by the entries that differ. */
    Fingerprint carriedOver(Fingerprint before) {
        Fingerprint sum = before;
        for (Touched each : touched.values()) {
            Entry now = each.now.get();
            if (each.before != null && !each.before.equals(now)) {
                sum = sum.minus(Fingerprint.of(each.before));
            }
            if (now != null && !now.equals(each.before)) {
                sum = sum.plus(Fingerprint.of(now));
            }
        }
        return sum;
    }

    /** What differs between then and now, by key. */
    List<Change> changes() {
        List<Change> changes = new ArrayList<>();
        touched.forEach((key, each) -> {
            Entry now = each.now.get();
            if (now == null) {
                if (each.before != null) {
                    changes.add(Change.delete(key));
                }
            } else if (!now.equals(each.before)) {
                changes.add(Change.put(key, now.value(), now.meta()));
            }
        });
        changes.sort((a, b) -> a.entryKey().compareTo(b.entryKey()));
        return changes;
    }
}
