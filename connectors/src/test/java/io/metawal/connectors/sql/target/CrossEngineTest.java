package io.metawal.connectors.sql.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rows of one kind of database in another. */
@Tag("server")
final class CrossEngineTest {
    private static final TestDatabases DATABASES = new TestDatabases();
    private static final Map<SqlEngine, String> TABLE = Map.of(
            SqlEngine.POSTGRESQL,
            "CREATE TABLE t (id bigint PRIMARY KEY, b boolean, x text, y bytea, j jsonb, u uuid, ts timestamp, f double precision)",
            SqlEngine.MARIADB,
            "CREATE TABLE t (id bigint PRIMARY KEY, b boolean, x longtext, y longblob, j json, u binary(16), ts datetime(6), f double)",
            SqlEngine.MYSQL,
            "CREATE TABLE t (id bigint PRIMARY KEY, b boolean, x longtext, y longblob, j json, u binary(16), ts datetime(6), f double)",
            SqlEngine.SQLITE,
            "CREATE TABLE t (id bigint PRIMARY KEY, b boolean, x text, y blob, j jsonb_text, u uuid_text, ts timestamp_text, f real)");

    @AfterAll
    static void stop() {
        DATABASES.close();
    }

    private static SqlUrl restore(CapturedImage image, SqlUrl url) {
        SqlTargetOptions options = new SqlTargetOptions(
                SqlTargetOptions.Schema.EXISTING, DATABASES.directory().resolve("scratch"));
        try (SqlTarget target = new SqlTarget(url, options)) {
            image.into(target);
        }
        return url;
    }

    private static SqlUrl empty(SqlEngine engine) {
        SqlUrl url = DATABASES.fresh(engine);
        TestDatabases.run(url, Objects.requireNonNull(TABLE.get(engine)));
        return url;
    }

    @Test
    void rowsGoRoundThroughAllKinds() throws SQLException {
        SqlUrl postgres = empty(SqlEngine.POSTGRESQL);
        TestDatabases.run(
                postgres,
                "INSERT INTO t VALUES (9223372036854775807, true, E'it''s\\\\\\n', '\\x00ff', '{\"b\": [1.50, null], \"a\": \"\\\\\"}',"
                        + " '6f9619ff-8b86-d011-b42d-00c04fc964ff', '2024-05-01 12:00:00.123456', 1e-300)",
                "INSERT INTO t (id, x, y) VALUES (-9223372036854775808, '', '')");
        SqlUrl maria = restore(new CapturedImage(postgres), empty(SqlEngine.MARIADB));
        SqlUrl lite = restore(new CapturedImage(maria), empty(SqlEngine.SQLITE));
        SqlUrl back = restore(new CapturedImage(lite), empty(SqlEngine.POSTGRESQL));
        assertThat(TestDatabases.rows(back)).isEqualTo(TestDatabases.rows(postgres));
        SqlUrl direct = restore(new CapturedImage(postgres), empty(SqlEngine.SQLITE));
        SqlUrl second = restore(new CapturedImage(direct), empty(SqlEngine.MARIADB));
        assertThat(TestDatabases.rows(restore(new CapturedImage(second), empty(SqlEngine.POSTGRESQL))))
                .isEqualTo(TestDatabases.rows(postgres));
    }

    /** Its JSON has doubles only, in an order of its own. */
    @Test
    void rowsGoThroughMySqlToo() throws SQLException {
        SqlUrl postgres = empty(SqlEngine.POSTGRESQL);
        TestDatabases.run(
                postgres,
                "INSERT INTO t VALUES (9223372036854775807, true, E'it''s\\\\\\n', '\\x00ff', '{\"b\": [1.5, null, 1e20, 18446744073709551615], \"aa\": \"\\\\\"}',"
                        + " '6f9619ff-8b86-d011-b42d-00c04fc964ff', '2024-05-01 12:00:00.123456', 1e-300)",
                "INSERT INTO t (id, x, y) VALUES (-9223372036854775808, '', '')");
        SqlUrl mysql = restore(new CapturedImage(postgres), empty(SqlEngine.MYSQL));
        SqlUrl maria = restore(new CapturedImage(mysql), empty(SqlEngine.MARIADB));
        SqlUrl again = restore(new CapturedImage(maria), empty(SqlEngine.MYSQL));
        assertThat(TestDatabases.rows(again)).isEqualTo(TestDatabases.rows(mysql));
        SqlUrl back = restore(new CapturedImage(again), empty(SqlEngine.POSTGRESQL));
        assertThat(TestDatabases.rows(back)).isEqualTo(TestDatabases.rows(postgres));
    }

    @Test
    void columnsThatCannotHoldItAreNamed() throws SQLException {
        SqlUrl source = DATABASES.fresh(SqlEngine.POSTGRESQL);
        TestDatabases.run(source, "CREATE TABLE t (id bigint PRIMARY KEY, y bytea)", "INSERT INTO t VALUES (1, '')");
        SqlUrl there = DATABASES.fresh(SqlEngine.MARIADB);
        TestDatabases.run(there, "CREATE TABLE t (id bigint PRIMARY KEY, y longtext)");
        assertThatThrownBy(() -> restore(new CapturedImage(source), there))
                .isInstanceOfSatisfying(
                        MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.UNSUPPORTED_FORMAT))
                .hasMessageStartingWith(
                        there + " does not have the tables that were captured: column t.y: expected bytea"
                                + " NULL, found longtext NULL.");
        SqlUrl strange = DATABASES.fresh(SqlEngine.SQLITE);
        TestDatabases.run(
                strange, "CREATE TABLE t (id bigint PRIMARY KEY, y boolean)", "INSERT INTO t VALUES (1, 'maybe')");
        SqlUrl typed = DATABASES.fresh(SqlEngine.POSTGRESQL);
        TestDatabases.run(typed, "CREATE TABLE t (id bigint PRIMARY KEY, y boolean)");
        assertThatThrownBy(() -> restore(new CapturedImage(strange), typed))
                .isInstanceOfSatisfying(
                        MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.UNSUPPORTED_FORMAT))
                .hasMessage("column t.y is boolean, which cannot hold the captured string");
        assertThat(TestDatabases.rows(typed).get("t")).isEmpty();
    }
}
