package io.metawal.connectors.sql.jdbc;

/** Limits of time that may be set for a role or a database, and that a base and a wait for the log must not fall under. */
public final class PostgresLimits {
    /** Lifts, for the session, those of them that the server knows. */
    public static final String LIFT = "SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN"
            + " ('statement_timeout', 'lock_timeout', 'transaction_timeout', 'idle_session_timeout',"
            + " 'idle_in_transaction_session_timeout')";

    private PostgresLimits() {}
}
