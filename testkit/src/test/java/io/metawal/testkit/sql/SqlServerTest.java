package io.metawal.testkit.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.testkit.servers.ServerCatalog;
import io.metawal.testkit.servers.ServerProcess;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("server")
@Tag("process")
class SqlServerTest {

    @Test
    void aPostgresKeepsWhatWasCommittedThroughAKillAndAStop() throws SQLException {
        try (PostgresServer server = PostgresServer.start("max_connections=17")) {
            assertThat(one(server.admin(), "SHOW wal_level")).isEqualTo("logical");
            assertThat(one(server.admin(), "SHOW max_connections")).isEqualTo("17");
            survivesKillAndStop(server);
            server.execute("meta", "SELECT pg_create_logical_replication_slot('s', 'pgoutput')");
            server.kill();
            server.restart();
            assertThat(one(server.admin(), "SELECT slot_name FROM pg_replication_slots"))
                    .isEqualTo("s");
        }
    }

    @Test
    void aMariaDbKeepsWhatWasCommittedThroughAKillAndAStop() throws SQLException {
        try (MariaDbServer server = MariaDbServer.start("max-connections=17")) {
            assertThat(one(server.admin(), "SELECT @@binlog_format")).isEqualTo("ROW");
            assertThat(one(server.admin(), "SELECT @@log_bin")).isEqualTo("1");
            assertThat(one(server.admin(), "SELECT @@max_connections")).isEqualTo("17");
            survivesKillAndStop(server);
        }
    }

    @Test
    void aMySqlKeepsWhatWasCommittedThroughAKillAndAStop() throws SQLException {
        try (MySqlServer server =
                MySqlServer.start("max-connections=17", "gtid-mode=ON", "enforce-gtid-consistency=ON")) {
            assertThat(one(server.admin(), "SELECT VERSION()")).startsWith("8.").doesNotContain("MariaDB");
            assertThat(one(server.admin(), "SELECT @@binlog_format")).isEqualTo("ROW");
            assertThat(one(server.admin(), "SELECT @@gtid_mode")).isEqualTo("ON");
            assertThat(one(server.admin(), "SELECT @@gtid_executed")).isEmpty();
            assertThat(one(server.admin(), "SELECT @@max_connections")).isEqualTo("17");
            survivesKillAndStop(server);
        }
    }

    @Test
    void twoServersOfAKindAreApart() throws SQLException {
        try (PostgresServer first = PostgresServer.start();
                PostgresServer second = PostgresServer.start()) {
            String identity = "SELECT system_identifier FROM pg_control_system()";
            assertThat(one(first.admin(), identity)).isNotEqualTo(one(second.admin(), identity));
        }
        try (MariaDbServer first = MariaDbServer.start();
                MariaDbServer second = MariaDbServer.start()) {
            assertThat(one(first.admin(), "SELECT @@server_id"))
                    .isNotEqualTo(one(second.admin(), "SELECT @@server_id"));
        }
        try (MySqlServer first = MySqlServer.start();
                MySqlServer second = MySqlServer.start()) {
            assertThat(one(first.admin(), "SELECT @@server_uuid"))
                    .isNotEqualTo(one(second.admin(), "SELECT @@server_uuid"));
        }
    }

    /** Another one may get the port between the choice of it and the start. */
    @Test
    void aServerOfAnotherTestIsNotTakenForOnesOwn() {
        try (PostgresServer first = PostgresServer.start()) {
            endsByItself(PostgresServer.create(ServerCatalog.POSTGRES.use(), first.endpoint(), List.of()));
        }
        try (MariaDbServer first = MariaDbServer.start()) {
            endsByItself(MariaDbServer.create(ServerCatalog.MARIADB.use(), first.endpoint(), List.of()));
        }
        try (MySqlServer first = MySqlServer.start()) {
            endsByItself(MySqlServer.create(ServerCatalog.MYSQL.use(), first.endpoint(), List.of()));
        }
    }

