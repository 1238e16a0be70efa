package io.metawal.tools.cli;

import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.image.Entry;
import io.metawal.tools.output.ValueDisplay;
import java.util.TreeSet;

/** The keys that {@code SPACE/KEY} may mean: that very key, or those of the space that are shown with that name. */
final class CalledKeys {
    private final String asked;
    private final EntryKey exact;
    private final String name;
    private final ValueDisplay values;
    private final TreeSet<EntryKey> matched = new TreeSet<>();

    CalledKeys(String asked, EntryKey exact, ValueDisplay values) {
        this.asked = asked;
        this.exact = exact;
        this.name = exact.key().isValidUtf8() ? exact.key().toStringUtf8() : "";
        this.values = values;
    }

    boolean matches(Entry entry) {
        EntryKey key = entry.entryKey();
        boolean meant = key.equals(exact) || key.space().equals(exact.space()) && values.isCalled(entry, name);
        if (meant) {
            matched.add(key);
        }
        return meant;
    }

    /** A deletion is of what was met before by that name. */
    boolean matches(Change change) {
        return change.op() == Op.DELETE
                ? change.entryKey().equals(exact) || matched.contains(change.entryKey())
                : matches(Entry.of(change));
    }

    /** A usage error where several bear the name, and none is the key itself. */
    void requireOne() {
        if (matched.size() > 1 && !matched.contains(exact)) {
            throw new UsageException("\"" + asked + "\" is the name of several: "
                    + matched.stream().map(EntryName::print).toList() + "; give one of these keys");
        }
    }
}
