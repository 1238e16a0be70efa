package io.metawal.tools.demo;

import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.EntrySource;
import io.metawal.connectors.etcd.rpc.EntryMapping;
import io.metawal.connectors.risingwave.RwValues;
import io.metawal.connectors.risingwave.etcd.RwInterpretation;
import io.metawal.connectors.risingwave.files.HummockObjects;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.simulated.MemoryMetaStore;
import io.metawal.connectors.risingwave.simulated.MetaTransaction;
import io.metawal.connectors.risingwave.simulated.SimulatedRisingWave;
import io.metawal.connectors.risingwave.simulated.SimulationSettings;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.image.Entry;
import io.metawal.storage.object.FileObjectStore;
import io.metawal.tools.engine.Engine;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A simulated RisingWave whose transactions are captured as those of one on etcd are: the same interpretation, one commit for each. Its rows are in
 * memory, its Hummock in files.
 */
final class DemoCluster {
    private static final String TABLES = "catalog.table";
    private static final String DIRECTORY = "hummock_001";
    private static final int STEPS_MAX = 2_000;

    private final Path bucket;
    private final SimulatedRisingWave cluster;
    private final MemoryMetaStore rows = new MemoryMetaStore();
    private final RwInterpretation interpretation;
    private final RwValues values = new RwValues();
    private final Map<EntryKey, String> names = new HashMap<>();
    private @Nullable Engine engine;
    private CompletableFuture<CommitHeader> last = CompletableFuture.completedFuture(null);
    private long revision;
    private @Nullable Dropped dropped;

    /**
     * What the cluster itself knew before a transaction.
     *
     * @param rows of its meta store
     */
    record Before(HummockVersion version, int rows) {}

    /** A table or materialized view that somebody dropped, and what there was before. */
    record Dropped(EntryKey key, String name, long seq, Before before) {}

    DemoCluster(Path bucket, long seed, InstantSource clock) {
        this.bucket = bucket;
        SimulationSettings settings = SimulationSettings.of(seed, "2.0.1")
                .withStateStore("hummock+fs://" + bucket, DIRECTORY)
                .withStart(clock.instant().minus(Duration.ofHours(1)));
        this.cluster = new SimulatedRisingWave(settings, this::commit, new FileObjectStore(bucket, clock));
        this.interpretation = new RwInterpretation(new HummockObjects(hummock(), Map.of(), clock), clock);
        cluster.bootstrap();
    }

    /** URL of its data directory. */
    String hummock() {
        return "file:" + bucket.resolve(DIRECTORY);
    }

    private Before now() {
        return new Before(cluster.version(), rows.rows().size());
    }

    /** From here on every transaction is a commit; the first is a base with all that there is. */
    void captureInto(Engine log) {
        try {
            Iterator<Entry> all = rows.rows().entrySet().stream()
                    .map(row ->
                            new Entry(new EntryKey(EntryMapping.KV, row.getKey()), row.getValue(), ByteString.EMPTY))
                    .iterator();
            EntrySource keys = EntrySource.of(all);
            interpretation.beforeBase();
            EntrySource base = interpretation.base(keys, revision);
            List<Change> changes = new ArrayList<>();
            for (Entry entry = base.next(); entry != null; entry = base.next()) {
                changes.add(Change.put(entry.entryKey(), entry.value(), entry.meta()));
            }
            changes.forEach(this::remember);
            last = log.append(draft(CommitKind.BASE, changes));
            engine = log;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void commit(MetaTransaction transaction) {
        Engine log = engine;
        // The cluster goes on to its next state only once this returns.
        Before earlier = now();
        rows.commit(transaction);
        revision++;
        if (log == null) {
            return;
        }
        List<Change> raw = new ArrayList<>();
        transaction.deletes().forEach(key -> raw.add(Change.delete(new EntryKey(EntryMapping.KV, key))));
        transaction.puts().forEach((key, value) -> raw.add(Change.put(new EntryKey(EntryMapping.KV, key), value)));
        List<Change> changes = interpretation.take(raw, revision);
        last = log.append(draft(CommitKind.DATA, changes));
        for (Change change : changes) {
            String name = names.get(change.entryKey());
            if (change.op() == Op.DELETE && name != null && dropped == null) {
                dropped = new Dropped(change.entryKey(), name, last.join().seq(), earlier);
            }
            remember(change);
        }
    }

    private void remember(Change change) {
        if (change.entryKey().space().name().equals(TABLES)) {
            if (change.op() == Op.DELETE) {
                names.remove(change.entryKey());
            } else {
                values.name(Entry.of(change)).ifPresent(name -> names.put(change.entryKey(), name));
            }
        }
    }

    private CommitDraft draft(CommitKind kind, List<Change> changes) {
        CommitBody body = CommitBody.of("", interpretation.origin(), changes);
        return new CommitDraft(kind, interpretation.epoch(revision), Timestamps.micros(cluster.now()), body);
    }

    void steps(int count) {
        for (int n = 0; n < count; n++) {
            cluster.step();
        }
    }

    /** Goes on until somebody drops a table, and says which. */
    Dropped untilSomethingIsDropped() {
        dropped = null;
        for (int n = 0; n < STEPS_MAX; n++) {
            cluster.step();
            Dropped found = dropped;
            if (found != null) {
                return found;
            }
        }
        throw new IllegalStateException("nobody dropped anything in " + STEPS_MAX + " steps");
    }

    /** The seq of the last commit, once it is durable. */
    long lastSeq() {
        return last.join().seq();
    }
}
