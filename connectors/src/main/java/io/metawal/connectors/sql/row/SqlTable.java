package io.metawal.connectors.sql.row;

import java.util.List;
import java.util.Optional;

/**
 * A table as the database describes it.
 *
 * @param engine the kind of database it is in
 * @param schema that it is in: PostgreSQL's schema, MySQL's database, {@code main} for SQLite
 * @param columns in the order of the table
 * @param primaryKey names of columns, in the key's order; empty where it has none
 * @param parents names of tables in the same schema that its foreign keys refer to, itself left out
 * @param ddl statements that make it in an empty database of the same kind, in their order: the table with its columns, key, checks and
 *     sequences first. Foreign keys stand apart in {@code links}, since they can only be made when all tables are there
 * @param links statements that add its foreign keys
 */
public record SqlTable(
        SqlEngine engine,
        String schema,
        String name,
        List<SqlColumn> columns,
        List<String> primaryKey,
        List<String> parents,
        List<String> ddl,
        List<String> links) {
    public SqlTable {
        columns = List.copyOf(columns);
        primaryKey = List.copyOf(primaryKey);
        parents = List.copyOf(parents);
        ddl = List.copyOf(ddl);
        links = List.copyOf(links);
    }

    public Optional<SqlColumn> column(String name) {
        return columns.stream().filter(column -> column.name().equals(name)).findFirst();
    }

    /** The column whose values the database hands out; a table has at most one that matters, in its key. */
    public Optional<SqlColumn> counter() {
        return columns.stream()
                .filter(column -> column.countsUp() && primaryKey.contains(column.name()))
                .findFirst();
    }

    @Override
    public String toString() {
        return schema + "." + name;
    }
}
