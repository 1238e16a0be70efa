package io.metawal.connectors.sql.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.connectors.sql.row.JsonText;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.fault.BusyException;
import io.metawal.metadata.fault.UnreachableException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SqliteDialectTest {
    @TempDir
    Path directory;

    private final JdbcDialect dialect = JdbcDialect.of(SqlEngine.SQLITE);

    private SqlUrl url(String name) {
        return SqlUrl.parse("sqlite:" + directory.resolve(name) + "?create=yes");
    }

    @Test
    void everyTypeIsReadExactly() throws SQLException {
        try (Connection connection = dialect.open(url("types.db"))) {
            Query.run(
                    connection,
                    "CREATE TABLE t (id bigint PRIMARY KEY, b boolean, n real, x text, y blob, j jsonb_text, u uuid_text, ts timestamp_text,"
                            + " d date, free, twice AS (id * 2))");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?,?,?,?,?,?,?,?,?,?)")) {
                @Nullable
                Object[][] rows = {
                    {
                        Long.MAX_VALUE,
                        1,
                        0.1,
                        "it's \\ \t\n\r\u0000 \uD83D\uDE00",
                        new byte[] {0, -1},
                        "{\"b\" : 1}",
                        "6f",
                        "2024-05-01 12:00:00.120",
                        "2024-05-01",
                        5L
                    },
                    {Long.MIN_VALUE, 2, 1e-300, "", new byte[0], null, new byte[] {1}, null, 7L, "text"}
                };
                for (@Nullable Object[] row : rows) {
                    for (int i = 0; i < row.length; i++) {
                        insert.setObject(i + 1, row[i]);
                    }
                    insert.execute();
                }
            }
            SqlTable table = Rows.table(dialect, connection, "main", "t");
            List<SqlRow> rows = Rows.all(dialect, connection, table);
            assertThat(rows.get(0))
                    .isEqualTo(Rows.row(
                            "id",
                            Long.MAX_VALUE,
                            "b",
                            true,
                            "n",
                            0.1,
                            "x",
                            "it's \\ \t\n\r\u0000 \uD83D\uDE00",
                            "y",
                            Rows.bytes("00ff"),
                            "j",
                            new JsonText("{\"b\" : 1}"),
                            "u",
                            "6f",
                            "ts",
                            "2024-05-01 12:00:00.120",
                            "d",
                            "2024-05-01",
                            "free",
                            5L));
            assertThat(rows.get(1))
                    .isEqualTo(Rows.row(
                            "id",
                            Long.MIN_VALUE,
                            "b",
                            2L,
                            "n",
                            1e-300,
                            "x",
                            "",
                            "y",
                            ByteString.EMPTY,
                            "j",
                            null,
                            "u",
                            Rows.bytes("01"),
                            "ts",
                            null,
                            "d",
                            7L,
                            "free",
                            "text"));
        }
    }

    @Test
    void aSchemaIsMadeAgainOutOfItsDescription() throws SQLException {
        List<SqlTable> before;
        try (Connection connection = dialect.open(url("before.db"))) {
            Query.run(
                    connection,
                    "CREATE TABLE user (user_id integer NOT NULL PRIMARY KEY AUTOINCREMENT, name varchar(30) NOT NULL UNIQUE DEFAULT 'x')",
                    "CREATE TABLE odd (a int, \"b b\" int REFERENCES user (user_id), PRIMARY KEY (\"b b\", a))",
                    "CREATE INDEX by_a ON odd (a) WHERE a > 3",
                    "INSERT INTO user (name) VALUES ('a'), ('b')",
                    "DELETE FROM user");
            before = dialect.describe(connection, "main");
            assertThat(before.get(0).primaryKey()).containsExactly("b b", "a");
            assertThat(before.get(0).parents()).containsExactly("user");
            assertThat(before.get(1).counter().map(SqlColumn::name)).contains("user_id");
            assertThat(dialect.counterNext(connection, before.get(1))).isEqualTo(OptionalLong.of(2));
        }
        try (Connection connection = dialect.open(url("after.db"))) {
            Rows.create(connection, before);
            assertThat(Rows.shown(dialect.describe(connection, "main"))).isEqualTo(Rows.shown(before));
            assertThat(dialect.counterNext(connection, before.get(1))).isEqualTo(OptionalLong.empty());
        }
    }

    @Test
    void refusalsAreTyped() throws SQLException {
        assertThatThrownBy(() -> dialect.open(SqlUrl.parse("sqlite:" + directory.resolve("none.db"))))
                .isInstanceOf(UnreachableException.class)
                .hasMessage("sqlite:" + directory.resolve("none.db") + ": there is no such file");
        try (Connection holder = dialect.open(url("held.db"));
                Connection other = dialect.open(url("held.db"))) {
            Query.run(other, "PRAGMA busy_timeout = 0");
            Query.run(holder, "BEGIN EXCLUSIVE");
            assertThatThrownBy(() -> SqlFaults.doing("here", "writing", () -> Query.run(other, "CREATE TABLE t (a)")))
                    .isInstanceOf(BusyException.class)
                    .hasMessageContaining("here: writing found it held by another");
        }
    }
}
