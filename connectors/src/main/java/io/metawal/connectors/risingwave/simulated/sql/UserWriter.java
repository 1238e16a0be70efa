package io.metawal.connectors.risingwave.simulated.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Users, what they are granted, and what they are granted of objects to come. For one thread. */
final class UserWriter {
    private static final int USERS_MAX = 12;
    private static final long ROOT = 1;
    private static final List<String> ACTIONS =
            List.of("INSERT", "SELECT", "UPDATE", "DELETE", "USAGE", "CREATE", "CONNECT", "EXECUTE");

    private final SimulatedStore store;
    private final Connection connection;
    private final RandomGenerator random;
    private final RandomRows rows;
    private final List<Long> users = new ArrayList<>();
    private final Set<String> granted = new HashSet<>();
    private int names;

    UserWriter(SimulatedStore store, Connection connection, RandomGenerator random) {
        this.store = store;
        this.connection = connection;
        this.random = random;
        this.rows = new RandomRows(random);
    }

    /** @param object that privileges may be granted on: there as long as this runs */
    void change(long database, long object) throws SQLException {
        int what = random.nextInt(6);
        if (users.isEmpty() || (what == 0 && users.size() < USERS_MAX)) {
            create();
        } else if (what == 1) {
            drop();
        } else if (what == 2) {
            alter();
        } else if (what == 3 && store.schema().has("user_default_privilege")) {
            grantToCome(database);
        } else {
            grant(object);
        }
    }

    long insert(SqlTransaction transaction, String name) throws SQLException {
        Map<String, @Nullable Object> user = new HashMap<>(Map.of(
                "name",
                name,
                "is_super",
                false,
                "can_create_db",
                random.nextBoolean(),
                "can_create_user",
                random.nextBoolean(),
                "can_login",
                true));
        user.put("auth_info", random.nextBoolean() ? rows.bytes(33) : null);
        return transaction.insert("user", user);
    }

    private void create() throws SQLException {
        String name = "user" + names++;
        SqlTransaction created = store.begin(connection);
        long id = insert(created, name);
        created.commit("user " + name + " created", () -> users.add(id));
    }

    private void drop() throws SQLException {
        long id = any();
        SqlTransaction dropped = store.begin(connection);
        int unused = dropped.delete("user", Map.of("user_id", id));
        dropped.commit("user " + id + " dropped", () -> users.remove(id));
    }

    private void alter() throws SQLException {
        SqlTransaction altered = store.begin(connection);
        altered.update(
                "user",
                Map.of("user_id", any()),
                Map.of("auth_info", rows.bytes(random.nextInt(3) * 20), "can_login", random.nextBoolean()));
        altered.commit("user altered");
    }

    private long any() {
        return users.get(random.nextInt(users.size()));
    }

    private void grant(long object) throws SQLException {
        long user = any();
        SqlTransaction grants = store.begin(connection);
        List<String> made = new ArrayList<>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            String action = ACTIONS.get(random.nextInt(ACTIONS.size()));
            String key = user + " " + object + " " + action;
            if (!granted.contains(key) && !made.contains(key)) {
                made.add(key);
                long unused = grants.insert(
                        "user_privilege",
                        Map.of(
                                "user_id", user,
                                "oid", object,
                                "granted_by", ROOT,
                                "action", action,
                                "with_grant_option", random.nextBoolean()));
            }
        }
        if (made.isEmpty()) {
            String key = user + " " + object + " ";
            int unused = grants.delete("user_privilege", Map.of("user_id", user, "oid", object));
            grants.commit("privileges revoked", () -> granted.removeIf(it -> it.startsWith(key)));
        } else {
            grants.commit("privileges granted", () -> granted.addAll(made));
        }
    }

    private void grantToCome(long database) throws SQLException {
        long user = any();
        SqlTransaction grants = store.begin(connection);
        Map<String, Object> privilege = Map.of(
                "database_id",
                database,
                "object_type",
                random.nextBoolean() ? "TABLE" : "SINK",
                "for_materialized_view",
                random.nextBoolean(),
                "user_id",
                ROOT,
                "grantee",
                user,
                "granted_by",
                ROOT,
                "action",
                ACTIONS.get(random.nextInt(4)),
                "with_grant_option",
                false);
        if (random.nextInt(4) == 0) {
            int unused = grants.delete("user_default_privilege", Map.of("grantee", user));
        }
        long unused = grants.insert("user_default_privilege", privilege);
        grants.commit("default privileges changed");
    }
}
