package io.metawal.pitr.restore;

import io.metawal.metadata.commit.Category;
import io.metawal.metadata.commit.CategoryRules;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.GapException;
import io.metawal.metadata.image.Entry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What is known of the values that id generators had after a point (I7).
 *
 * @param newest of each MONOTONIC key that a commit after the point put, the furthest entry
 * @param rules which keys are MONOTONIC
 * @param margin added to every generator at the target
 * @param missing commits after the point that could not be read, a line each: a generator may have gone further there
 * @param notes what the operator should know of how it was found, a line each
 */
public record KnownIds(
        NavigableMap<EntryKey, Entry> newest,
        CategoryRules rules,
        long margin,
        List<String> missing,
        List<String> notes) {
    public KnownIds {
        newest = Collections.unmodifiableNavigableMap(newest);
        missing = List.copyOf(missing);
        notes = List.copyOf(notes);
    }

    /** Nothing but the point itself is known. */
    public static KnownIds none(CategoryRules rules) {
        return new KnownIds(new TreeMap<>(), rules, 0, List.of(), List.of());
    }

    /** The same, with the furthest of both. */
    public KnownIds and(KnownIds other) {
        NavigableMap<EntryKey, Entry> all = new TreeMap<>(newest);
        other.newest.forEach((key, entry) -> all.merge(key, entry, MonotonicOrder::known));
        List<String> absent = new ArrayList<>(missing);
        absent.addAll(other.missing);
        List<String> said = new ArrayList<>(notes);
        said.addAll(other.notes);
        return new KnownIds(all, rules, Math.max(margin, other.margin), absent, said);
    }

    /** Further by so much, for what is missing. */
    public KnownIds plus(long more) {
        return new KnownIds(newest, rules, more, missing, notes);
    }

    /** With a note for the operator. */
    public KnownIds noting(String note) {
        List<String> more = new ArrayList<>(notes);
        more.add(note);
        return new KnownIds(newest, rules, margin, missing, more);
    }

    /** This, where nothing is missing; else the failure of a restore that needs it all. */
    public KnownIds requireComplete() {
        if (!missing.isEmpty()) {
            throw new GapException("how far id generators have come after the point is not known: "
                    + String.join("; ", missing)
                    + ". An id that was given out there could be given out again. --ids newest+N continues N after the newest"
                    + " value that is known: choose an N larger than what can be missing. --ids target leaves generators at the"
                    + " point, for a target that shares neither files nor ids with what came later");
        }
        return this;
    }

    boolean isId(EntryKey key) {
        return rules.categoryOf(key) == Category.MONOTONIC;
    }

    /** What the target gets instead of an entry of the point. */
    Entry forward(Entry entry) {
        Entry known = newest.get(entry.entryKey());
        Entry further = known == null ? entry : MonotonicOrder.forward(entry, known);
        return raised(further);
    }

    /** An entry with the margin added, where it is a generator's. */
    Entry raised(Entry entry) {
        return margin > 0 && isId(entry.entryKey()) ? MonotonicMargin.plus(entry, margin) : entry;
    }
}
