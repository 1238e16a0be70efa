package io.metawal.connectors.sql.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.connectors.sql.row.JsonText;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.SqlType;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.testkit.sql.PostgresServer;
import io.metawal.testkit.sql.SqlServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("server")
final class PostgresDialectTest {
    private static final String DATABASE = SqlServer.fresh("dialect");

    private final JdbcDialect dialect = JdbcDialect.of(SqlEngine.POSTGRESQL);

    @BeforeAll
    static void start() {
        server().createDatabase(DATABASE);
    }

    @AfterAll
    static void stop() {
        server().dropDatabase(DATABASE);
    }

    private static PostgresServer server() {
        return PostgresServer.shared();
    }

    private static SqlUrl url() {
        return SqlUrl.parse(server().url(DATABASE));
    }

    @Test
    void everyTypeIsReadExactly() throws SQLException {
        try (Connection connection = dialect.open(url())) {
            Query.run(
                    connection,
                    "CREATE SCHEMA types",
                    "CREATE TYPE types.mood AS ENUM ('ok', 'it''s')",
                    "CREATE TABLE types.t (id bigint PRIMARY KEY, b boolean, i2 smallint, i4 integer, n numeric, n2 numeric(10,4),"
                            + " f4 real, f8 double precision, s varchar(20), c char(5), x text, y bytea, j json, jb jsonb, u uuid,"
                            + " d date, h time, ts timestamp, tz timestamptz, m types.mood, a integer[], v interval, hz timetz,"
                            + " ip inet, twice bigint GENERATED ALWAYS AS (id % 7) STORED)",
                    "INSERT INTO types.t VALUES (9223372036854775807, true, -32768, 2147483647, 12.3400, 1, 0.1, 1e-300, 'it''s \\',"
                            + " 'a', E'\\t\\n\\r\\\\\\b\\f\\v\\x01|\uD83D\uDE00', '\\x00ff', '{\"b\" : 1,  \"a\":\"\\\\n\"}', '{\"b\":1, \"a\":2}',"
                            + " '6F9619FF-8B86-D011-B42D-00C04FC964FF', '2024-05-01', '12:00:00.120', '2024-05-01 12:00:00.100',"
                            + " '2024-05-01 12:00:00.000001+02', 'it''s', '{1,NULL,3}', '1 day 2 hours', '12:00:00+02', '::1')",
                    "INSERT INTO types.t (id, x, y) VALUES (-9223372036854775808, '', '')",
                    "INSERT INTO types.t (id, n, f4, f8, ts, tz, d) VALUES (0, 'NaN', 'Infinity', '-Infinity', 'infinity',"
                            + " '0044-03-15 00:00:00+00 BC', '-infinity')");
            SqlTable table = Rows.table(dialect, connection, "types", "t");
            List<SqlRow> rows = Rows.all(dialect, connection, table);
            SqlRow none = rows.get(1);
            assertThat(table.column("twice")).isEmpty();
            assertThat(rows.get(0))
                    .isEqualTo(Rows.row(
                            "id",
                            Long.MAX_VALUE,
                            "b",
                            true,
                            "i2",
                            -32768L,
                            "i4",
                            2147483647L,
                            "n",
                            "12.3400",
                            "n2",
                            "1.0000",
                            "f4",
                            (double) 0.1f,
                            "f8",
                            1e-300,
                            "s",
                            "it's \\",
                            "c",
                            "a    ",
                            "x",
                            "\t\n\r\\\b\f\u000b\u0001|\uD83D\uDE00",
                            "y",
                            Rows.bytes("00ff"),
                            "j",
                            new JsonText("{\"b\" : 1,  \"a\":\"\\\\n\"}"),
                            "jb",
                            new JsonText("{\"a\": 2, \"b\": 1}"),
                            "u",
                            "6f9619ff-8b86-d011-b42d-00c04fc964ff",
                            "d",
                            "2024-05-01",
                            "h",
                            "12:00:00.12",
                            "ts",
                            "2024-05-01 12:00:00.1",
                            "tz",
                            "2024-05-01 10:00:00.000001Z",
                            "m",
                            "it's",
                            "a",
                            "{1,NULL,3}",
                            "v",
                            "1 day 02:00:00",
                            "hz",
                            "12:00:00+02",
                            "ip",
                            "::1"));
            assertThat(none.value("x")).isEqualTo("");
            assertThat(none.value("y")).isEqualTo(ByteString.EMPTY);
            assertThat(none.value("s")).isNull();
            assertThat(none.value("id")).isEqualTo(Long.MIN_VALUE);
            assertThat(none.has("j")).isTrue();
            Map<String, Object> strange = Map.of(
                    "n",
                    "NaN",
                    "f4",
                    "Infinity",
                    "f8",
                    "-Infinity",
                    "ts",
                    "infinity",
                    "tz",
                    "0044-03-15 00:00:00Z BC",
                    "d",
                    "-infinity");
            strange.forEach((column, value) ->
                    assertThat(rows.get(2).value(column)).as(column).isEqualTo(value));
        }
    }

