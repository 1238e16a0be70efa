package io.metawal.connectors.risingwave.simulated.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.sql.row.SqlEngine;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlDumpTest {
    @TempDir
    Path directory;

    @Test
    void differencesAreTold() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("a.db"));
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (k integer PRIMARY KEY, b blob, ok boolean, at datetime_text)");
            statement.execute(
                    "INSERT INTO t VALUES (1, x'00ff', TRUE, '2024-05-01 12:00:00.120000'), (2, x'', FALSE, NULL)");
            SqlDump before = SqlDump.of(connection, SqlEngine.SQLITE);
            assertThat(before.rows("t").get(0))
                    .containsEntry("b", "\\x00ff")
                    .containsEntry("ok", "true")
                    .containsEntry("at", "2024-05-01 12:00:00.12");
            assertThat(before.rows("t").get(1)).containsEntry("b", "\\x").containsEntry("at", null);
            assertThat(SqlDump.compare(before, SqlDump.of(connection, SqlEngine.SQLITE)))
                    .isEmpty();

            statement.execute("UPDATE t SET b = NULL WHERE k = 2");
            statement.execute("CREATE TABLE more (k integer PRIMARY KEY)");
            SqlDump after = SqlDump.of(connection, SqlEngine.SQLITE);

            assertThat(SqlDump.compare(before, after))
                    .containsExactly(
                            "table more is only found",
                            "missing from t: at=null b=\\x k=2 ok=false",
                            "too many in t: at=null b=null k=2 ok=false");
            assertThat(SqlDump.compare(before, after, "t", "more")).isEmpty();
            assertThat(before).isNotEqualTo(after);
            assertThat(connection.getAutoCommit()).isTrue();
        }
    }
}
