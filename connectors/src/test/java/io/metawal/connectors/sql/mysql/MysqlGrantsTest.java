package io.metawal.connectors.sql.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class MysqlGrantsTest {
    private static final List<Flavour.Right> MARIADB = MariaDbFlavour.RIGHTS;
    private static final List<Flavour.Right> MYSQL = MySqlFlavour.RIGHTS;

    @Test
    void grantsAreReadAsTheServerPrintsThem() {
        List<String> all = List.of("GRANT ALL PRIVILEGES ON *.* TO `u`@`%` WITH GRANT OPTION");
        assertThat(MysqlGrants.missing(MARIADB, all, "m", "'u'@'%'")).isEmpty();
        List<String> least = List.of(
                "GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*1'",
                "GRANT SELECT, INSERT ON `m\\_%`.* TO `u`@`%`");
        assertThat(MysqlGrants.missing(MARIADB, least, "m_1", "'u'@'%'")).isEmpty();
        assertThat(MysqlGrants.missing(MARIADB, least, "mx1", "'u'@'%'")).containsExactly("GRANT SELECT ON `mx1`.* TO 'u'@'%';");
        assertThat(MysqlGrants.missing(MARIADB, List.of("GRANT SELECT, REPLICATION CLIENT ON *.* TO `u`@`%`"), "m", "'u'@'%'"))
                .containsExactly("GRANT REPLICATION SLAVE ON *.* TO 'u'@'%';");
        assertThat(MysqlGrants.missing(MARIADB, List.of("GRANT SELECT ON `m`.`a` TO `u`@`%`"), "m", "u"))
                .hasSize(2);
    }

    @Test
    void mysqlHasNamesOfItsOwn() {
        List<String> least = List.of(
                "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO `u`@`%`",
                "GRANT BACKUP_ADMIN,BINLOG_ADMIN ON *.* TO `u`@`%`",
                "GRANT SELECT, LOCK TABLES ON `m`.* TO `u`@`%`");
        assertThat(MysqlGrants.missing(MYSQL, least, "m", "u")).isEmpty();
        assertThat(MysqlGrants.missing(MYSQL, List.of("GRANT USAGE ON *.* TO `u`@`%`"), "m", "u"))
                .containsExactly(
                        "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO u;",
                        "GRANT SELECT, LOCK TABLES ON `m`.* TO u;");
    }
}
