package io.metawal.testkit.history;

import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.Provenance;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * What a history comes to at each of its commits, by the plainest means: a map, folded. It knows one timeline from its start,
 * and keeps a copy of the map now and then, so that asking for any point is quick.
 */
public final class Model {
    private static final int COMMITS_PER_COPY = 64;

    private final List<Commit> commits = new ArrayList<>();
    private final List<NavigableMap<EntryKey, Entry>> copies = new ArrayList<>(List.of(new TreeMap<>()));
    private final TreeMap<EntryKey, Entry> latest = new TreeMap<>();

    public static Model of(Iterable<Commit> commits) {
        Model model = new Model();
        commits.forEach(model::add);
        return model;
    }

    /** The next commit, whose seq is one more than that of the last. */
    public void add(Commit commit) {
        if (commit.seq() != commits.size() + 1) {
            throw new IllegalArgumentException("seq " + commit.seq() + " after " + commits.size());
        }
        commits.add(commit);
        fold(commit, latest);
        if (commits.size() % COMMITS_PER_COPY == 0) {
            copies.add(new TreeMap<>(latest));
        }
    }

    private static void fold(Commit commit, NavigableMap<EntryKey, Entry> entries) {
        for (Change change : commit.changes()) {
            if (change.op() == Op.PUT) {
                entries.put(change.entryKey(), Entry.of(change));
            } else {
                entries.remove(change.entryKey());
            }
        }
    }

    /** The seq of the last commit; 0 where there is none. */
    public long lastSeq() {
        return commits.size();
    }

    public List<Commit> commits() {
        return Collections.unmodifiableList(commits);
    }

    public Commit commit(long seq) {
        return commits.get(Math.toIntExact(seq - 1));
    }

    /** What exists after the commit, 0 for before the first one. */
    public NavigableMap<EntryKey, Entry> entriesAt(long seq) {
        int copy = Math.toIntExact(seq / COMMITS_PER_COPY);
        NavigableMap<EntryKey, Entry> entries = new TreeMap<>(copies.get(copy));
        for (Commit commit : commits.subList(copy * COMMITS_PER_COPY, Math.toIntExact(seq))) {
            fold(commit, entries);
        }
        return entries;
    }

    /** Summed up anew over everything that exists. */
    public Digest digestAt(long seq) {
        return digestOf(entriesAt(seq).values());
    }

    public Provenance provenanceAt(long seq) {
        return seq == 0 ? Provenance.START : Provenance.of(commit(seq).header(), digestAt(seq));
    }

    /** The last commit whose epoch is not greater; 0 where there is none. */
    public long lastSeqOfEpoch(long epoch) {
        return lastSeqNotAbove(epoch, Commit::epoch);
    }

    /** The last commit that is not later; 0 where there is none. */
    public long lastSeqOfTime(long timeMicros) {
        return lastSeqNotAbove(timeMicros, Commit::timeMicros);
    }

    private long lastSeqNotAbove(long bound, ToLongFunction<Commit> of) {
        return commits.stream()
                .filter(commit -> of.applyAsLong(commit) <= bound)
                .count();
    }

    public static Digest digestOf(Iterable<Entry> entries) {
        Digest digest = Digest.EMPTY;
        for (Entry entry : entries) {
            digest = digest.plus(Digest.of(entry));
        }
        return digest;
    }
}
