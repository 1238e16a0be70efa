package io.metawal.connectors.risingwave.simulated.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.risingwave.snapshot.Section;
import io.metawal.connectors.risingwave.snapshot.SnapshotLayout;
import io.metawal.connectors.sql.row.SqlEngine;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("server")
class SqlLevelTest {
    private static final List<SqlEngine> ENGINES = List.of(SqlEngine.POSTGRESQL, SqlEngine.MARIADB, SqlEngine.SQLITE);

    @TempDir
    Path directory;

    @Test
    void everyTableOfASnapshotIsThereWithItsKey() {
        for (SqlLevel level : SqlLevel.values()) {
            LevelSchema schema = level.schema(SqlEngine.POSTGRESQL);
            for (Section section :
                    SnapshotLayout.of(2, RwVersion.parse(level.version())).sections()) {
                SqlModel table = section.table();
                if (table != null && table != SqlModel.SEAQL_MIGRATIONS) {
                    assertThat(schema.table(table.table()).primaryKey())
                            .as(level + " " + table)
                            .isEqualTo(table.primaryKey());
                }
            }
        }
    }

    @Test
    void aLevelGoesForwardOnly() {
        assertThat(SqlLevel.V2_1.migrationsTo(SqlLevel.V2_6)).hasSize(27);
        assertThatThrownBy(() -> SqlLevel.V3_0.migrationsTo(SqlLevel.V2_6))
                .hasMessageContaining("RisingWave 3.0.1 does not go back: not to 2.6.0");
    }

    @Test
    void everyEngineMakesEveryLevelAsItIsDescribed() throws Exception {
        try (Stores stores = new Stores(directory)) {
            for (SqlEngine engine : ENGINES) {
                for (SqlLevel level : SqlLevel.values()) {
                    try (Connection connection = stores.create(engine).open()) {
                        level.create(connection, engine);
                        assertDescribed(connection, engine, level);
                    }
                }
            }
        }
    }

    @Test
    void anOlderLevelMigratedIsTheNewerOne() throws Exception {
        try (Stores stores = new Stores(directory)) {
            for (SqlEngine engine : SqlEngine.values()) {
                try (Connection migrated = stores.create(engine).open();
                        Connection made = stores.create(engine).open()) {
                    SqlLevel.V2_1.create(migrated, engine);
                    SqlLevel.V2_1.migrate(migrated, engine, SqlLevel.V2_6);
                    assertDescribed(migrated, engine, SqlLevel.V2_6);
                    SqlLevel.V2_6.migrate(migrated, engine, SqlLevel.V3_0);
                    SqlLevel.V3_0.create(made, engine);
                    assertThat(columns(migrated)).as(engine.word()).isEqualTo(columns(made));
                    assertThat(SqlDump.of(migrated, engine).rows("seaql_migrations"))
                            .hasSize(70);
                }
            }
        }
    }

    private static void assertDescribed(Connection connection, SqlEngine engine, SqlLevel level) throws SQLException {
        Map<String, List<String>> found = columns(connection);
        found.remove("sqlite_sequence");
        assertThat(new TreeSet<>(found.keySet())).isEqualTo(new TreeSet<>(level.tables(engine)));
        for (LevelTable table : level.schema(engine).tables()) {
            Set<String> names = new TreeSet<>();
            table.columns().forEach(column -> names.add(column.name()));
            assertThat(new TreeSet<>(names(found.getOrDefault(table.name(), List.of()))))
                    .as(engine + " " + level + " " + table.name())
                    .isEqualTo(names);
            assertThat(new TreeSet<>(primaryKey(connection, table.name())))
                    .as(engine + " " + level + " key of " + table.name())
                    .isEqualTo(new TreeSet<>(table.primaryKey()));
        }
    }

    private static List<String> names(List<String> columns) {
        return columns.stream().map(column -> column.split(" ", 2)[0]).toList();
    }

    /** Name, type and whether it may be NULL, of every column of every table. */
    private static Map<String, List<String>> columns(Connection connection) throws SQLException {
        Map<String, List<String>> columns = new TreeMap<>();
        try (ResultSet rows = connection
                .getMetaData()
                .getTables(
                        connection.getCatalog(), connection.getSchema(), "%", new String[] {"TABLE", "BASE TABLE"})) {
            while (rows.next()) {
                columns.put(rows.getString("TABLE_NAME"), new ArrayList<>());
            }
        }
        for (Map.Entry<String, List<String>> table : columns.entrySet()) {
            try (ResultSet rows = connection
                    .getMetaData()
                    .getColumns(connection.getCatalog(), connection.getSchema(), table.getKey(), "%")) {
                while (rows.next()) {
                    table.getValue()
                            .add(rows.getString("COLUMN_NAME") + " " + rows.getString("TYPE_NAME") + " "
                                    + rows.getString("IS_NULLABLE"));
                }
            }
        }
        return columns;
    }

    private static List<String> primaryKey(Connection connection, String table) throws SQLException {
        List<String> key = new ArrayList<>();
        try (ResultSet rows =
                connection.getMetaData().getPrimaryKeys(connection.getCatalog(), connection.getSchema(), table)) {
            while (rows.next()) {
                key.add(rows.getString("COLUMN_NAME"));
            }
        }
        return key;
    }
}
