package io.metawal.storage.repository;

import io.metawal.storage.object.ObjectStores;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All terms of a repository, and what each leaves of the older ones' work. */
public record Terms(List<Term> terms) {
    public Terms {
        terms = List.copyOf(terms);
    }

    public static Terms load(Repository repository) {
        List<Term> found = new ArrayList<>();
        ObjectStores.forEach(repository.store(), Keys.TERMS, "", stat -> {
            if (Repository.number(stat.key(), Keys.TERMS, "").isPresent()) {
                found.add(repository.read(stat.key(), Term.class));
            }
        });
        return new Terms(found);
    }

    /** The newest term's number by the list alone; 0 where there is none. */
    static long newestNumber(Repository repository, long known) {
        long[] newest = {0};
        String after = known > 0 ? Keys.term(known).value() : "";
        newest[0] = known;
        ObjectStores.forEach(
                repository.store(),
                Keys.TERMS,
                after,
                stat -> Repository.number(stat.key(), Keys.TERMS, "")
                        .ifPresent(number -> newest[0] = Math.max(newest[0], number)));
        return newest[0];
    }

    public Optional<Term> newest() {
        return terms.isEmpty() ? Optional.empty() : Optional.of(terms.get(terms.size() - 1));
    }

    /** Whether a segment counts: whether no later term went on from before its end. */
    public boolean counts(SegmentName segment) {
        for (Term term : terms) {
            if (term.term() > segment.term()
                    && segment.last() > term.ends().getOrDefault(segment.timeline(), Long.MAX_VALUE)) {
                return false;
            }
        }
        return terms.stream().anyMatch(term -> term.term() == segment.term());
    }
}