    @Test
    void aLargeBlobIsReadWithinATransaction() throws SQLException {
        byte[] large = Rows.large(20 << 20);
        try (Connection connection = dialect.open(url())) {
            Query.run(connection, "CREATE SCHEMA large", "CREATE TABLE large.t (id int PRIMARY KEY, y bytea)");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO large.t VALUES (1, ?)")) {
                insert.setBytes(1, large);
                insert.execute();
            }
            connection.setAutoCommit(false);
            SqlTable table = Rows.table(dialect, connection, "large", "t");
            assertThat(Rows.all(dialect, connection, table).get(0).value("y")).isEqualTo(ByteString.copyFrom(large));
            connection.rollback();
        }
    }

    @Test
    void aSchemaIsMadeAgainOutOfItsDescription() throws SQLException {
        try (Connection connection = dialect.open(url())) {
            Query.run(
                    connection,
                    "CREATE SCHEMA made",
                    "SET search_path = made",
                    "CREATE TYPE colour AS ENUM ('red', 'o''range')",
                    "CREATE TABLE \"user\" (user_id serial PRIMARY KEY, name varchar(30) NOT NULL UNIQUE, c colour DEFAULT 'red',"
                            + " made timestamp DEFAULT now() NOT NULL, CHECK (name <> ''))",
                    "CREATE TABLE \"Odd \"\"one\" (a int GENERATED BY DEFAULT AS IDENTITY (START 5 INCREMENT 2), b int REFERENCES"
                            + " \"user\"(user_id) ON DELETE CASCADE DEFERRABLE, \"C c\" text COLLATE \"C\" DEFAULT 'x''y',"
                            + " d int GENERATED ALWAYS AS (a + 1) STORED, up int REFERENCES \"Odd \"\"one\"(a), PRIMARY KEY (a))",
                    "CREATE INDEX by_c ON \"Odd \"\"one\" (lower(\"C c\")) WHERE b > 3",
                    "SET search_path = public");
            List<SqlTable> before = dialect.describe(connection, "made");
            assertThat(Query.value(connection, "SHOW search_path")).isEqualTo("public");
            Query.run(
                    connection,
                    "ALTER SCHEMA made RENAME TO made_before",
                    "CREATE SCHEMA made",
                    "SET search_path = made");
            Rows.create(connection, before);
            assertThat(Rows.shown(dialect.describe(connection, "made"))).isEqualTo(Rows.shown(before));
            SqlTable odd = before.get(0);
            assertThat(odd.name()).isEqualTo("Odd \"one");
            assertThat(odd.parents()).containsExactly("user");
            assertThat(odd.counter().map(SqlColumn::name)).contains("a");
            assertThat(before.get(1).column("name"))
                    .contains(new SqlColumn(
                            "name", SqlType.TEXT, "character varying(30)", false, "", SqlColumn.Counting.NONE));
            assertThat(dialect.counterNext(connection, before.get(1))).isEqualTo(OptionalLong.empty());
            Query.run(connection, "INSERT INTO \"user\" (name) VALUES ('a'), ('b')", "DELETE FROM \"user\"");
            assertThat(dialect.counterNext(connection, before.get(1))).isEqualTo(OptionalLong.of(2));
        }
    }

    @Test
    void refusalsAreTyped() throws SQLException {
        String user = SqlServer.fresh("nobody");
        server().createUser(user, "secret");
        SqlUrl wrong = url().as(user, "wrong");
        assertThatThrownBy(() -> dialect.open(wrong))
                .isInstanceOfSatisfying(
                        MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.ACCESS_DENIED))
                .hasMessageContaining("Check user and password")
                .hasMessageNotContaining("wrong");
        assertThatThrownBy(() -> dialect.open(SqlUrl.parse(server().url("missing"))))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("there is no such database");
        assertThatThrownBy(() -> dialect.open(SqlUrl.parse("postgres://u:p@127.0.0.1:1/d")))
                .isInstanceOf(UnreachableException.class)
                .hasMessageContaining("postgres://u@127.0.0.1:1/d: connecting got no answer");
        try (Connection admin = dialect.open(url())) {
            Query.run(admin, "CREATE SCHEMA closed", "CREATE TABLE closed.t (id int PRIMARY KEY)");
        }
        try (Connection connection = dialect.open(url().as(user, "secret"))) {
            assertThatThrownBy(() -> SqlFaults.doing(
                            "here", "SELECT * FROM closed.t", () -> Query.rows(connection, "SELECT * FROM closed.t")))
                    .isInstanceOfSatisfying(
                            MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.ACCESS_DENIED))
                    .hasMessage("here: SELECT * FROM closed.t was refused: ERROR: permission denied for schema closed\n"
                            + "  Position: 15 (SQLSTATE 42501, error 0). To allow it, grant the user what it lacks");
        } finally {
            server().dropUser(user);
        }
    }
}
