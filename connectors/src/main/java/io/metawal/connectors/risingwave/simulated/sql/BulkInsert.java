package io.metawal.connectors.risingwave.simulated.sql;

import io.metawal.connectors.sql.row.SqlEngine;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Many rows of one table, some hundreds in a statement. The caller commits. */
final class BulkInsert implements AutoCloseable {
    private static final int ROWS = 200;

    private final Connection connection;
    private final SqlEngine engine;
    private final LevelTable table;
    private final List<LevelColumn> columns;
    private final List<Map<String, @Nullable Object>> waiting = new ArrayList<>();

    /** @param names of the columns that every row has */
    BulkInsert(Connection connection, SqlEngine engine, LevelTable table, Iterable<String> names) {
        this.connection = connection;
        this.engine = engine;
        this.table = table;
        List<String> wanted = new ArrayList<>();
        names.forEach(wanted::add);
        this.columns = table.columns().stream()
                .filter(column -> wanted.contains(column.name()))
                .toList();
    }

    void add(Map<String, @Nullable Object> row) throws SQLException {
        waiting.add(row);
        if (waiting.size() == ROWS) {
            flush();
        }
    }

    private void flush() throws SQLException {
        if (waiting.isEmpty()) {
            return;
        }
        Ddl ddl = new Ddl(engine);
        String values = columns.stream()
                .map(column -> Values.placeholder(engine, column))
                .collect(Collectors.joining(", ", "(", ")"));
        String sql = "INSERT INTO " + ddl.quoted(table.name())
                + columns.stream().map(column -> ddl.quoted(column.name())).collect(Collectors.joining(", ", " (", ")"))
                + " VALUES " + String.join(", ", Collections.nCopies(waiting.size(), values));
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int index = 1;
            for (Map<String, @Nullable Object> row : waiting) {
                for (LevelColumn column : columns) {
                    Values.bind(engine, statement, index++, column, row.get(column.name()));
                }
            }
            statement.executeUpdate();
        }
        waiting.clear();
    }

    @Override
    public void close() throws SQLException {
        flush();
    }
}
