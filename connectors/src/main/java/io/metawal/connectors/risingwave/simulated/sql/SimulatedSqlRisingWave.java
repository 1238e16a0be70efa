package io.metawal.connectors.risingwave.simulated.sql;

import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.simulated.SimulatedObjects;
import io.metawal.connectors.risingwave.simulated.SimulationSettings;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.storage.object.ObjectStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * What a RisingWave meta node from v2.1 on writes to its SQL meta store and to the object store, and the truth to hold a capture and a
 * restore against. With steps from one thread the same settings give the same history on the same kind of database.
 */
public final class SimulatedSqlRisingWave implements AutoCloseable {
    private static final int STEP_MILLIS_MAX = 2000;
    private static final int DATABASES_MAX = 3;
    private static final long PUBLIC_SCHEMA = 2;

    private final SimulationSettings settings;
    private final SqlEngine engine;
    private final SplittableRandom random;
    private final SimulatedClock clock;
    private final SimulatedStore store;
    private final List<Connection> connections = new ArrayList<>();
    private final HummockWriter hummock;
    private final ClusterWriter cluster;
    private final UserWriter users;
    private final SideWriter side;
    private final @Nullable LongTransaction slow;
    private final List<CatalogWriter> catalogs = new ArrayList<>();
    private int databases;

    /** Is told of every transaction once it is committed. */
    @FunctionalInterface
    public interface Listener {
        /** Nothing else is committed until this returns; {@link SimulatedSqlRisingWave#rows} and the others say how things stand. */
        void committed(String description);
    }

    /**
     * @param settings whose version is the level's
     * @param connections to a database that {@link SqlLevel#create} made a meta store in, and nobody else writes to
     */
    public SimulatedSqlRisingWave(
            SimulationSettings settings,
            SqlLevel level,
            SqlEngine engine,
            SqlConnections connections,
            ObjectStore objects)
            throws SQLException {
        this.settings = settings;
        this.engine = engine;
        this.random = new SplittableRandom(settings.seed());
        this.clock = new SimulatedClock(settings.start(), engine);
        this.store = new SimulatedStore(engine, level, connections);
        this.hummock =
                new HummockWriter(store, open(), random.split(), clock, level, new SimulatedObjects(objects, settings));
        this.cluster = new ClusterWriter(store, shared(), random.split(), clock);
        this.users = new UserWriter(store, shared(), random.split());
        this.side = new SideWriter(store, shared(), random.split(), clock);
        // SQLite has one writer at a time.
        this.slow = engine == SqlEngine.SQLITE ? null : new LongTransaction(store, open(), random.split());
        this.catalogs.add(new CatalogWriter(store, shared(), random.split(), clock, hummock).ofDev());
    }

    private Connection open() throws SQLException {
        Connection connection = store.open();
        connections.add(connection);
        return connection;
    }

    /** SQLite has one connection for all, as a meta node has it. */
    private Connection shared() throws SQLException {
        return engine == SqlEngine.SQLITE ? connections.get(0) : open();
    }

    /** The settings of a simulation at a level. */
    public static SimulationSettings settings(long seed, SqlLevel level) {
        return SimulationSettings.of(seed, level.version());
    }

    public void addListener(Listener listener) {
        store.addListener(listener::committed);
    }

    /** A new cluster: everything that is written before the first statement. */
    public void bootstrap() throws SQLException {
        cluster.bootstrap(settings);
        hummock.bootstrap();
        cluster.change(version().getId());
    }

    /** One action, in one or several transactions. */
    public void step() throws SQLException {
        clock.forward(1 + random.nextInt(STEP_MILLIS_MAX));
        int what = random.nextInt(100);
        CatalogWriter catalog = catalogs.get(random.nextInt(catalogs.size()));
        if (slow != null && what % 4 == 0) {
            slow.step();
        }
        if (what < 45) {
            stepOfHummock(what);
        } else if (what < 85) {
            stepOfCatalog(catalog, what);
        } else if (what < 92) {
            users.change(catalog.database(), catalog.anyObject());
        } else if (what < 95) {
            cluster.change(version().getId());
        } else if (what < 98) {
            side.change();
        } else {
            changeDatabases();
        }
    }

