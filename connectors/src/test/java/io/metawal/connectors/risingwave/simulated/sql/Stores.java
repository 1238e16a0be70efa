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
import java.util.EnumMap;
import java.util.Map;

/** Empty databases of four engines: real servers, each started once, and files. */
final class Stores implements AutoCloseable {
    private final Map<SqlEngine, SqlServer> servers = new EnumMap<>(SqlEngine.class);
    private final Path directory;
    private int made;

    Stores(Path directory) {
        this.directory = directory;
    }

    /** Makes another empty database, and says how connections to it are had. */
    Connecting create(SqlEngine engine) {
        made++;
        if (engine == SqlEngine.SQLITE) {
            Path file = directory.resolve("meta" + made + ".db");
            return () -> DriverManager.getConnection(
                    "jdbc:sqlite:" + file + "?foreign_keys=true&busy_timeout=20000&synchronous=OFF");
        }
        SqlServer server = servers.computeIfAbsent(engine, it -> switch (it) {
            case POSTGRESQL -> PostgresServer.shared();
            case MYSQL -> MySqlServer.shared();
            default -> MariaDbServer.shared();
        });
        String name = "meta" + made + "_" + ProcessHandle.current().pid();
        server.createDatabase(name);
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
        servers.values().forEach(SqlServer::close);
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }
}
