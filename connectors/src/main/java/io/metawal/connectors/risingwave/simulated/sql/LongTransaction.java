package io.metawal.connectors.risingwave.simulated.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A transaction of a few statements that stays open while many others begin and end; in the end committed or rolled back. */
final class LongTransaction {
    private static final int STATEMENTS_MAX = 12;

    private final SimulatedStore store;
    private final Connection connection;
    private final RandomGenerator random;
    private final UserWriter users;
    private @Nullable SqlTransaction open;
    private int statements;
    private int names;

    LongTransaction(SimulatedStore store, Connection connection, RandomGenerator random) {
        this.store = store;
        this.connection = connection;
        this.random = random;
        this.users = new UserWriter(store, connection, random);
    }

    void step() throws SQLException {
        SqlTransaction transaction = open;
        if (transaction == null) {
            transaction = store.begin(connection);
            open = transaction;
            statements = 0;
        }
        statements++;
        if (statements > 2 && random.nextInt(STATEMENTS_MAX) < statements) {
            end(transaction);
            return;
        }
        String name = "long" + names++;
        long id = users.insert(transaction, name);
        transaction.update("user", Map.of("user_id", id), Map.of("can_login", false));
        long unused = transaction.insert(
                "session_parameter", Map.of("name", name, "value", "", "description", "of user " + id));
    }

    private void end(SqlTransaction transaction) throws SQLException {
        open = null;
        if (random.nextInt(3) == 0) {
            transaction.rollback();
        } else {
            transaction.commit("long transaction of " + statements + " statements");
        }
    }

    /** Ends what is open. */
    void end() throws SQLException {
        SqlTransaction transaction = open;
        if (transaction != null) {
            end(transaction);
        }
    }
}
