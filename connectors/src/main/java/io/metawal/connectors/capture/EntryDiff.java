package io.metawal.connectors.capture;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What takes an image to what it should hold: a merge of two sorted sequences, in memory for one entry of each. */
public final class EntryDiff {
    private final EntrySource wanted;
    private final EntryIterator present;
    private final Predicate<EntryKey> concerned;
    private @Nullable Entry nextWanted;
    private @Nullable Entry nextPresent;
    private @Nullable Entry replaced;
    private long compared;

    /** @param concerned which keys of the image it is about; the others are left alone */
    public EntryDiff(EntrySource wanted, EntryIterator present, Predicate<EntryKey> concerned)
            throws InterruptedException {
        this.wanted = wanted;
        this.present = present;
        this.concerned = concerned;
        nextWanted = wanted.next();
        nextPresent = nextConcerned();
    }

    /** The next change to make, in key order; null where there is no more. */
    @Nullable
    public Change next() throws InterruptedException {
        while (true) {
            Entry there = nextWanted;
            Entry here = nextPresent;
            if (there == null && here == null) {
                return null;
            }
            compared++;
            int order = there == null ? 1 : here == null ? -1 : there.entryKey().compareTo(here.entryKey());
            if (order <= 0) {
                nextWanted = wanted.next();
            }
            if (order >= 0) {
                nextPresent = nextConcerned();
            }
            if (there == null || order > 0) {
                replaced = here;
                return Change.delete(Objects.requireNonNull(here).entryKey());
            }
            if (order < 0 || here == null || !same(there, here)) {
                replaced = order < 0 ? null : here;
                return Change.put(there.entryKey(), there.value(), there.meta());
            }
        }
    }

    private static boolean same(Entry a, Entry b) {
        return a.value().equals(b.value()) && a.meta().equals(b.meta());
    }

    private @Nullable Entry nextConcerned() {
        while (present.hasNext()) {
            Entry entry = present.next();
            if (concerned.test(entry.entryKey())) {
                return entry;
            }
        }
        return null;
    }

    /** What the image holds for the key of the change that came last; null where that is new. */
    @Nullable
    public Entry replaced() {
        return replaced;
    }

    /** Number of different keys seen so far on either side. */
    public long compared() {
        return compared;
    }

    public static long weight(Change change) {
        ByteString key = change.entryKey().key();
        return key.size() + change.value().size() + change.meta().size() + 16L;
    }
}
