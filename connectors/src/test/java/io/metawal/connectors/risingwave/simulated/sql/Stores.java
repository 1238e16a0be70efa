package io.metawal.connectors.risingwave.simulated.sql;

import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.testkit.sql.MariaDbServer;
import io.metawal.testkit.sql.MySqlServer;
import io.metawal.testkit.sql.PostgresServer;
import io.metawal.testkit.sql.SqlServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Empty databases of four engines, on real servers that tests share, and in files. */
final class Stores implements AutoCloseable {
    private static final AtomicInteger MADE = new AtomicInteger();

    private final Map<String, SqlServer> databases = new HashMap<>();
    private final Path directory;

    Stores(Path directory) {
        this.directory = directory;
    }

    /** Makes another empty database, and says how connections to it are had. */
    Connecting create(SqlEngine engine) {
        String name = "meta" + ProcessHandle.current().pid() + "_" + MADE.incrementAndGet();
        if (engine == SqlEngine.SQLITE) {
            Path file = directory.resolve(name + ".db");
            return () -> DriverManager.getConnection(
                    "jdbc:sqlite:" + file + "?foreign_keys=true&busy_timeout=20000&synchronous=OFF");
        }
        SqlServer server = switch (engine) {
            case POSTGRESQL -> PostgresServer.shared();
            case MYSQL -> MySqlServer.shared();
            default -> MariaDbServer.shared();
        };
        server.createDatabase(name);
        databases.put(name, server);
        String url = server.jdbcUrl(name);
        return () -> DriverManager.getConnection(url);
    }

    /** Opens connections. */
    @FunctionalInterface
    interface Connecting extends SqlConnections {
        @Override
        Connection open() throws SQLException;
    }

    @Override
    public void close() throws IOException {
        databases.forEach((name, server) -> {
            // One of this JVM takes them with it when it ends, which is quicker.
            if (server.process().isEmpty()) {
                server.dropDatabase(name);
            }
        });
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }
}
