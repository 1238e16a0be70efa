package io.metawal.connectors.sql.target;

import io.metawal.connectors.sql.jdbc.JdbcDialect;
import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.testkit.sql.MariaDbServer;
import io.metawal.testkit.sql.MySqlServer;
import io.metawal.testkit.sql.PostgresServer;
import io.metawal.testkit.sql.SqlServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Empty databases of every kind on real servers that tests share, for a test that closes this when it ends. */
public final class TestDatabases implements AutoCloseable {
    private static final AtomicInteger MADE = new AtomicInteger();

    private final Map<String, SqlServer> databases = new HashMap<>();
    private final Path directory;

    public TestDatabases() {
        try {
            directory = Files.createTempDirectory("metawal-databases-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path directory() {
        return directory;
    }

    /** Of a new database. */
    public SqlUrl fresh(SqlEngine engine) {
        String name = "fresh" + ProcessHandle.current().pid() + "_" + MADE.incrementAndGet();
        if (engine == SqlEngine.SQLITE) {
            return SqlUrl.parse("sqlite:" + directory.resolve(name + ".db") + "?create=yes");
        }
        SqlServer server = server(engine);
        server.createDatabase(name);
        databases.put(name, server);
        return SqlUrl.parse(server.url(name));
    }

    public SqlServer server(SqlEngine engine) {
        return switch (engine) {
            case POSTGRESQL -> PostgresServer.shared();
            case MYSQL -> MySqlServer.shared();
            default -> MariaDbServer.shared();
        };
    }

    /** What a server says it is: URLs of MariaDB and MySQL are alike. */
    public static SqlEngine engine(SqlUrl url) {
        if (url.engine() != SqlEngine.MYSQL) {
            return url.engine();
        }
        try (Connection connection = open(url)) {
            String version = String.valueOf(Query.value(connection, "SELECT VERSION()"));
            return version.contains("MariaDB") ? SqlEngine.MARIADB : SqlEngine.MYSQL;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public static Connection open(SqlUrl url) {
        return JdbcDialect.of(url.engine()).open(url);
    }

    /** For what a test prepares: nothing of it must outlive a power failure. */
    public static Connection openUnsynced(SqlUrl url) {
        Connection connection = open(url);
        if (url.engine() == SqlEngine.SQLITE) {
            try {
                Query.run(connection, "PRAGMA synchronous = OFF");
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
        return connection;
    }

    public static void run(SqlUrl url, String... statements) {
        try (Connection connection = openUnsynced(url)) {
            Query.run(connection, statements);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public static List<SqlTable> tables(SqlUrl url) {
        try (Connection connection = open(url)) {
            return JdbcDialect.of(url.engine()).describe(connection, url.schema());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public static SqlTable table(SqlUrl url, String name) {
        return tables(url).stream()
                .filter(table -> table.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** All rows by table, each table's by their keys; without the tables that are named. */
    public static Map<String, List<SqlRow>> rows(SqlUrl url, String... without) {
        Map<String, List<SqlRow>> all = new TreeMap<>();
        JdbcDialect dialect = JdbcDialect.of(url.engine());
        try (Connection connection = open(url)) {
            for (SqlTable table : dialect.describe(connection, url.schema())) {
                if (List.of(without).contains(table.name())) {
                    continue;
                }
                List<SqlRow> rows = new ArrayList<>();
                dialect.read(connection, table, rows::add);
                rows.sort(Comparator.comparing(row -> row.key(table.primaryKey())));
                all.put(table.name(), rows);
            }
            return all;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        databases.forEach((name, server) -> {
            // One of this JVM takes them with it when it ends, which is quicker.
            if (server.process().isEmpty()) {
                server.dropDatabase(name);
            }
        });
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
