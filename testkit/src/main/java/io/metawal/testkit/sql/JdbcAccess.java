package io.metawal.testkit.sql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Supplier;

/** What the fixtures do with a server through JDBC. */
final class JdbcAccess {
    private static final int TRIES_MAX = 3_000;

    private JdbcAccess() {}

    static Connection open(String jdbcUrl, Supplier<String> log) {
        try {
            return DriverManager.getConnection(jdbcUrl);
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "cannot connect: " + e.getMessage() + "; the server printed " + log.get(), e);
        }
    }

    static void execute(String jdbcUrl, Supplier<String> log, String... statements) {
        try (Connection connection = open(jdbcUrl, log);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("cannot run " + String.join("; ", statements) + ": " + e.getMessage(), e);
        }
    }

    /**
     * Returns once the server answers. One of another test may have had the port first, with the same administrator: then this one
     * will end, which is waited for.
     */
    static void await(String jdbcUrl, ServerRun run, String dataDirectoryQuery) {
        SQLException last = new SQLException("not tried");
        try {
            for (int i = 0; i < TRIES_MAX; i++) {
                try (Connection connection = DriverManager.getConnection(jdbcUrl);
                        Statement statement = connection.createStatement();
                        ResultSet rows = statement.executeQuery(dataDirectoryQuery)) {
                    rows.next();
                    String directory = rows.getString(1);
                    if (run.data().isEmpty() || isSame(run.data().get(), directory)) {
                        return;
                    }
                    last = new SQLException("another server is there, of " + directory);
                    run.pause();
                } catch (SQLException e) {
                    last = e;
                    run.pause();
                }
            }
            throw new IllegalStateException("no answer (" + last.getMessage() + "): " + run.tail(), last);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a server", e);
        }
    }

    private static boolean isSame(Path data, String directory) {
        try {
            return Files.isSameFile(data, Path.of(directory));
        } catch (IOException e) {
            // The other one may be gone by now.
            return false;
        }
    }
}
