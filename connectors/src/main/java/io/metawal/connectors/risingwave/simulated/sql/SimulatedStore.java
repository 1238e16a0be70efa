package io.metawal.connectors.risingwave.simulated.sql;

import io.metawal.connectors.sql.row.SqlEngine;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A meta store in a database beside the truth about it. Transactions may overlap; while one commits, and while {@link #frozen} runs,
 * no other does, so that the order of commits is the same here and there.
 */
final class SimulatedStore {
    private final SqlEngine engine;
    private final LevelSchema schema;
    private final SqlConnections connections;
    private final ReentrantLock commits = new ReentrantLock();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private final AtomicLong committed = new AtomicLong();
    private final SimulatedTables tables;

    /** Takes the store as it stands. */
    SimulatedStore(SqlEngine engine, SqlLevel level, SqlConnections connections) throws SQLException {
        this.engine = engine;
        this.schema = level.schema(engine);
        this.connections = connections;
        try (Connection connection = connections.open()) {
            this.tables = new SimulatedTables(schema, SqlDump.of(connection, engine));
        }
    }

    SqlEngine engine() {
        return engine;
    }

    LevelSchema schema() {
        return schema;
    }

    void addListener(Consumer<String> listener) {
        listeners.add(listener);
    }

    /** A connection for transactions one after the other. */
    Connection open() throws SQLException {
        Connection connection = connections.open();
        if (engine != SqlEngine.SQLITE) {
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        }
        connection.setAutoCommit(false);
        return connection;
    }

    SqlTransaction begin(Connection connection) {
        return new SqlTransaction(this, connection);
    }

    void commit(Connection connection, List<Consumer<SimulatedTables>> changes, String description, Runnable then)
            throws SQLException {
        commits.lock();
        try {
            connection.commit();
            changes.forEach(change -> change.accept(tables));
            then.run();
            committed.incrementAndGet();
            listeners.forEach(listener -> listener.accept(description));
        } finally {
            commits.unlock();
        }
    }

    /** Runs this while nothing is committed. */
    <T extends @Nullable Object> T frozen(Callable<T> call) throws Exception {
        commits.lock();
        try {
            return call.call();
        } finally {
            commits.unlock();
        }
    }

    /** The rows as they must be; only to be looked at while nothing is committed. */
    SimulatedTables tables() {
        return tables;
    }

    long committed() {
        return committed.get();
    }
}
