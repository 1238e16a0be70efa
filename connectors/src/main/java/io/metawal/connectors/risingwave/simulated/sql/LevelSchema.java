package io.metawal.connectors.risingwave.simulated.sql;

import io.metawal.connectors.sql.row.SqlEngine;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The tables that an engine has once some migrations have run. */
final class LevelSchema {
    private final Map<String, LevelTable> tables = new TreeMap<>();

    static LevelSchema of(List<Migration> migrations, SqlEngine engine) {
        LevelSchema schema = new LevelSchema();
        for (Migration migration : migrations) {
            for (Step step : migration.steps()) {
                if (step.isFor(engine)) {
                    schema.apply(step);
                }
            }
        }
        // Not made by a migration, but by whoever stands for election.
        schema.add(election("election_leader", List.of("service")));
        schema.add(election("election_member", List.of("service", "id")));
        return schema;
    }

    private static LevelTable election(String name, List<String> key) {
        List<LevelColumn> columns = List.of(
                new LevelColumn("service", ColumnKind.STRING, 0, false, false, ""),
                new LevelColumn("id", ColumnKind.STRING, 0, key.size() == 1, false, ""),
                new LevelColumn("last_heartbeat", ColumnKind.ZONED, 0, true, false, ""));
        return new LevelTable(name, columns, key, List.of(), List.of());
    }

    private void add(LevelTable table) {
        tables.put(table.name(), table);
    }

    private void apply(Step step) {
        switch (step.kind()) {
            case CREATE -> tables.put(step.argument(0), Objects.requireNonNull(step.table()));
            case ADD -> change(step, table(step).with(Objects.requireNonNull(step.column())));
            case DROP -> tables.remove(step.argument(0));
            case DROP_COLUMN -> change(step, table(step).without(step.argument(1)));
            case RENAME -> change(step, table(step).renamed(step.argument(1), step.argument(2)));
            case UNLINK -> change(step, table(step).unlinked(step.argument(1)));
            case RETYPE -> change(step, table(step).retyped(Objects.requireNonNull(step.column())));
            case SQL -> {
                // The one change of a table that is told in SQL.
                if (step.argument(0).endsWith("ADD PRIMARY KEY (epoch, table_id)")) {
                    LevelTable table = table("hummock_epoch_to_version");
                    tables.put(table.name(), table.keyedBy(List.of("epoch", "table_id")));
                }
            }
            case INDEX, UNIQUE_INDEX -> {}
        }
    }

    private void change(Step step, LevelTable to) {
        tables.put(step.argument(0), to);
    }

    private LevelTable table(Step step) {
        return table(step.argument(0));
    }

    LevelTable table(String name) {
        LevelTable table = tables.get(name);
        if (table == null) {
            throw new IllegalArgumentException("no table " + name + " at this level; there are " + tables.keySet());
        }
        return table;
    }

    boolean has(String name) {
        return tables.containsKey(name);
    }

    Collection<LevelTable> tables() {
        return tables.values();
    }
}
