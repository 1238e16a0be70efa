package io.metawal.connectors.sql.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.connectors.sql.row.JsonText;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.testkit.sql.MariaDbServer;
import io.metawal.testkit.sql.SqlServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("server")
final class MysqlDialectTest {
    private static final String DATABASE = SqlServer.fresh("dialect");

    private final JdbcDialect dialect = JdbcDialect.of(SqlEngine.MYSQL);

    @BeforeAll
    static void start() {
        server().createDatabase(DATABASE);
    }

    @AfterAll
    static void stop() {
        server().dropDatabase(DATABASE);
    }

    private static MariaDbServer server() {
        return MariaDbServer.shared();
    }

    private static SqlUrl url() {
        return SqlUrl.parse(server().url(DATABASE));
    }

    @Test
    void everyTypeIsReadExactly() throws SQLException {
        try (Connection connection = dialect.open(url())) {
            Query.run(
                    connection,
                    "CREATE TABLE t (id bigint PRIMARY KEY, b boolean, i1 tinyint, i2 smallint unsigned, i8 bigint unsigned,"
                            + " n decimal(20,4), f4 float, f8 double, s varchar(20), c char(5), x longtext, y longblob, y16 binary(3),"
                            + " j json, u uuid, d date, h time(6), ts datetime(6), tz timestamp(6) NULL, m enum('ok', 'it''s'),"
                            + " yr year, b1 bit(1), b9 bit(9), ip inet6, latin varchar(9) CHARACTER SET latin1, twice bigint AS (id % 7))",
                    "INSERT INTO t (id, b, i1, i2, i8, n, f4, f8, s, c, x, y, y16, j, u, d, h, ts, tz, m, yr, b1, b9, ip, latin) VALUES"
                            + " (9223372036854775807, true, -128, 65535, 18446744073709551615, 12.34, 0.1, 1e-300, 'it''s \\\\', 'a',"
                            + " '\\t\\n\\r\\\\\\b\\0\\Z|\uD83D\uDE00', x'00ff', x'00', '{\"b\" : 1,  \"a\":\"\\\\n\"}',"
                            + " '6F9619FF-8B86-D011-B42D-00C04FC964FF', '2024-05-01', '-838:00:00.120', '2024-05-01 12:00:00.100000',"
                            + " '2024-05-01 10:00:00.000001', 'it''s', 2024, b'1', b'101000001', '::1', 'é')",
                    "INSERT INTO t (id, x, y, ts, d) VALUES (-9223372036854775808, '', '', '0000-00-00', '0000-00-00')");
            SqlTable table = Rows.table(dialect, connection, DATABASE, "t");
            assertThat(table.engine()).isEqualTo(SqlEngine.MARIADB);
            assertThat(table.column("twice")).isEmpty();
            List<SqlRow> rows = Rows.all(dialect, connection, table);
            SqlRow empty = rows.get(0);
            assertThat(rows.get(1))
                    .isEqualTo(Rows.row(
                            "id",
                            Long.MAX_VALUE,
                            "b",
                            true,
                            "i1",
                            -128L,
                            "i2",
                            65535L,
                            "i8",
                            "18446744073709551615",
                            "n",
                            "12.3400",
                            "f4",
                            (double) 0.1f,
                            "f8",
                            1e-300,
                            "s",
                            "it's \\",
                            "c",
                            "a",
                            "x",
                            "\t\n\r\\\b\u0000\u001a|\uD83D\uDE00",
                            "y",
                            Rows.bytes("00ff"),
                            "y16",
                            Rows.bytes("000000"),
                            "j",
                            new JsonText("{\"b\" : 1,  \"a\":\"\\n\"}"),
                            "u",
                            "6f9619ff-8b86-d011-b42d-00c04fc964ff",
                            "d",
                            "2024-05-01",
                            "h",
                            "-838:00:00.12",
                            "ts",
                            "2024-05-01 12:00:00.1",
                            "tz",
                            "2024-05-01 10:00:00.000001Z",
                            "m",
                            "it's",
                            "yr",
                            2024L,
                            "b1",
                            true,
                            "b9",
                            Rows.bytes("0141"),
                            "ip",
                            "::1",
                            "latin",
                            "é"));
            assertThat(empty.value("x")).isEqualTo("");
            assertThat(empty.value("y")).isEqualTo(ByteString.EMPTY);
            assertThat(empty.value("s")).isNull();
            assertThat(empty.value("ts")).isEqualTo("0000-00-00 00:00:00");
            assertThat(empty.value("d")).isEqualTo("0000-00-00");
            Query.run(connection, "INSERT INTO t (id, b) VALUES (7, 2)");
            assertThatThrownBy(() -> Rows.all(dialect, connection, table))
                    .isInstanceOfSatisfying(
                            MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.UNSUPPORTED_FORMAT))
                    .hasMessage("table " + DATABASE
                            + ".t, column \"b\", declared tinyint(1), is read as true or false, but holds"
                            + " 2: declare it as an integer that is wider");
            Query.run(connection, "DROP TABLE t");
        }
    }

    @Test
    void aLargeBlobIsReadWithinATransaction() throws SQLException {
        byte[] large = Rows.large(20 << 20);
        try (Connection connection = dialect.open(url())) {
            Query.run(connection, "CREATE TABLE large (id int PRIMARY KEY, y longblob)");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO large VALUES (?, ?)")) {
                for (int id = 1; id < 3; id++) {
                    insert.setInt(1, id);
                    insert.setBytes(2, large);
                    insert.execute();
                }
            }
            connection.setAutoCommit(false);
            SqlTable table = Rows.table(dialect, connection, DATABASE, "large");
            assertThat(Rows.all(dialect, connection, table))
                    .extracting(row -> row.value("y"))
                    .containsOnly(ByteString.copyFrom(large));
            connection.rollback();
            Query.run(connection, "DROP TABLE large");
        }
    }

    @Test
    void aSchemaIsMadeAgainOutOfItsDescription() throws SQLException {
        String made = SqlServer.fresh("made");
        server().createDatabase(made);
        try (Connection connection = dialect.open(SqlUrl.parse(server().url(made)))) {
            Query.run(
                    connection,
                    "CREATE TABLE user (user_id int AUTO_INCREMENT PRIMARY KEY, name varchar(30) NOT NULL UNIQUE DEFAULT 'it''s',"
                            + " made datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6), j json, CHECK (name <> ''))"
                            + " COMMENT ' AUTO_INCREMENT=9'",
                    "CREATE TABLE odd (a int, `b``b` int, d int AS (a + 1) STORED, up int, PRIMARY KEY (a),"
                            + " CONSTRAINT `f``k` FOREIGN KEY (`b``b`) REFERENCES user (user_id) ON DELETE CASCADE,"
                            + " FOREIGN KEY (up) REFERENCES odd (a))",
                    "INSERT INTO user (name) VALUES ('a'), ('b')");
            List<SqlTable> before = dialect.describe(connection, made);
            assertThat(before.get(0).parents()).containsExactly("user");
            assertThat(before.get(0).links()).hasSize(2);
            assertThat(before.get(1).ddl().get(0))
                    .contains("COMMENT=' AUTO_INCREMENT=9'")
                    .doesNotContain("=3");
            assertThat(before.get(1).counter().map(SqlColumn::name)).contains("user_id");
            assertThat(dialect.counterNext(connection, before.get(1))).isEqualTo(OptionalLong.of(2));
            Query.run(connection, "DROP TABLE odd", "DROP TABLE user");
            Rows.create(connection, before);
            assertThat(Rows.shown(dialect.describe(connection, made))).isEqualTo(Rows.shown(before));
            assertThat(dialect.counterNext(connection, before.get(1))).isEqualTo(OptionalLong.empty());
            Query.run(connection, "CREATE TABLE shape (id int PRIMARY KEY, p point)");
            assertThatThrownBy(() -> dialect.describe(connection, made))
                    .isInstanceOf(UnsupportedFormatException.class)
                    .hasMessage("table " + made
                            + ".shape, column \"p\": expected a type whose values read back as they are printed,"
                            + " found point. Leave the table out, or change the column's type");
        } finally {
            server().dropDatabase(made);
        }
    }

    @Test
    void refusalsAreTyped() throws SQLException {
        String user = SqlServer.fresh("nobody");
        server().createUser(user, "secret");
        assertThatThrownBy(() -> dialect.open(url().as(user, "wrong")))
                .isInstanceOfSatisfying(
                        MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.ACCESS_DENIED))
                .hasMessageContaining("Check user and password")
                .hasMessageNotContaining("wrong");
        assertThatThrownBy(() -> dialect.open(SqlUrl.parse(server().url("missing"))))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("there is no such database");
        assertThatThrownBy(() -> dialect.open(SqlUrl.parse("mysql://u:p@127.0.0.1:1/d")))
                .isInstanceOf(UnreachableException.class)
                .hasMessageContaining("mysql://u@127.0.0.1:1/d: connecting got no answer");
        try (Connection admin = dialect.open(url())) {
            Query.run(
                    admin,
                    "CREATE TABLE opened (id int PRIMARY KEY)",
                    "CREATE TABLE closed (id int PRIMARY KEY)",
                    "GRANT SELECT ON " + DATABASE + ".opened TO " + user);
        }
        try (Connection connection = dialect.open(url().as(user, "secret"))) {
            assertThatThrownBy(() -> SqlFaults.doing(
                            "here", "SELECT * FROM closed", () -> Query.rows(connection, "SELECT * FROM closed")))
                    .isInstanceOfSatisfying(
                            MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.ACCESS_DENIED))
                    .hasMessageContaining("here: SELECT * FROM closed was refused:")
                    .hasMessageEndingWith("(SQLSTATE 42000, error 1142). To allow it, grant the user what it lacks");
        } finally {
            server().dropUser(user);
        }
    }
}
