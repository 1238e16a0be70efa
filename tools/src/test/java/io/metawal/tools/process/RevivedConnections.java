package io.metawal.tools.process;

import io.metawal.connectors.risingwave.simulated.sql.SqlConnections;
import io.metawal.testkit.sql.SqlServer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/** Connections that outlive their server, as a pool's do: after {@link #broken} each is opened again when it is used next. */
public final class RevivedConnections implements SqlConnections {
    private final SqlServer server;
    private final String database;
    private final AtomicInteger generation = new AtomicInteger();

    public RevivedConnections(SqlServer server, String database) {
        this.server = server;
        this.database = database;
    }

    /** The server was killed, at a moment when no transaction was open. */
    void broken() {
        generation.incrementAndGet();
    }

    @Override
    public Connection open() throws SQLException {
        Held held = new Held();
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    try {
                        return method.invoke(held.alive(), arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private final class Held {
        private Connection connection = server.connect(database);
        private int made = generation.get();

        Connection alive() throws SQLException {
            int now = generation.get();
            if (made != now) {
                connection = server.connect(database);
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
                connection.setAutoCommit(false);
                made = now;
            }
            return connection;
        }
    }
}
