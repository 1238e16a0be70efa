package io.metawal.connectors.risingwave.simulated;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.metadata.fault.UsageException;
import io.metawal.storage.object.ObjectStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * What a RisingWave meta node of v1.0 to v2.0 writes to etcd and to the object store, and the truth to hold a restore against. The
 * same settings give the same history. For one thread.
 */
public final class SimulatedRisingWave {
    private static final long EPOCH_BASE_MILLIS = 1617235200000L;
    private static final int EPOCH_SHIFT = 16;
    private static final int STEP_MILLIS_MAX = 2000;
    private static final int CRASH_ONE_IN = 60;

    private final RandomGenerator random;
    private final RwEra era;
    private final SimulatedRows rows;
    private final SimulatedIds ids;
    private final SimulatedHummock hummock;
    private final SimulatedCatalog catalog;
    private final SimulatedCluster cluster;
    private final List<Listener> listeners = new ArrayList<>();
    private long nowMillis;
    private long crashes;

    /** Is told of every transaction once it is committed. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Now things stand like this.
         *
         * @param rows a view of all rows, which changes; copy what is to be kept
         * @param epoch the last committed epoch, 0 for none
         */
        void committed(SortedMap<ByteString, ByteString> rows, HummockVersion version, long epoch, String description);
    }

    /** @throws UsageException for a version that has no rows in etcd */
    public SimulatedRisingWave(SimulationSettings settings, MetaStore store, ObjectStore objects) {
        if (settings.era() == RwEra.V2_1) {
            throw new UsageException(
                    "RisingWave " + settings.version() + " has no etcd meta store; expected v1.0 to v2.0");
        }
        this.random = new SplittableRandom(settings.seed());
        this.era = settings.era();
        this.nowMillis = settings.start().toEpochMilli();
        this.rows = new SimulatedRows(store, this::tell);
        this.ids = new SimulatedIds(rows, settings);
        this.hummock = new SimulatedHummock(settings, random, rows, ids, new SimulatedObjects(objects, settings));
        this.catalog = new SimulatedCatalog(settings, random, rows, ids);
        this.cluster = new SimulatedCluster(settings, random, rows, ids);
    }

    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    private void tell(String description) {
        listeners.forEach(it -> it.committed(rows(), version(), lastEpoch(), description));
    }

    /** A new cluster: everything that is written before the first statement. */
    public void bootstrap() {
        cluster.elect();
        cluster.bootstrap();
        ids.start();
        hummock.bootstrap();
        catalog.bootstrap();
        cluster.changeWorkers();
        cluster.changeWorkers();
    }

    /**
     * Makes a large cluster of one that is just bootstrapped.
     *
     * @param relations materialized views, with one table of state each
     * @param ssts shared out among them, without objects
     */
    public void prefill(int relations, int ssts) {
        ids.reserveSsts(ssts);
        int first = catalog.prefill(relations);
        RandomSsts made = new RandomSsts(random, era, ids);
        hummock.prefill(LargeVersion.of(version(), made, ids, era, first, relations, ssts));
        long afterIt = (nowMillis - EPOCH_BASE_MILLIS) << EPOCH_SHIFT;
        if (afterIt <= lastEpoch()) {
            nowMillis = EPOCH_BASE_MILLIS + (lastEpoch() >> EPOCH_SHIFT);
        }
    }

    /** One action, in one or several transactions; in some, the meta node crashes and starts again. */
    public void step() {
        nowMillis += 1 + random.nextInt(STEP_MILLIS_MAX);
        if (random.nextInt(CRASH_ONE_IN) == 0) {
            rows.crashAfter(random.nextInt(4));
        }
        try {
            act();
            rows.crashNoMore();
        } catch (SimulatedCrash e) {
            crash();
        }
    }

    private void act() {
        int what = random.nextInt(100);
        if (hummock.isFull() && what >= 20 && what < 70) {
            hummock.compact();
        } else if (what < 8) {
            create();
        } else if (what < 12) {
            hummock.drop(catalog.drop());
        } else if (what < 14) {
            hummock.drop(catalog.changeSchemas());
        } else if (what < 16) {
            catalog.alter();
        } else if (what < 20) {
            cluster.changeUsers();
        } else if (what < 60) {
            commitEpoch();
        } else if (what < 80) {
            hummock.compact();
        } else if (what < 83) {
            hummock.regroup();
        } else if (what < 87) {
            hummock.checkpoint();
        } else if (what < 92) {
            cluster.changeWorkers();
        } else if (what < 98) {
            cluster.changePins(version().getId(), lastEpoch());
        } else {
            cluster.changeParameter();
        }
    }

    private void create() {
        if (catalog.isFull()) {
            hummock.drop(catalog.drop());
            return;
        }
        SimulatedCatalog.Relation relation = catalog.begin();
        Map<Integer, Long> tables = new TreeMap<>();
        if (relation.kind().isJob()) {
            long group = hummock.groupForNewTable();
            relation.stateTables().forEach(table -> tables.put(table, group));
        }
        if (!tables.isEmpty()) {
            hummock.create(epochNow(), tables);
        }
        catalog.finish(relation);
    }

    /** Commits an epoch, whatever a step would do. */
    public void commitEpoch() {
        hummock.commitEpoch(epochNow());
    }

    private long epochNow() {
        nowMillis++;
        return (nowMillis - EPOCH_BASE_MILLIS) << EPOCH_SHIFT;
    }

    /** Writes the version to the object store and truncates the deltas, whatever a step would do. */
    public void checkpoint() {
        hummock.checkpoint();
    }

    /** Ends the meta node and starts it again, from its rows and the object store alone. */
    public void crash() {
        rows.crashNoMore();
        crashes++;
        cluster.elect();
        hummock.restart();
        ids.start();
        List<Integer> orphans = new ArrayList<>(hummock.tables());
        orphans.removeAll(catalog.restart());
        hummock.drop(orphans);
    }

    /** How often the meta node has crashed. */
    public long crashes() {
        return crashes;
    }

    /** The whole version as it is now. */
    public HummockVersion version() {
        return hummock.version();
    }

    /** A view of all rows of etcd as they are now. */
    public SortedMap<ByteString, ByteString> rows() {
        return rows.all();
    }

    /** The last epoch that each table was committed at. */
    public Map<Integer, Long> committedEpochs() {
        Map<Integer, Long> epochs = new TreeMap<>();
        Tables.groups(version())
                .forEach((table, group) -> epochs.put(
                        table,
                        era.hasStateTables()
                                ? version().getStateTableInfoOrThrow(table).getCommittedEpoch()
                                : lastEpoch()));
        return epochs;
    }

    /** The last committed epoch; 0 before the first. */
    public long lastEpoch() {
        return hummock.lastEpoch();
    }

    /** The simulated time. */
    public Instant now() {
        return Instant.ofEpochMilli(nowMillis);
    }
}
