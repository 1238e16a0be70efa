package io.metawal.connectors.etcd;

import com.google.protobuf.ByteString;
import io.metawal.connectors.etcd.rpc.PagedRange;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A merge of what was given and what is there, both in key order, that notes the first keys in which they differ. */
final class KeyDifferences {
    private final EntryIterator given;
    private final Predicate<Entry> wanted;
    private final PagedRange range;
    private final Predicate<Entry> ignored;

    private KeyDifferences(EntryIterator given, Predicate<Entry> wanted, PagedRange range, Predicate<Entry> ignored) {
        this.given = given;
        this.wanted = wanted;
        this.range = range;
        this.ignored = ignored;
    }

    /**
     * @param wanted which of the given ones go there
     * @param ignored which of those there were not restored
     */
    static List<String> of(
            EntryIterator given, Predicate<Entry> wanted, PagedRange range, Predicate<Entry> ignored, int keysMax)
            throws InterruptedException {
        return new KeyDifferences(given, wanted, range, ignored).first(keysMax);
    }

    private List<String> first(int keysMax) throws InterruptedException {
        List<String> found = new ArrayList<>();
        Entry want = nextGiven();
        Entry have = nextThere();
        while ((want != null || have != null) && found.size() < keysMax) {
            int order = want == null ? 1 : have == null ? -1 : compare(want, have);
            if (order < 0 && want != null) {
                found.add(KeyText.of(want.entryKey().key()) + " is missing");
            } else if (order > 0 && have != null) {
                found.add(KeyText.of(have.entryKey().key()) + " is there and was not restored");
            } else if (want != null && have != null && !want.value().equals(have.value())) {
                found.add(KeyText.of(want.entryKey().key()) + " has another value");
            }
            want = order <= 0 ? nextGiven() : want;
            have = order >= 0 ? nextThere() : have;
        }
        return found;
    }

    private @Nullable Entry nextGiven() {
        while (given.hasNext()) {
            Entry next = given.next();
            if (wanted.test(next)) {
                return next;
            }
        }
        return null;
    }

    private @Nullable Entry nextThere() throws InterruptedException {
        Entry next = range.next();
        while (next != null && ignored.test(next)) {
            next = range.next();
        }
        return next;
    }

    private static int compare(Entry one, Entry other) {
        return ByteString.unsignedLexicographicalComparator()
                .compare(one.entryKey().key(), other.entryKey().key());
    }
}
