package io.metawal.connectors.risingwave.sql;

import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.risingwave.hummock.HummockDialect;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.TableEntries;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Migrations and tables of a meta store, as they come by, and the level that they tell. For one thread. */
final class StoreLevel {
    private final TreeSet<String> migrations = new TreeSet<>();
    private final Set<String> tables = new HashSet<>();
    private @Nullable SqlEngine engine;

    void clear() {
        migrations.clear();
        tables.clear();
        engine = null;
    }

    void table(SqlTable table) {
        tables.add(table.name());
        engine = table.engine();
    }

    void row(SqlTable table, SqlRow row) {
        table(table);
        if (isMigration(table) && row.value("version") instanceof String name) {
            migrations.add(name);
        }
    }

    void gone(SqlTable table, SqlRow key) {
        if (isMigration(table) && key.value("version") instanceof String name) {
            migrations.remove(name);
        }
    }

    private static boolean isMigration(SqlTable table) {
        return table.name().equals(SqlModel.SEAQL_MIGRATIONS.table());
    }

    /** As the image says that is resumed from. */
    void resume(ImageView image) {
        clear();
        TableEntries.of(image).forEach(this::table);
        try (EntryIterator rows = image.entries(SqlModel.SEAQL_MIGRATIONS.space())) {
            rows.forEachRemaining(row -> migrations.add(row.entryKey().key().toStringUtf8()));
        }
    }

    HummockDialect dialect() {
        return HummockDialect.ofMigrations(migrations);
    }

    /** Migrations that no release known here has. */
    Set<String> unknownMigrations() {
        return MigrationLevel.unknown(migrations);
    }

    /** Tables that no release known here has. */
    Set<String> unknownTables() {
        return tables.stream()
                .filter(RwSqlTables::isStranger)
                .filter(table -> !table.equals(RwSqlTables.MARKER))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    RwSqlStore store() {
        String newest = migrations.isEmpty() ? "" : migrations.last();
        return new RwSqlStore(
                engine,
                RwSqlStore.Form.ROWS,
                newest,
                MigrationLevel.version(migrations, tables).orElse(null));
    }
}
