package io.metawal.storage.repository;

import io.metawal.metadata.fault.CorruptException;
import io.metawal.storage.object.ObjectStores;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All terms of a repository, and what each leaves of the older ones' work.
 *
 * <p>A term that was taken has no say yet: its owner may have looked before an older writer's last segment, and died before it
 * looked again. It has one from its owner's first head on, or, where that was lost, its first segment. Those that have one and
 * follow one another make a single line; a term beside it is void, and nothing that was written in it counts.
 *
 * @param terms by number
 * @param line those that have a say, newest first
 */
public record Terms(List<Term> terms, List<Term> line) {
    public Terms {
        terms = List.copyOf(terms);
        line = List.copyOf(line);
    }

    static List<Term> load(Repository repository) {
        List<Term> found = new ArrayList<>();
        ObjectStores.forEach(repository.store(), Keys.TERMS, "", stat -> {
            if (Repository.number(stat.key(), Keys.TERMS, "").isPresent()) {
                found.add(repository.read(stat.key(), Term.class));
            }
        });
        return found;
    }

    /** @param active terms whose owners wrote a head or a segment */
    static Terms of(List<Term> terms, Set<Long> active) {
        List<Term> line = new ArrayList<>();
        for (int n = terms.size() - 1; n >= 0; n--) {
            Term term = terms.get(n);
            boolean newest = line.isEmpty() && active.contains(term.term());
            if (newest || !line.isEmpty() && line.get(line.size() - 1).follows() == term.term()) {
                line.add(term);
            }
        }
        if (!line.isEmpty() && line.get(line.size() - 1).follows() != 0) {
            Term last = line.get(line.size() - 1);
            throw new CorruptException(
                    Keys.term(last.follows()) + " is missing, though " + Keys.term(last.term())
                            + " continues from it: what was written in it cannot be distinguished from what a fenced writer wrote");
        }
        return new Terms(terms, line);
    }

    /** The newest term's number by the list alone; {@code known} where there is none newer. */
    static long newestNumber(Repository repository, long known) {
        long[] newest = {known};
        String after = known > 0 ? Keys.term(known).value() : "";
        ObjectStores.forEach(
                repository.store(),
                Keys.TERMS,
                after,
                stat -> Repository.number(stat.key(), Keys.TERMS, "")
                        .ifPresent(number -> newest[0] = Math.max(newest[0], number)));
        return newest[0];
    }

    /** The newest that was taken, with a say or not. */
    public Optional<Term> newest() {
        return terms.isEmpty() ? Optional.empty() : Optional.of(terms.get(terms.size() - 1));
    }

    /** The number of the newest that counts; 0 where none does. */
    long current() {
        return line.isEmpty() ? 0 : line.get(0).term();
    }

    /** Whether a segment counts: whether its term does, and none later went on from before its end. */
    public boolean counts(SegmentName segment) {
        return counts(segment.timeline(), segment.last(), segment.term());
    }

    /** Whether what was written in a term of the commits up to {@code last} counts. */
    public boolean counts(int timeline, long last, long term) {
        for (Term later : line) {
            if (later.term() == term) {
                return true;
            }
            if (last > later.ends().getOrDefault(timeline, Long.MAX_VALUE)) {
                return false;
            }
        }
        return false;
    }

    /** Whether an edit of the manifest counts. */
    boolean countsEdit(long number, long term) {
        for (Term later : line) {
            if (later.term() == term) {
                return true;
            }
            if (number > later.manifest()) {
                return false;
            }
        }
        return false;
    }
}
