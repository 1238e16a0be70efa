package io.metawal.connectors.sql.jdbc;

import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.metadata.fault.UsageException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A database by its URL: {@code postgres://[user[:password]@]host[:port]/database[?schema=S&password-file=F&sslmode=…]}, {@code mysql://…},
 * {@code mariadb://…}, {@code sqlite:FILE}. {@code %XX} stands for any byte. A password comes from the URL, from the first line of
 * {@code password-file}, or from {@code METAWAL_SQL_PASSWORD}; it is never printed.
 *
 * @param host without brackets; empty for SQLite, as user, password and database are
 * @param schema as in {@code SqlTable}: PostgreSQL's schema, {@code public} where none is given; the database of MySQL; {@code main}
 * @param options all parameters but {@code schema} and {@code password-file}
 * @param file of SQLite; null for others
 */
public record SqlUrl(
        SqlEngine engine,
        String host,
        int port,
        String database,
        String schema,
        String user,
        String password,
        Map<String, String> options,
        @Nullable Path file) {
    private static final Set<String> CONNECTION = Set.of("sslmode", "sslrootcert", "sslcert", "sslkey");

    public SqlUrl {
        options = Map.copyOf(options);
    }

    /** @throws UsageException where it is none, with what was expected and what was found */
    public static SqlUrl parse(String url) {
        return parse(url, System.getenv());
    }

    static SqlUrl parse(String url, Map<String, String> environment) {
        return new SqlUrlReader(url, environment).read();
    }

    /** Whether a text begins as such a URL does. */
    public static boolean matches(String url) {
        return SqlUrlReader.engineOf(url) != null;
    }

    /** This, where it has no parameters but those of a connection and these; a usage error otherwise. */
    public SqlUrl allowing(Set<String> parameters) {
        Set<String> known = new TreeSet<>(parameters);
        known.addAll(CONNECTION);
        for (String name : new TreeMap<>(options).keySet()) {
            if (!known.contains(name)) {
                throw new UsageException(this + ": parameter \"" + name + "\" is not known: expected one of schema,"
                        + " password-file, " + String.join(", ", known));
            }
        }
        return this;
    }

    /** The file of SQLite. */
    public Path path() {
        Path path = file;
        if (path == null) {
            throw new UsageException(this + " is no file");
        }
        return path;
    }

    /** The same database as another user sees it. */
    public SqlUrl as(String user, String password) {
        return new SqlUrl(engine, host, port, database, schema, user, password, options, file);
    }

    /** The URL without its password and parameters. */
    @Override
    public String toString() {
        if (engine == SqlEngine.SQLITE) {
            return "sqlite:" + file;
        }
        String scheme = switch (engine) {
            case POSTGRESQL -> "postgres";
            case MYSQL -> "mysql";
            case MARIADB -> "mariadb";
            case SQLITE -> "sqlite";
        };
        String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return scheme + "://" + user + "@" + shown + ":" + port + "/" + database
                + (schema.equals(database) || schema.equals(SqlUrlReader.PUBLIC) ? "" : "?schema=" + schema);
    }
}
