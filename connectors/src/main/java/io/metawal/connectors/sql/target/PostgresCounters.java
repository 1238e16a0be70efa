package io.metawal.connectors.sql.target;

import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlTable;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The sequences that PostgreSQL takes values of columns from, in SQL. */
final class PostgresCounters {
    private static final Pattern NEXT = Pattern.compile("nextval\\(('(?:[^']|'')+')::regclass\\)");

    private PostgresCounters() {}

    /** Lets the sequence of the table's counter go on behind a value. */
    static String set(SqlTable table, long last) {
        return "SELECT setval(" + sequence(table, table.counter().orElseThrow()) + ", " + last + ")";
    }

    /** Let those of columns that are no keys go on behind the largest value in a row: what else was handed out is not known. */
    static List<String> setOthers(SqlTable table) {
        return table.columns().stream()
                .filter(column -> column.countsUp() && !table.counter().equals(Optional.of(column)))
                .map(column -> {
                    String largest = "max(" + SqlText.quoted(SqlEngine.POSTGRESQL, column.name()) + ")";
                    return "SELECT setval(" + sequence(table, column) + ", " + largest + ") FROM "
                            + SqlText.quoted(SqlEngine.POSTGRESQL, table.name()) + " HAVING " + largest
                            + " IS NOT NULL";
                })
                .toList();
    }

    private static String sequence(SqlTable table, SqlColumn column) {
        Matcher next = NEXT.matcher(column.defaultExpression());
        return next.matches()
                ? next.group(1) + "::regclass"
                : "pg_get_serial_sequence(" + SqliteTarget.text(SqlText.quoted(SqlEngine.POSTGRESQL, table.name()))
                        + ", " + SqliteTarget.text(column.name()) + ")";
    }
}