    private static void endsByItself(SqlServer second) {
        try (second) {
            assertThatThrownBy(second::restart)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("ended with");
        }
    }

    @Test
    void aUserHasItsPasswordAndNoMore() throws SQLException {
        try (PostgresServer server = PostgresServer.shared()) {
            String user = SqlServer.fresh("reader");
            server.createUser(user, "secret");
            try (Connection connection = DriverManager.getConnection(server.jdbcUrl("postgres", user, "secret"));
                    Statement statement = connection.createStatement()) {
                assertThatThrownBy(() -> statement.execute("CREATE DATABASE mine"))
                        .isInstanceOf(SQLException.class);
            }
            assertThatThrownBy(() -> DriverManager.getConnection(server.jdbcUrl("postgres", user, "wrong")))
                    .isInstanceOf(SQLException.class);
            server.dropUser(user);
        }
        try (MariaDbServer server = MariaDbServer.shared()) {
            seesNoDatabase(server);
        }
        try (MySqlServer server = MySqlServer.shared()) {
            seesNoDatabase(server);
        }
    }

    private static void seesNoDatabase(BinlogServer server) throws SQLException {
        String user = SqlServer.fresh("reader");
        String database = SqlServer.fresh("meta");
        server.createUser(user, "secret");
        server.createDatabase(database);
        assertThat(one(DriverManager.getConnection(server.jdbcUrl("", user, "secret")), "SELECT CURRENT_USER()"))
                .isEqualTo(user + "@%");
        assertThatThrownBy(() -> DriverManager.getConnection(server.jdbcUrl(database, user, "secret")))
                .isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> DriverManager.getConnection(server.jdbcUrl(database, user, "wrong")))
                .isInstanceOf(SQLException.class);
        server.dropDatabase(database);
        server.dropUser(user);
    }

    @Test
    void nothingOfAClosedServerIsLeft() {
        PostgresServer server = PostgresServer.start();
        List<ProcessHandle> all = new ArrayList<>();
        Process process = server.process().orElseThrow();
        all.add(process.toHandle());
        process.descendants().forEach(all::add);
        assertThat(all).hasSizeGreaterThan(2);
        java.nio.file.Path data = server.dataDirectory();
        assertThat(data).isDirectory();

        server.close();

        assertThat(all).noneMatch(ServerProcess::runs);
        assertThat(data).doesNotExist();
        assertThat(server.process()).isEmpty();
    }

    @Test
    void aServerThatCannotStartSaysWhy() {
        assertThatThrownBy(() -> PostgresServer.start("max_connections=none"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("max_connections");
        assertThatThrownBy(() -> MariaDbServer.start("no-such-option=1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no-such-option");
        assertThatThrownBy(() -> MySqlServer.start("no-such-option=1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no-such-option");
    }

    private static void survivesKillAndStop(SqlServer server) throws SQLException {
        server.createDatabase("meta");
        server.execute("meta", "CREATE TABLE t (k INT PRIMARY KEY)", "INSERT INTO t VALUES (1)");
        try (Connection open = server.connect("meta");
                Statement statement = open.createStatement()) {
            open.setAutoCommit(false);
            statement.execute("INSERT INTO t VALUES (100)");
            server.kill();
            assertThat(server.process()).isEmpty();
            assertThatThrownBy(() -> statement.execute("INSERT INTO t VALUES (101)"))
                    .isInstanceOf(SQLException.class);
        } catch (SQLException e) {
            // Closing a connection to a killed server may fail, or not.
            assertThat(e.getMessage()).isNotBlank();
        }
        server.restart();
        assertThat(one(server.connect("meta"), "SELECT sum(k) FROM t")).isEqualTo("1");
        server.execute("meta", "INSERT INTO t VALUES (2)");
        server.stop();
        server.restart();
        assertThat(one(server.connect("meta"), "SELECT sum(k) FROM t")).isEqualTo("3");
        server.createDatabase("other");
        server.dropDatabase("other");
    }

    private static String one(Connection connection, String sql) throws SQLException {
        try (connection;
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
