package io.metawal.testkit.databend;

import com.google.protobuf.ByteString;
import io.metawal.testkit.databend.proto.TxnReply;
import io.metawal.testkit.databend.proto.TxnRequest;
import io.metawal.testkit.net.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A Databend meta service of our own, of one or several nodes on loopback ports: a stock server is not to be had in tests. What it does
 * is what is known of the service's rules (seqs, conditions, expiry, the lines of an export, which calls want a token and which the leader), not
 * what a real one was seen to do. The nodes share one history, which never disagrees with itself; what a node is told to do wrong is done
 * at its port. It serves no {@code PutSequential} and no conditional operations. Keys are ASCII.
 *
 * <p>A test writes with {@link #put} and the like, and asks {@link #at} what there was after any entry, also one that was purged.
 */
public final class DatabendServer implements AutoCloseable {
    private static final int STARTS_MAX = 3;

    private final MetaHistory history;
    private final InstantSource clock;
    private final @Nullable Certificates certificates;
    private final List<MetaNode> nodes = new ArrayList<>();

    private DatabendServer(int count, InstantSource clock, @Nullable Certificates certificates) {
        this.certificates = certificates;
        this.history = new MetaHistory(count);
        this.clock = clock;
    }

    /** Starts nodes 1 to {@code count}, of which the first leads. */
    public static DatabendServer start(int count, InstantSource clock) {
        return start(count, clock, null);
    }

    /** As {@link #start}, over TLS, for clients with a certificate alone. */
    public static DatabendServer startTls(int count, InstantSource clock, Certificates certificates) {
        return start(count, clock, certificates);
    }

    /** PEM files of a server; {@code authority} signed its clients' certificates. */
    public record Certificates(Path authority, Path certificate, Path key) {}

    private static DatabendServer start(int count, InstantSource clock, @Nullable Certificates certificates) {
        // A port that was free a moment ago may be taken by now: then another one.
        for (int attempt = 1; ; attempt++) {
            DatabendServer cluster = new DatabendServer(count, clock, certificates);
            try {
                cluster.listen(count);
                return cluster;
            } catch (IOException | UncheckedIOException e) {
                cluster.close();
                if (attempt == STARTS_MAX) {
                    throw new IllegalStateException("no ports for " + count + " nodes", e);
                }
            }
        }
    }

    private void listen(int count) throws IOException {
        int[] ports = FreePorts.find(count);
        for (int i = 0; i < count; i++) {
            nodes.add(new MetaNode(this, i + 1L, ports[i]));
            nodes.get(i).start();
        }
    }

    public static DatabendServer start() {
        return start(1, InstantSource.system());
    }

    /** Such as {@code databend+grpc://127.0.0.1:4711,127.0.0.1:4712}. */
    public String url() {
        return nodes.stream().map(MetaNode::endpoint).collect(Collectors.joining(",", "databend+grpc://", ""));
    }

    public String endpoint(int node) {
        return node(node).endpoint();
    }

    @Nullable
    Certificates certificates() {
        return certificates;
    }

    String leaderEndpoint() {
        return node((int) history.leader()).endpoint();
    }

    MetaHistory history() {
        return history;
    }

    private MetaNode node(int id) {
        return nodes.get(id - 1);
    }

    TxnReply propose(MetaEntry.Command command) {
        return history.append(clock.millis(), command);
    }

    long millis() {
        return clock.millis();
    }

    /** Puts a key; returns the index of the entry. */
    public long put(String key, ByteString value) {
        return upsert(new MetaEntry.Upsert(key, value, null));
    }

    /** Puts a key that expires. */
    public long putFor(String key, ByteString value, long ttlMs) {
        return upsert(new MetaEntry.Upsert(key, value, ttlMs));
    }

    /** Puts a key of which no log entry says anything: what becomes of a rule that is not known. */
    public void putUnsaid(String key, ByteString value) {
        history.change(new MetaEntry.Upsert(key, value, null));
    }

    public long delete(String key) {
        return upsert(new MetaEntry.Upsert(key, null, null));
    }

    private long upsert(MetaEntry.Upsert upsert) {
        synchronized (history) {
            propose(upsert);
            return history.last();
        }
    }

    /** Proposes a transaction; its conditions decide what it does. */
    public TxnReply transact(TxnRequest request) {
        return propose(new MetaEntry.Txn(request));
    }

    /** What a list of everything shows, now. */
    public NavigableMap<String, MetaRecord> now() {
        return history.listed("", clock.millis());
    }

    /** The index of the last entry. */
    public long last() {
        return history.last();
    }

    /** The seq that the last write took. */
    public long seq() {
        return history.seq();
    }

    /** The time of an entry, in ms; 0 for one without a command. */
    public long timeMs(long index) {
        return history.entry(index).timeMs();
    }

    /** Everything that there was after the entry of an index; never to be changed. */
    public NavigableMap<String, MetaRecord> at(long index) {
        return history.at(index);
    }

    /** A record now. */
    public @Nullable MetaRecord find(String key) {
        return at(last()).get(key);
    }

    /** The lines of an export of a node, now. */
    public List<String> export(int node) {
        return history.export(node(node).visible(), node);
    }

    public void snapshot() {
        history.snapshot();
    }

    /** Takes a snapshot and forgets all entries but the last {@code kept}. */
    public void snapshotAndPurge(long kept) {
        history.snapshot();
        history.purge(Math.max(0, history.last() - kept));
    }

    /** As after an import of an older export: what came after an entry is gone, and a leader of this term goes on from there. */
    public void goBack(long index, long term) {
        history.goBack(index, term);
    }

    public long term() {
        return history.term();
    }

    /** Makes a node the leader, of a new term. */
    public void elect(int node) {
        history.elect(node);
    }

    /** Ends the connections of a node; it listens again at once, as the same process. */
    public void dropConnections(int node) throws InterruptedException {
        node(node).stop();
        node(node).restart();
    }

    /** As {@link #dropConnections}, as a new process, which knows no older token. */
    public void restart(int node) throws InterruptedException {
        node(node).stop();
        node(node).forgetTokens();
        node(node).restart();
    }

    public void stop(int node) throws InterruptedException {
        node(node).stop();
    }

    /** From now on a node comes no further, until {@link #catchUp}. */
    public void lag(int node) {
        node(node).faults().lagAt = node(node).visible();
    }

    public void catchUp(int node) {
        node(node).faults().lagAt = MetaFaults.NO_LAG;
    }

    /** How often anybody tried to watch anything. */
    public long watches() {
        return history.watches();
    }

    /** The next export of a node breaks off after so many messages. */
    public void cutNextExport(int node, int messages) {
        node(node).faults().cutExportAfter(messages);
    }

    /** The next transactions at a node happen, but nobody hears of it. */
    public void loseAnswers(int node, int count) {
        node(node).faults().loseAnswers(count);
    }

    /** All nodes are of release 1.2.763, from now on: times are in seconds, and counters know no least value. */
    public void beRelease1_2_763() {
        history.beOld();
    }

    /** A node knows neither {@code ExportV1} nor {@code KvGetMany}, from now on. */
    public void beOld(int node) {
        node(node).faults().old = true;
    }

    @Override
    public void close() {
        for (MetaNode node : nodes) {
            try {
                node.end();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
