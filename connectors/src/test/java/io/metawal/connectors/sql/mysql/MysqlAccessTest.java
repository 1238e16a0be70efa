package io.metawal.connectors.sql.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.testkit.etcd.EtcdCertificates;
import io.metawal.testkit.sql.BinlogServer;
import io.metawal.testkit.sql.SqlServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What is checked before anything is read. */
@Tag("server")
@Tag("process")
@ParameterizedClass
@EnumSource(
        value = Brand.class,
        names = {"MARIADB", "MYSQL_WITHOUT_GTIDS"})
final class MysqlAccessTest {
    private final Brand brand;

    MysqlAccessTest(Brand brand) {
        this.brand = brand;
    }

    @Test
    void theStatementsThatGrantWhatIsMissingAreNamed() throws Exception {
        BinlogServer server = brand.shared();
        try (Captured it = new Captured(server, "meta_1")) {
            it.run("CREATE TABLE a (id int PRIMARY KEY)", "INSERT INTO a VALUES (1)");
            String user = SqlServer.fresh("capture");
            String who = "'" + user + "'@'%'";
            server.createUser(user, "secret");
            server.execute("mysql", "GRANT USAGE ON *.* TO " + who, "GRANT SELECT ON `meta_1`.a TO " + who);
            it.at(SqlUrl.parse(server.url("meta_1", user, "secret")));
            String replication = brand.mysql()
                    ? "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO " + who + ";"
                    : "GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO " + who + ";";
            String select = brand.mysql()
                    ? "GRANT SELECT, LOCK TABLES ON `meta_1`.* TO " + who + ";"
                    : "GRANT SELECT ON `meta_1`.* TO " + who + ";";
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
            assertThat(it.source().identity())
                    .isEqualTo(brand.mysql() ? "mysql database meta_1" : "mariadb domain 0 database meta_1");
            server.dropUser(user);
        }
    }

    @Test
    void bothConnectionsAreVerifiedByAnAuthorityOfOnesOwn(@TempDir Path mine, @TempDir Path others) throws Exception {
        EtcdCertificates made = EtcdCertificates.make(mine);
        try (BinlogServer server = brand.start(
                        "ssl-ca=" + made.authority(), "ssl-cert=" + made.server(), "ssl-key=" + made.serverKey());
                Captured it = new Captured(server, "tls")) {
            it.run("CREATE TABLE a (id int PRIMARY KEY)", "INSERT INTO a VALUES (1)");
            server.createUser("capture", "secret");
            server.execute("mysql", "GRANT ALL ON *.* TO 'capture'@'%'", "ALTER USER 'capture'@'%' REQUIRE SSL");
            String url = server.url("tls", "capture", "secret") + "?sslmode=";
            it.at(SqlUrl.parse(url + "verify-full&sslrootcert=" + made.authority()));
            it.start().same();
            it.run("INSERT INTO a VALUES (2)").same();
            it.at(SqlUrl.parse(url + "verify-ca&sslrootcert="
                    + EtcdCertificates.make(others).authority()));
            assertThat(it.start().fault())
                    .isInstanceOfSatisfying(
                            MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.ACCESS_DENIED))
                    .hasMessageContaining("certificate is not trusted");
        }
    }

    @Test
    void aServerThatLogsOtherwiseIsRefused() throws Exception {
        try (BinlogServer server = brand.start("binlog-format=MIXED", "binlog-row-image=MINIMAL", odd());
                Captured it = new Captured(server, "mixed")) {
            assertThat(it.start().fault())
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining(
                            "expected binlog_format=ROW, found MIXED; expected binlog_row_image=FULL, found MINIMAL; expected "
                                    + (brand.mysql()
                                            ? "binlog_row_value_options='', found PARTIAL_JSON"
                                            : "log_bin_compress=OFF, found ON"));
        }
        try (BinlogServer server = brand.start("binlog-ignore-db=left_out");
                Captured it = new Captured(server, "left_out")) {
            assertThat(it.start().fault())
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining("leaves the database left_out out of its binary log")
                    .hasMessageContaining("binlog-ignore-db=left_out");
        }
        try (BinlogServer server = brand.start("skip-log-bin");
                Captured it = new Captured(server, "unlogged")) {
            assertThat(it.start().fault()).hasMessageContaining("expected log_bin=ON, found OFF");
        }
    }

    private String odd() {
        return brand.mysql() ? "binlog-row-value-options=PARTIAL_JSON" : "log-bin-compress=ON";
    }

    @Test
    void tablesThatCannotBeCapturedAreNamed() throws Exception {
        try (Captured it = new Captured(brand.shared(), "odd")) {
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
