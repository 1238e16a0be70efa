package io.metawal.testkit.databend;

import io.metawal.testkit.databend.proto.TxnReply;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * What all nodes agreed on: the log, the state at its end, and the snapshots. Nothing is forgotten here, so that a test may ask for any
 * index; what a node still shows of it is another matter. For several threads.
 */
final class MetaHistory {
    private final List<MetaEntry> entries = new ArrayList<>();
    private long watches;
    private final TreeMap<Long, MetaState> snapshots = new TreeMap<>();
    private final MetaState state = new MetaState();
    private long term = 1;
    private long leader = 1;
    private long purged;
    private boolean old;

    MetaHistory(int nodes) {
        append(0, new MetaEntry.Membership(nodes));
    }

    synchronized TxnReply append(long timeMs, MetaEntry.Command command) {
        MetaEntry entry = new MetaEntry(term, leader, entries.size() + 1L, timeMs, command);
        entries.add(entry);
        TxnReply reply = state.apply(entry);
        notifyAll();
        return reply;
    }

    /** A new leader's term, which begins with a blank entry. */
    synchronized void elect(long node) {
        leader = node;
        term++;
        append(0, new MetaEntry.Blank());
    }

    /** As releases before 1.2.770; only for what comes after, so that a state folded again would differ. */
    synchronized void beOld() {
        old = true;
        state.beOld();
    }

    synchronized String release() {
        return old ? "v1.2.763-test" : "v1.2.880-test";
    }

    synchronized void watched() {
        watches++;
    }

    synchronized long watches() {
        return watches;
    }

    synchronized long term() {
        return term;
    }

    synchronized long leader() {
        return leader;
    }

    synchronized long last() {
        return entries.size();
    }

    synchronized long purged() {
        return purged;
    }

    synchronized long seq() {
        return state.seq();
    }

    /** The seq that was given last when an entry had been applied. */
    synchronized long seqAt(long index) {
        return index == last() ? state.seq() : stateAt(index).seq();
    }

    /** Changes the state as no entry of the log says: what a server does whose rules are other than they are known to be. */
    synchronized void change(MetaEntry.Command command) {
        var unused = state.apply(new MetaEntry(term, leader, last(), 0, command));
    }

    synchronized MetaEntry entry(long index) {
        return entries.get((int) index - 1);
    }

    synchronized void snapshot() {
        snapshots.put(last(), state.copy());
    }

    /** Goes back to an entry, and on from there under another leader of a new term. */
    synchronized void goBack(long index, long to) {
        MetaState then = stateAt(index);
        entries.subList((int) index, entries.size()).clear();
        snapshots.tailMap(index, false).clear();
        state.take(then);
        term = to - 1;
        elect(leader);
    }

    /** Forgets the log up to an index that a snapshot covers. */
    synchronized void purge(long upTo) {
        if (snapshots.isEmpty() || snapshots.lastKey() < upTo) {
            throw new IllegalStateException("no snapshot covers the log up to " + upTo);
        }
        purged = Math.max(purged, upTo);
    }

    /** The state as of an index, folded anew. */
    synchronized NavigableMap<String, MetaRecord> at(long index) {
        return stateAt(index).records();
    }

    /** What a list shows: without what has expired, whether it is cleaned or not. */
    synchronized NavigableMap<String, MetaRecord> listed(String prefix, long nowMs) {
        NavigableMap<String, MetaRecord> listed = new TreeMap<>(state.records());
        listed.entrySet()
                .removeIf(each -> !each.getKey().startsWith(prefix)
                        || each.getValue().expireAtMs() != null
                                && each.getValue().expireAtMs() < nowMs);
        return listed;
    }

    synchronized MetaState stateAt(long index) {
        MetaState folded = new MetaState();
        entries.subList(0, (int) index).forEach(folded::apply);
        return folded;
    }

    /** The lines of an export by a node that has come to an index. */
    synchronized List<String> export(long committed, long node) {
        List<String> lines = new ArrayList<>();
        lines.add("[\"header\",{\"DataHeader\":{\"key\":\"header\",\"value\":{\"version\":\"V004\"}}}]");
        lines.add("[\"raft_log\",{\"NodeId\":" + node + "}]");
        lines.add("[\"raft_log\",{\"Vote\":{\"leader_id\":{\"term\":" + term + ",\"node_id\":" + leader
                + "},\"committed\":true}}]");
        lines.add(MetaText.line("raft_log", "Committed", MetaText.logId(entry(committed))));
        lines.add(
                purged == 0
                        ? "[\"raft_log\",{\"Purged\":null}]"
                        : MetaText.line("raft_log", "Purged", MetaText.logId(entry(purged))));
        LongStream.rangeClosed(purged + 1, committed)
                .mapToObj(index -> MetaText.line("raft_log", "LogEntry", MetaText.entry(entry(index))))
                .forEach(lines::add);
        var snapshot = snapshots.floorEntry(Math.max(committed, purged));
        if (snapshot != null) {
            addState(lines, snapshot.getValue());
        }
        return lines;
    }

    private void addState(List<String> lines, MetaState snapshot) {
        String tree = "state_machine/0";
        MetaEntry applied = java.util.Objects.requireNonNull(snapshot.lastApplied());
        lines.add(MetaText.line(tree, "Sequences", MetaText.keyed("generic-kv", snapshot.seq())));
        lines.add("[\"" + tree + "\",{\"StateMachineMeta\":{\"key\":\"LastApplied\",\"value\":{\"LogId\":"
                + MetaText.logId(applied) + "}}}]");
        lines.add("[\"" + tree + "\",{\"StateMachineMeta\":{\"key\":\"LastMembership\",\"value\":{\"Membership\":"
                + "{\"log_id\":" + MetaText.logId(entry(1)) + ",\"membership\":" + MetaText.membership(entry(1))
                + "}}}}]");
        snapshot.records().entrySet().stream()
                .filter(e -> e.getValue().expireAtMs() != null)
                .sorted(java.util.Comparator.comparingLong((java.util.Map.Entry<String, MetaRecord> e) ->
                                e.getValue().expireAtMs())
                        .thenComparingLong(e -> e.getValue().seq()))
                .forEach(e -> lines.add("[\"" + tree + "\",{\"Expire\":{\"key\":{\"time_ms\":"
                        + e.getValue().expireAtMs() + ",\"seq\":" + e.getValue().seq()
                        + "},\"value\":{\"seq\":1,\"key\":\"" + e.getKey() + "\"}}}]"));
        snapshot.records()
                .forEach((key, record) ->
                        lines.add(MetaText.line(tree, "GenericKV", MetaText.keyed(key, MetaText.record(record)))));
    }
}