    private void stepOfHummock(int what) throws SQLException {
        if (hummock.ssts() > settings.sstsMax() || (what >= 22 && what < 38)) {
            hummock.compact();
        } else if (what < 22) {
            hummock.commitEpoch(List.of());
        } else if (what < 42) {
            hummock.regroup();
        } else {
            hummock.checkpoint();
        }
    }

    private void stepOfCatalog(CatalogWriter catalog, int what) throws SQLException {
        if (what < 62 && catalog.relations() * catalogs.size() < settings.relationsMax()) {
            catalog.create();
        } else if (what < 70) {
            catalog.drop();
        } else if (what < 74) {
            catalog.load();
        } else if (what < 82) {
            catalog.alter();
        } else {
            catalog.changeSchemas();
        }
    }

    private void changeDatabases() throws SQLException {
        if (catalogs.size() < DATABASES_MAX) {
            catalogs.add(newCatalog());
        } else {
            catalogs.remove(catalogs.size() - 1).dropDatabase();
        }
    }

    private CatalogWriter newCatalog() throws SQLException {
        return new CatalogWriter(store, shared(), random.split(), clock, hummock).ofNew("db" + databases++);
    }

    /** Commits an epoch, whatever a step would do. */
    public void commitEpoch() throws SQLException {
        clock.forward(1 + random.nextInt(STEP_MILLIS_MAX));
        hummock.commitEpoch(List.of());
    }

    /** Writes the version to the object store and truncates the deltas, whatever a step would do. */
    public void checkpoint() throws SQLException {
        hummock.checkpoint();
    }

    /**
     * Has several threads write at once: one for Hummock, one for users and workers, and one for each of so many databases.
     *
     * @param steps of each thread
     */
    public void runTogether(int databaseCount, int steps) throws Exception {
        if (engine == SqlEngine.SQLITE) {
            throw new IllegalArgumentException("SQLite has one writer at a time");
        }
        while (catalogs.size() < databaseCount) {
            catalogs.add(newCatalog());
        }
        List<WriterThreads.Work> works = new ArrayList<>();
        SplittableRandom ofHummock = random.split();
        works.add(() -> {
            clock.forward(1 + ofHummock.nextInt(STEP_MILLIS_MAX));
            stepOfHummock(ofHummock.nextInt(45));
        });
        SplittableRandom ofOthers = random.split();
        works.add(() -> {
            if (slow != null) {
                slow.step();
            }
            cluster.change(frozen(() -> version().getId()));
            side.change();
            if (ofOthers.nextBoolean()) {
                users.change(1, PUBLIC_SCHEMA);
            }
        });
        for (CatalogWriter catalog : catalogs) {
            SplittableRandom own = random.split();
            works.add(() -> stepOfCatalog(catalog, 45 + own.nextInt(40)));
        }
        WriterThreads.run(works, steps);
    }

    /** Runs this while nothing is committed, whatever threads write. */
    public <T extends @Nullable Object> T frozen(Callable<T> call) throws Exception {
        return store.frozen(call);
    }

    /** All rows as they must be now; from a listener, within {@link #frozen}, or while no thread writes. */
    public SqlDump rows() {
        return store.tables().dump();
    }

    /** The whole version as it must be now; from where {@link #rows} may be asked. */
    public HummockVersion version() {
        return hummock.version();
    }

    /** Ids of deltas that have rows now. */
    public List<Long> storedDeltas() {
        return hummock.storedDeltas();
    }

    /** The last epoch that each table was committed at. */
    public Map<Integer, Long> committedEpochs() {
        Map<Integer, Long> epochs = new TreeMap<>();
        version().getStateTableInfoMap().forEach((table, info) -> epochs.put(table, info.getCommittedEpoch()));
        return epochs;
    }

    /** How many transactions were committed. */
    public long committed() {
        return store.committed();
    }

    /** The simulated time. */
    public Instant now() {
        return clock.now();
    }

    /** Ends the transaction that is open beside the others, if there is one. */
    public void endLongTransaction() throws SQLException {
        if (slow != null) {
            slow.end();
        }
    }

    /** Closes its connections; what was not committed is lost. */
    @Override
    public void close() throws SQLException {
        for (Connection connection : connections) {
            connection.close();
        }
    }
}
