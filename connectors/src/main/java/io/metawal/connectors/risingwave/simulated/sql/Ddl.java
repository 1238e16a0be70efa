package io.metawal.connectors.risingwave.simulated.sql;

import io.metawal.connectors.sql.row.SqlEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** Statements as RisingWave's ORM gives them to an engine. */
final class Ddl {
    private final SqlEngine engine;

    Ddl(SqlEngine engine) {
        this.engine = engine;
    }

    String quoted(String name) {
        return isMysql() ? "`" + name + "`" : "\"" + name + "\"";
    }

    private boolean isMysql() {
        return engine == SqlEngine.MYSQL || engine == SqlEngine.MARIADB;
    }

    List<String> statements(Step step) {
        String table = step.arguments().isEmpty() ? "" : quoted(step.argument(0));
        return switch (step.kind()) {
            case CREATE -> List.of(create(Objects.requireNonNull(step.table())));
            case ADD ->
                List.of("ALTER TABLE " + table + " ADD COLUMN " + column(Objects.requireNonNull(step.column())));
            case DROP -> List.of("DROP TABLE IF EXISTS " + table + (engine == SqlEngine.POSTGRESQL ? " CASCADE" : ""));
            case DROP_COLUMN -> List.of("ALTER TABLE " + table + " DROP COLUMN " + quoted(step.argument(1)));
            case RENAME ->
                List.of("ALTER TABLE " + table + " RENAME COLUMN " + quoted(step.argument(1)) + " TO "
                        + quoted(step.argument(2)));
            case INDEX -> List.of(index("INDEX", step));
            case UNIQUE_INDEX -> List.of(index("UNIQUE INDEX", step));
            case UNLINK -> List.of("ALTER TABLE " + table + " DROP FOREIGN KEY " + quoted(step.argument(1)));
            case RETYPE -> retype(table, Objects.requireNonNull(step.column()));
            case SQL -> List.of(isMysql() ? step.argument(0).replace('"', '`') : step.argument(0));
        };
    }

    private String index(String kind, Step step) {
        // Name, table, columns.
        return "CREATE " + kind + " " + quoted(step.argument(1)) + " ON " + quoted(step.argument(0)) + " ("
                + names(step.arguments().subList(2, step.arguments().size())) + ")";
    }

    private List<String> retype(String table, LevelColumn column) {
        String name = quoted(column.name());
        return switch (engine) {
            case POSTGRESQL -> {
                String type = column.kind().declared(engine);
                yield List.of("ALTER TABLE " + table + " ALTER COLUMN " + name + " TYPE " + type + " USING " + name
                        + "::" + type);
            }
            case MYSQL, MARIADB -> List.of("ALTER TABLE " + table + " MODIFY COLUMN " + column(column));
            case SQLITE -> {
                // It cannot change a type.
                String other = quoted(column.name() + "_new");
                yield List.of(
                        "ALTER TABLE " + table + " ADD COLUMN " + column(column.renamed(column.name() + "_new")),
                        "UPDATE " + table + " SET " + other + " = " + name,
                        "ALTER TABLE " + table + " DROP COLUMN " + name,
                        "ALTER TABLE " + table + " RENAME COLUMN " + other + " TO " + name);
            }
        };
    }

    private String create(LevelTable table) {
        List<String> parts = new ArrayList<>();
        table.columns().forEach(column -> parts.add(column(column)));
        boolean keyed = engine == SqlEngine.SQLITE && table.columns().stream().anyMatch(LevelColumn::counts);
        if (!keyed) {
            parts.add("PRIMARY KEY (" + names(table.primaryKey()) + ")");
        }
        if (!table.unique().isEmpty()) {
            parts.add("UNIQUE (" + names(table.unique()) + ")");
        }
        table.links()
                .forEach(link -> parts.add("CONSTRAINT " + quoted(link.name()) + " FOREIGN KEY ("
                        + quoted(link.column()) + ") REFERENCES " + quoted(link.parent()) + " ("
                        + quoted(link.parentColumn())
                        + ")" + (link.cascades() ? " ON DELETE CASCADE" : "")));
        return "CREATE TABLE " + quoted(table.name()) + " (" + String.join(", ", parts) + ")";
    }

    private String names(List<String> columns) {
        return columns.stream().map(this::quoted).collect(Collectors.joining(", "));
    }

    private String column(LevelColumn column) {
        String name = quoted(column.name());
        if (column.counts()) {
            return name
                    + switch (engine) {
                        case POSTGRESQL -> " serial NOT NULL";
                        case MYSQL, MARIADB -> " int NOT NULL AUTO_INCREMENT";
                        case SQLITE -> " integer NOT NULL PRIMARY KEY AUTOINCREMENT";
                    };
        }
        String type = column.length() > 0
                ? "varchar(" + column.length() + ")"
                : column.kind().declared(engine);
        String text = name + " " + type + (column.nullable() ? "" : " NOT NULL");
        if (column.defaultValue().isEmpty()) {
            return text;
        }
        return text + " DEFAULT " + (column.defaultValue().equals("now") ? "CURRENT_TIMESTAMP" : literal(column));
    }

    /** MySQL takes the default of a text without a bound only as an expression. */
    private String literal(LevelColumn column) {
        boolean unbound = switch (column.kind()) {
            case TEXT, LONGTEXT, JSON, PLAINJSON, BYTES -> true;
            default -> false;
        };
        return engine == SqlEngine.MYSQL && unbound ? "(" + column.defaultValue() + ")" : column.defaultValue();
    }
}
