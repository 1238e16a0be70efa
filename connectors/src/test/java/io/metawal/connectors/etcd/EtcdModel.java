package io.metawal.connectors.etcd;

import io.metawal.metadata.commit.Commit;
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

    /** The etcd is new, or was put back. */
    void began(EtcdDriver etcd, String prefix) throws InterruptedException {
        histories.add(new TreeMap<>());
        wrote(etcd, prefix, etcd.revision());
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
     * Commits that are not what etcd held, a line each. All commits between two gaps must be of one history. Of a stretch that
     * ends in a gap because an older etcd left out changes, only the beginning is right.
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
            candidates = candidates.stream()
                    .filter(history -> holds(history, commit.epoch(), held))
                    .toList();
            if (candidates.isEmpty() && !leftOut(commits, i)) {
                wrong.add("seq " + commit.seq() + " at revision " + commit.epoch() + " of no history: " + held);
                return wrong;
            }
        }
        return wrong;
    }

    /** Revisions in between changed nothing that is captured. */
    private static boolean holds(NavigableMap<Long, List<Entry>> history, long revision, List<Entry> held) {
        Map.Entry<Long, List<Entry>> at = history.floorEntry(revision);
        return at != null && at.getValue().equals(held);
    }

    private static boolean leftOut(List<Commit> commits, int from) {
        return commits.subList(from + 1, commits.size()).stream()
                .filter(commit -> commit.header().afterGap())
                .findFirst()
                .filter(commit -> commit.body().gapReason().contains("left out changes"))
                .isPresent();
    }
}
