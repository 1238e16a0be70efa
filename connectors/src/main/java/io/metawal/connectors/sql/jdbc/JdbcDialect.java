package io.metawal.connectors.sql.jdbc;

import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** How one kind of database is asked for its tables and rows. Without state: for any thread. */
public interface JdbcDialect {
    static JdbcDialect of(SqlEngine engine) {
        return switch (engine) {
            case POSTGRESQL -> new PostgresDialect();
            case MYSQL, MARIADB -> new MysqlDialect(engine);
            case SQLITE -> new SqliteDialect();
        };
    }

    SqlEngine engine();

    /**
     * A connection that commits by itself, whose session is in UTC and prints everything exactly.
     *
     * @throws io.metawal.metadata.fault.MetawalException as {@link SqlFaults} says
     */
    Connection open(SqlUrl url);

    /**
     * All base tables of a schema, by name; columns that the database computes are left out. Of MySQL's kind, {@code engine} is what the
     * server is.
     *
     * @throws io.metawal.metadata.fault.UnsupportedFormatException naming table, column and type, where rows could not be read exactly
     */
    List<SqlTable> describe(Connection connection, String schema) throws SQLException;

    /** Those of them whose names are wanted; what the others are like does not matter where the dialect can tell them apart first. */
    default List<SqlTable> describe(Connection connection, String schema, Predicate<String> wanted)
            throws SQLException {
        return describe(connection, schema).stream()
                .filter(table -> wanted.test(table.name()))
                .toList();
    }

    /**
     * Every row, in any order, one after another: no more than one is in memory. In the connection's transaction, where it is in one. The
     * connection is not free for anything else meanwhile.
     */
    void read(Connection connection, SqlTable table, Consumer<SqlRow> rows) throws SQLException;

    /** A column as it stands in a SELECT whose rows are read by {@link #row}. */
    String selected(SqlColumn column);

    /** The row that a result of such a SELECT of all the table's columns, in their order, is at. */
    SqlRow row(SqlTable table, ResultSet found) throws SQLException;

    /** A value as the driver gives it, text for any type among them, in the form of {@code SqlType}. */
    @Nullable
    Object normal(SqlColumn column, @Nullable Object fromDriver);

    /** The largest value that the database has handed out for the table's counter, where it knows; empty for none. */
    OptionalLong counterNext(Connection connection, SqlTable table) throws SQLException;

    /** A name as it stands in a statement. */
    String quoted(String name);

    /** A table of its schema, as it stands in a statement. */
    default String quoted(SqlTable table) {
        return quoted(table.schema()) + "." + quoted(table.name());
    }
}
