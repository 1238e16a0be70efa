package io.metawal.connectors.etcd;

import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.SourceDifference;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.MemoryImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** What an etcd held at each of its revisions, read from it right after each write; for each of the histories that it had in turn. */
final class EtcdModel {
    private final List<TreeMap<Long, List<Entry>>> histories = new ArrayList<>();

    /** The etcd is new, or lost its data. */
    void began(EtcdDriver etcd, String prefix) throws InterruptedException {
        putBack(etcd, prefix, new TreeMap<>());
    }

    /** The etcd was put back from a backup: the history up to there is its own too. */
    void putBack(EtcdDriver etcd, String prefix, Map<Long, List<Entry>> saved) throws InterruptedException {
        histories.add(new TreeMap<>(saved));
        wrote(etcd, prefix, etcd.revision());
    }

    /** What a backup that is taken now holds. */
    Map<Long, List<Entry>> saved() {
        return new TreeMap<>(now());
    }

    void wrote(EtcdDriver etcd, String prefix, long revision) throws InterruptedException {
        now().put(revision, SameAsEtcd.expected(etcd.range(prefix, 0)));
    }

    private NavigableMap<Long, List<Entry>> now() {
        return histories.get(histories.size() - 1);
    }

    long newest() {
        return now().lastKey();
    }

    int incarnations() {
        return histories.size();
    }

    /**
     * Commits that are not what etcd held, a line each. All commits between two gaps must be of one history. Commits may be wrong that
     * the gap after them puts in doubt.
     */
    List<String> wrong(List<Commit> commits) {
        List<String> wrong = new ArrayList<>();
        MemoryImage image = new MemoryImage();
        List<TreeMap<Long, List<Entry>>> candidates = List.copyOf(histories);
        for (int i = 0; i < commits.size(); i++) {
            Commit commit = commits.get(i);
            image.apply(commit);
            if (commit.header().afterGap()) {
                candidates = List.copyOf(histories);
            }
            if (!commit.header().kind().restorable()) {
                continue;
            }
            List<Entry> held = SameAsEtcd.entries(image.view());
            List<TreeMap<Long, List<Entry>>> before = candidates;
            candidates = before.stream()
                    .filter(history -> holds(history, commit.epoch(), held))
                    .toList();
            if (candidates.isEmpty() && !inDoubt(commits, i)) {
                wrong.add("seq " + commit.seq() + " at revision " + commit.epoch() + " is " + text(held)
                        + ", but etcd held "
                        + before.stream()
                                .map(history -> history.floorEntry(commit.epoch()))
                                .map(at -> at == null ? "nothing" : at.getKey() + ": " + text(at.getValue()))
                                .toList());
                return wrong;
            }
        }
        return wrong;
    }

    /** Keys with their meta. */
    private static String text(List<Entry> entries) {
        return entries.stream()
                .map(entry ->
                        entry.entryKey().key().toStringUtf8() + entry.meta().toStringUtf8())
                .toList()
                .toString();
    }

    /** Revisions in between changed nothing that is captured. */
    private static boolean holds(NavigableMap<Long, List<Entry>> history, long revision, List<Entry> held) {
        Map.Entry<Long, List<Entry>> at = history.floorEntry(revision);
        return at != null && at.getValue().equals(held);
    }

    /** A gap follows, and says that what was captured before it may be wrong since a comparison that is older. */
    private static boolean inDoubt(List<Commit> commits, int wrong) {
        return commits.subList(wrong + 1, commits.size()).stream()
                .filter(commit -> commit.header().afterGap())
                .findFirst()
                .flatMap(commit -> SourceDifference.parse(commit.body().gapReason()))
                .filter(found -> found.agreed().seq() < commits.get(wrong).seq())
                .isPresent();
    }
}
