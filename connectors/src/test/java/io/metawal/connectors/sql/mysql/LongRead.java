package io.metawal.connectors.sql.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.testkit.sql.BinlogServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A query of the table {@code a} that takes a minute, unless it is ended. */
final class LongRead {
    private final BinlogServer server;
    private final String id;
    private final CompletableFuture<Void> answered = new CompletableFuture<>();

    /** Returns once the server is at it. */
    LongRead(BinlogServer server, Connection reader) throws SQLException {
        this.server = server;
        id = String.valueOf(Query.value(reader, "SELECT CONNECTION_ID()"));
        Thread reading = new Thread(
                () -> {
                    try {
                        Query.run(reader, "SELECT SLEEP(60) FROM a");
                        answered.complete(null);
                    } catch (SQLException e) {
                        answered.completeExceptionally(e);
                    }
                },
                "long read");
        reading.start();
        try (Connection admin = server.admin()) {
            while (!"1"
                    .equals(Query.value(
                            admin,
                            "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID = " + id
                                    + " AND STATE = 'User sleep'"))) {
                Thread.onSpinWait();
            }
        }
    }

    /** Fails where it has ended by itself. */
    void end() throws InterruptedException, ExecutionException, TimeoutException {
        assertThat(answered).as("the long read still runs").isNotDone();
        server.execute("mysql", "KILL QUERY " + id);
        var unused = answered.handle((nothing, ended) -> "ended").get(30, TimeUnit.SECONDS);
    }
}
