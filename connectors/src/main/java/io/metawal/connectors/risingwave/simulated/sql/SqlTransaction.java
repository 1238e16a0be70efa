package io.metawal.connectors.risingwave.simulated.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One transaction: statements to the database as they come, and the same changes to the truth once it is committed. */
final class SqlTransaction {
    private final SimulatedStore store;
    private final Connection connection;
    private final Ddl ddl;
    private final List<Consumer<SimulatedTables>> changes = new ArrayList<>();

    SqlTransaction(SimulatedStore store, Connection connection) {
        this.store = store;
        this.connection = connection;
        this.ddl = new Ddl(store.engine());
    }

    /**
     * Inserts a row of these columns; the others are as the table's defaults say.
     *
     * @return the key that the database gave it; 0 where it was given, or is none of the database's
     */
    long insert(String name, Map<String, ? extends @Nullable Object> values) throws SQLException {
        LevelTable table = store.schema().table(name);
        List<LevelColumn> given = table.columns().stream()
                .filter(column -> values.containsKey(column.name()))
                .toList();
        LevelColumn counter = table.columns().stream()
                .filter(column -> column.counts() && !values.containsKey(column.name()))
                .findFirst()
                .orElse(null);
        String sql = "INSERT INTO " + ddl.quoted(name) + " ("
                + given.stream().map(column -> ddl.quoted(column.name())).collect(Collectors.joining(", "))
                + ") VALUES ("
                + given.stream()
                        .map(column -> Values.placeholder(store.engine(), column))
                        .collect(Collectors.joining(", "))
                + ")";
        Map<String, @Nullable String> row = defaults(table);
        long key = 0;
        try (PreparedStatement statement = counter == null
                ? connection.prepareStatement(sql)
                : connection.prepareStatement(sql, new String[] {counter.name()})) {
            for (int i = 0; i < given.size(); i++) {
                LevelColumn column = given.get(i);
                Object value = values.get(column.name());
                Values.bind(store.engine(), statement, i + 1, column, value);
                row.put(column.name(), Values.text(value));
            }
            statement.executeUpdate();
            if (counter != null) {
                try (ResultSet keys = statement.getGeneratedKeys()) {
                    keys.next();
                    key = keys.getLong(1);
                    row.put(counter.name(), Long.toString(key));
                }
            }
        }
        changes.add(tables -> tables.insert(name, row));
        return key;
    }

    private static Map<String, @Nullable String> defaults(LevelTable table) {
        Map<String, @Nullable String> row = new TreeMap<>();
        for (LevelColumn column : table.columns()) {
            String literal = column.defaultValue();
            if (literal.equals("now")) {
                // Times are always given: what the database's clock says is not known here.
                continue;
            }
            row.put(
                    column.name(),
                    literal.isEmpty()
                            ? null
                            : literal.startsWith("'") ? literal.substring(1, literal.length() - 1) : literal);
        }
        return row;
    }

    /** Changes all rows that have these values. */
    void update(String name, Map<String, ?> where, Map<String, ? extends @Nullable Object> to) throws SQLException {
        LevelTable table = store.schema().table(name);
        List<LevelColumn> set = columns(table, to);
        List<LevelColumn> by = columns(table, where);
        String sql =
                "UPDATE " + ddl.quoted(name) + " SET " + equalities(set, ", ") + " WHERE " + equalities(by, " AND ");
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, 1, set, to);
            bind(statement, 1 + set.size(), by, where);
            statement.executeUpdate();
        }
        Map<String, @Nullable String> whereText = texts(where);
        Map<String, @Nullable String> toText = texts(to);
        changes.add(tables -> {
            int unused = tables.update(name, whereText, toText);
        });
    }

    /** Adds to a number in one row, whatever it is by now. */
    void add(String name, Map<String, ?> where, String column, long summand) throws SQLException {
        List<LevelColumn> by = columns(store.schema().table(name), where);
        String quoted = ddl.quoted(column);
        String sql = "UPDATE " + ddl.quoted(name) + " SET " + quoted + " = " + quoted + " + " + summand + " WHERE "
                + equalities(by, " AND ");
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, 1, by, where);
            statement.executeUpdate();
        }
        Map<String, @Nullable String> whereText = texts(where);
        changes.add(tables -> tables.find(name, whereText)
                .forEach(row -> row.merge(column, "0", (now, zero) -> Long.toString(Long.parseLong(now) + summand))));
    }

    /** Deletes all rows that have these values, and with them what foreign keys take along. */
    int delete(String name, Map<String, ?> where) throws SQLException {
        List<LevelColumn> by = columns(store.schema().table(name), where);
        String sql = "DELETE FROM " + ddl.quoted(name) + " WHERE " + equalities(by, " AND ");
        int count;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, 1, by, where);
            count = statement.executeUpdate();
        }
        Map<String, @Nullable String> whereText = texts(where);
        changes.add(tables -> {
            int unused = tables.delete(name, whereText);
        });
        return count;
    }

    /** Deletes the rows in which a number is smaller. */
    void deleteBelow(String name, String column, long limit) throws SQLException {
        String sql = "DELETE FROM " + ddl.quoted(name) + " WHERE " + ddl.quoted(column) + " < " + limit;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.executeUpdate();
        }
        changes.add(tables -> List.copyOf(tables.rows(name)).stream()
                .filter(row -> number(row, column) < limit)
                .forEach(row -> {
                    int unused = tables.delete(name, row);
                }));
    }

    private static long number(Map<String, @Nullable String> row, String column) {
        String text = row.get(column);
        return text == null ? Long.MAX_VALUE : Long.parseLong(text);
    }

    /** What is undone where something within it fails. */
    void undone(Statements statements) throws SQLException {
        Savepoint point = connection.setSavepoint();
        int before = changes.size();
        statements.run(this);
        connection.rollback(point);
        changes.subList(before, changes.size()).clear();
    }

    /** Statements of a transaction. */
    @FunctionalInterface
    interface Statements {
        void run(SqlTransaction transaction) throws SQLException;
    }

    void commit(String description) throws SQLException {
        commit(description, () -> {});
    }

    /** @param then what else is true from this transaction on */
    void commit(String description, Runnable then) throws SQLException {
        store.commit(connection, changes, description, then);
    }

    void rollback() throws SQLException {
        connection.rollback();
        changes.clear();
    }

    private static List<LevelColumn> columns(LevelTable table, Map<String, ?> values) {
        List<LevelColumn> columns = table.columns().stream()
                .filter(column -> values.containsKey(column.name()))
                .toList();
        if (columns.size() != values.size()) {
            throw new IllegalArgumentException(table.name() + " has not all columns of " + values.keySet());
        }
        return columns;
    }

    private String equalities(List<LevelColumn> columns, String between) {
        return columns.stream()
                .map(column -> ddl.quoted(column.name()) + " = " + Values.placeholder(store.engine(), column))
                .collect(Collectors.joining(between));
    }

    private void bind(PreparedStatement statement, int from, List<LevelColumn> columns, Map<String, ?> values)
            throws SQLException {
        for (int i = 0; i < columns.size(); i++) {
            Values.bind(
                    store.engine(),
                    statement,
                    from + i,
                    columns.get(i),
                    values.get(columns.get(i).name()));
        }
    }

    private static Map<String, @Nullable String> texts(Map<String, ? extends @Nullable Object> values) {
        Map<String, @Nullable String> texts = new TreeMap<>();
        values.forEach((column, value) -> texts.put(column, Values.text(value)));
        return texts;
    }
}
