package io.metawal.connectors.sql.target;

import java.sql.Connection;

/** How far a restore into a database has come. */
public enum Stage {
    /** The marker stands. */
    MARKED,
    TABLES_READY,
    /** All rows of one table are sent. */
    TABLE_WRITTEN,
    ROWS_WRITTEN,
    READ_BACK,
    COMMITTED,
    LAST_STEP_DONE;

    /** Told of every stage that is reached, on the restore's own connection: for tests that end it there. */
    @FunctionalInterface
    public interface Watch {
        Watch NONE = (stage, connection) -> {};

        void reached(Stage stage, Connection connection);
    }
}
