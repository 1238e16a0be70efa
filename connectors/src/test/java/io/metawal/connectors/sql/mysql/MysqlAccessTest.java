package io.metawal.connectors.sql.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.testkit.sql.MariaDbServer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is checked before anything is read. */
final class MysqlAccessTest {
    @Test
    void theStatementsThatGrantWhatIsMissingAreNamed() throws Exception {
        try (MariaDbServer server = MariaDbServer.start();
                Captured it = new Captured(server, "meta_1")) {
            it.run("CREATE TABLE a (id int PRIMARY KEY)", "INSERT INTO a VALUES (1)");
            server.createUser("capture", "secret");
            server.execute(
                    "mysql", "GRANT USAGE ON *.* TO 'capture'@'%'", "GRANT SELECT ON `meta_1`.a TO 'capture'@'%'");
            it.at(SqlUrl.parse(server.url("meta_1", "capture", "secret")));
            String replication = "GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO 'capture'@'%';";
            String select = "GRANT SELECT ON `meta_1`.* TO 'capture'@'%';";
            assertThat(it.start().fault())
                    .isInstanceOfSatisfying(
                            MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.ACCESS_DENIED))
                    .hasMessageContaining("To allow it: " + replication + " " + select)
                    .hasMessageNotContaining("secret");
            server.execute("mysql", replication);
            assertThat(it.start().fault()).hasMessageEndingWith("To allow it: " + select);
            server.execute("mysql", select);
            it.start().same();
            it.run("INSERT INTO a VALUES (2)").same();
            assertThat(it.source().identity()).isEqualTo("mariadb domain 0 database meta_1");
        }
    }

    @Test
    void grantsAreReadAsTheServerPrintsThem() {
        List<String> all = List.of("GRANT ALL PRIVILEGES ON *.* TO `u`@`%` WITH GRANT OPTION");
        assertThat(MysqlGrants.missing(all, "m", "'u'@'%'")).isEmpty();
        List<String> least = List.of(
                "GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*1'",
                "GRANT SELECT, INSERT ON `m\\_%`.* TO `u`@`%`");
        assertThat(MysqlGrants.missing(least, "m_1", "'u'@'%'")).isEmpty();
        assertThat(MysqlGrants.missing(least, "mx1", "'u'@'%'")).containsExactly("GRANT SELECT ON `mx1`.* TO 'u'@'%';");
        assertThat(MysqlGrants.missing(List.of("GRANT SELECT, REPLICATION CLIENT ON *.* TO `u`@`%`"), "m", "'u'@'%'"))
                .containsExactly("GRANT REPLICATION SLAVE ON *.* TO 'u'@'%';");
        assertThat(MysqlGrants.missing(List.of("GRANT SELECT ON `m`.`a` TO `u`@`%`"), "m", "u"))
                .hasSize(2);
    }

    @Test
    void aServerThatLogsOtherwiseIsRefused() throws Exception {
        try (MariaDbServer server =
                        MariaDbServer.start("binlog-format=MIXED", "binlog-row-image=MINIMAL", "log-bin-compress=ON");
                Captured it = new Captured(server, "mixed")) {
            assertThat(it.start().fault())
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining(
                            "expected binlog_format=ROW, found MIXED; expected binlog_row_image=FULL, found MINIMAL; expected"
                                    + " log_bin_compress=OFF, found ON");
        }
        try (MariaDbServer server = MariaDbServer.start("skip-log-bin");
                Captured it = new Captured(server, "unlogged")) {
            assertThat(it.start().fault()).hasMessageContaining("expected log_bin=ON, found OFF");
        }
    }

    @Test
    void tablesThatCannotBeCapturedAreNamed() throws Exception {
        try (MariaDbServer server = MariaDbServer.start();
                Captured it = new Captured(server, "odd")) {
            it.run("CREATE TABLE a (id int)", "CREATE TABLE b (id int PRIMARY KEY)", "CREATE TABLE c (id int)");
            assertThat(it.start().fault())
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining("odd.a, odd.c without primary key");
            it.run("DROP TABLE a", "DROP TABLE c", "CREATE TABLE d (id int PRIMARY KEY) ENGINE=MyISAM");
            assertThat(it.start().fault())
                    .isInstanceOf(UnsupportedFormatException.class)
                    .hasMessageContaining("found d (MyISAM)");
        }
    }
}
