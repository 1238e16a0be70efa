package io.metawal.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What a meta service writes to PostgreSQL, in small transactions: a delta each, counters, now and then an object with its fragments, and old
 * deltas deleted once they are in a checkpoint. For one thread.
 */
final class MetaRows implements AutoCloseable {
    static final String TABLES = "CREATE TABLE delta (id bigint PRIMARY KEY, body bytea NOT NULL);"
            + " CREATE TABLE counter (name text PRIMARY KEY, seq bigint NOT NULL);"
            + " CREATE TABLE object (oid serial PRIMARY KEY, name text NOT NULL, definition text NOT NULL,"
            + " created_at timestamp DEFAULT now());"
            + " CREATE TABLE fragment (fragment_id serial PRIMARY KEY, oid int NOT NULL REFERENCES object ON DELETE CASCADE,"
            + " node bytea NOT NULL, info jsonb NOT NULL);"
            + " INSERT INTO counter VALUES ('delta', 1)";

    /** Tells one state from another. */
    static final String FINGERPRINT = "SELECT (SELECT count(*) || '/' || coalesce(max(id), 0) FROM delta) || ' '"
            + " || (SELECT max(seq) FROM counter) || ' ' || (SELECT count(*) || '/' || coalesce(max(oid), 0) FROM object)"
            + " || ' ' || (SELECT count(*) FROM fragment)";

    private static final int OBJECT_EVERY = 50;
    private static final int DROP_EVERY = 120;
    private static final int CHECKPOINT_EVERY = 30;
    private static final int DELTA_BYTES = 600;
    private static final int NODE_BYTES = 3000;

    private final Connection connection;
    private final Bytes bytes;
    private final PreparedStatement delta;
    private final PreparedStatement counter;
    private final PreparedStatement object;
    private final PreparedStatement fragment;
    private final PreparedStatement drop;
    private final PreparedStatement checkpoint;
    private long done;

    MetaRows(Connection connection, int seed) throws SQLException {
        this.connection = connection;
        this.bytes = new Bytes(seed);
        connection.setAutoCommit(false);
        delta = connection.prepareStatement("INSERT INTO delta VALUES (?, ?)");
        counter = connection.prepareStatement("UPDATE counter SET seq = ? WHERE name = 'delta'");
        object = connection.prepareStatement("INSERT INTO object (name, definition) VALUES (?, ?)");
        fragment = connection.prepareStatement(
                "INSERT INTO fragment (oid, node, info) SELECT max(oid), ?, '{\"dist\": [1, 2]}' FROM object");
        drop = connection.prepareStatement("DELETE FROM object WHERE oid = (SELECT min(oid) FROM object)");
        checkpoint = connection.prepareStatement("DELETE FROM delta WHERE id < ?");
    }

    /** One transaction. */
    void commit() throws SQLException {
        done++;
        delta.setLong(1, done);
        delta.setBytes(2, bytes.value(DELTA_BYTES).toByteArray());
        delta.executeUpdate();
        counter.setLong(1, done + 1);
        counter.executeUpdate();
        if (done % OBJECT_EVERY == 0) {
            object.setString(1, "mv" + done);
            object.setString(2, "CREATE MATERIALIZED VIEW mv" + done + " AS SELECT 1");
            object.executeUpdate();
            for (int n = 0; n < 3; n++) {
                fragment.setBytes(1, bytes.value(NODE_BYTES).toByteArray());
                fragment.executeUpdate();
            }
        }
        if (done % DROP_EVERY == 0) {
            drop.executeUpdate();
        }
        if (done % CHECKPOINT_EVERY == 0) {
            checkpoint.setLong(1, done - 5);
            checkpoint.executeUpdate();
        }
        connection.commit();
    }

    static String fingerprint(Connection connection) throws SQLException {
        return text(connection, FINGERPRINT);
    }

    static String text(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
