package io.metawal.connectors.risingwave.simulated.sql;

import io.metawal.connectors.sql.row.SqlEngine;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One statement of a migration.
 *
 * @param engines those that run it; empty for all
 * @param arguments what it is about: a table, then whatever its kind needs
 * @param table of {@link Kind#CREATE}
 * @param column of {@link Kind#ADD} and {@link Kind#RETYPE}
 */
record Step(
        Kind kind,
        Set<SqlEngine> engines,
        List<String> arguments,
        @Nullable LevelTable table,
        @Nullable LevelColumn column) {
    /** What it does. */
    enum Kind {
        CREATE,
        ADD,
        DROP,
        DROP_COLUMN,
        RENAME,
        INDEX,
        UNIQUE_INDEX,
        UNLINK,
        RETYPE,
        SQL
    }

    boolean isFor(SqlEngine engine) {
        return engines.isEmpty() || engines.contains(engine == SqlEngine.MARIADB ? SqlEngine.MYSQL : engine);
    }

    String argument(int index) {
        return arguments.get(index);
    }
}
