package io.metawal.connectors.sql.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.row.TableEntries;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.ImageView;
import io.metawal.testkit.sql.BinlogServer;
import java.sql.Connection;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the log does not tell as rows: foreign keys at work, changes of tables, sessions that log otherwise. */
@Tag("server")
@ParameterizedClass
@EnumSource(
        value = Brand.class,
        names = {"MARIADB", "MYSQL_WITH_GTIDS"})
final class MysqlChangesTest {
    private final BinlogServer server;

    MysqlChangesTest(Brand brand) {
        server = brand.shared();
    }

    @Test
    void cascadesAreFollowedThoughTheLogHasNoneOfThem() throws Exception {
        try (Captured it = new Captured(server, "cascades")) {
            it.run(
                            "CREATE TABLE object (oid int PRIMARY KEY, up int, FOREIGN KEY (up) REFERENCES object (oid) ON DELETE CASCADE)",
                            "CREATE TABLE tab (table_id int PRIMARY KEY, x text, FOREIGN KEY (table_id) REFERENCES object (oid) ON DELETE CASCADE ON UPDATE CASCADE)",
                            "CREATE TABLE fragment (id int PRIMARY KEY, job int, FOREIGN KEY (job) REFERENCES tab (table_id) ON DELETE CASCADE ON UPDATE CASCADE)",
                            "CREATE TABLE note (id int PRIMARY KEY, fragment int, FOREIGN KEY (fragment) REFERENCES fragment (id) ON DELETE SET NULL ON UPDATE SET NULL)",
                            "INSERT INTO object VALUES (1, NULL), (2, 1), (3, 2), (4, NULL), (5, NULL), (6, NULL)",
                            "INSERT INTO tab VALUES (1, 'a'), (3, 'b'), (4, 'c'), (5, 'd'), (6, 'e')",
                            "INSERT INTO fragment VALUES (10, 1), (11, 1), (30, 3), (40, 4), (50, 5), (60, 6)",
                            "INSERT INTO note VALUES (100, 10), (300, 30), (400, 40), (401, NULL), (500, 50), (600, 60)")
                    .start()
                    .same();
            it.run("DELETE FROM object WHERE oid = 1").same();
            it.run("UPDATE object SET oid = 44 WHERE oid = 4").same();
            it.run("UPDATE fragment SET id = 41 WHERE id = 40").same();
            it.transaction(
                    "INSERT INTO object VALUES (7, NULL)",
                    "INSERT INTO tab VALUES (7, 'new')",
                    "INSERT INTO fragment VALUES (70, 7)",
                    "UPDATE fragment SET job = 5 WHERE id = 60",
                    "DELETE FROM object WHERE oid IN (7, 6)");
            it.same();
            it.transaction("SET foreign_key_checks = 0", "DELETE FROM object WHERE oid = 5");
            it.same();
            assertThat(it.image()).containsKey("sql.cascades.tab 5");
            assertThat(it.transactions()).hasSize(5);
            assertThat(it.gaps()).isEmpty();
        }
    }

    @Test
    void aCascadeFromATableThatIsNotCapturedIsRefused() throws Exception {
        try (Captured it = new Captured(server, "child")) {
            server.createDatabase("parent");
            server.execute("parent", "CREATE TABLE p (id int PRIMARY KEY)");
            it.run("CREATE TABLE c (id int PRIMARY KEY, FOREIGN KEY (id) REFERENCES parent.p (id) ON DELETE CASCADE)");
            assertThat(it.start().fault())
                    .isInstanceOf(UnsupportedFormatException.class)
                    .hasMessageContaining("child.c [id] to parent.p");
            it.run("DROP TABLE c");
            server.dropDatabase("parent");
        }
    }

    @Test
    void aMigrationIsANewBaseThatSaysWhatChanged() throws Exception {
        try (Captured it = new Captured(server, "migrated")) {
            it.run("CREATE TABLE a (id int PRIMARY KEY, x text)", "INSERT INTO a VALUES (1, 'one')")
                    .start()
                    .same();
            it.run(
                            "INSERT INTO a VALUES (2, 'two')",
                            "ALTER TABLE a ADD COLUMN y int NOT NULL DEFAULT 7",
                            "INSERT INTO a VALUES (3, 'three', 8)")
                    .same();
            assertThat(it.transactions().get(0).body().changes()).hasSize(1);
            assertThat(it.gaps()).hasSize(1);
            assertThat(it.gaps().get(0))
                    .contains("table migrated.a: column \"y\" is new")
                    .contains("ALTER TABLE a ADD COLUMN y");
            it.run("CREATE TABLE b (id int PRIMARY KEY)", "INSERT INTO b VALUES (1)")
                    .same();
            assertThat(it.gaps().get(1)).contains("table migrated.b is new");
            it.run("RENAME TABLE b TO c").same();
            it.run("DROP TABLE c", "INSERT INTO a VALUES (4, 'four', 9)").same();
            it.run("CREATE INDEX i ON a (y)").caughtUp();
            assertThat(it.gaps()).hasSize(4);
            it.run("CREATE VIEW v AS SELECT * FROM a", "ANALYZE TABLE a", "INSERT INTO a VALUES (5, 'five', 9)")
                    .same();
            try (ImageView image = it.sink().image()) {
                Entry described = image.find(TableEntries.key("migrated", "a"));
                assertThat(TableEntries.parse(java.util.Objects.requireNonNull(described))
                                .ddl()
                                .get(0))
                        .contains("KEY `i` (`y`)");
            }
        }
    }

    @Test
    void aMigrationWhileTheCaptureWasAway() throws Exception {
        try (Captured it = new Captured(server, "away")) {
            it.run("CREATE TABLE a (id int PRIMARY KEY, x int, y int)", "INSERT INTO a VALUES (1, 2, 3)")
                    .start()
                    .same()
                    .stop();
            it.run(
                    "INSERT INTO a VALUES (2, 3, 4)",
                    "ALTER TABLE a RENAME COLUMN x TO z, DROP COLUMN y, ADD COLUMN x int",
                    "UPDATE a SET x = 5");
            it.start().same();
            assertThat(it.gaps()).hasSize(1);
            assertThat(it.gaps().get(0)).contains("column \"z\" is new").contains("while the capture was away");
            it.stop();
            it.run(
                    "ALTER TABLE a CHANGE COLUMN x q int, CHANGE COLUMN z x int",
                    "INSERT INTO a (id, x, q) VALUES (9, 1, 2)",
                    "ALTER TABLE a CHANGE COLUMN x z int, CHANGE COLUMN q x int");
            it.start().same();
            assertThat(it.gaps()).hasSize(2);
            assertThat(it.gaps().get(1)).contains("ALTER TABLE a CHANGE COLUMN x q int");
        }
    }

    @Test
    void aSessionThatLogsOtherwiseIsNoticed() throws Exception {
        try (Captured it = new Captured(server, "otherwise")) {
            it.run(
                            "CREATE TABLE a (id int PRIMARY KEY, x text, y text)",
                            "INSERT INTO a VALUES (1, 'one', 'y'), (2, 'two', 'y')")
                    .start()
                    .same();
            try (Connection session = server.connect("otherwise")) {
                Query.run(session, "SET SESSION binlog_row_image = MINIMAL", "UPDATE a SET x = 'less' WHERE id = 1");
                it.same();
                assertThat(it.gaps()).hasSize(1);
                assertThat(it.gaps().get(0)).contains("another binlog_row_image than FULL");
                Query.run(session, "SET SESSION binlog_format = STATEMENT", "UPDATE a SET x = 'words' WHERE id = 2");
                it.same();
                assertThat(it.gaps()).hasSize(2);
                assertThat(it.gaps().get(1)).contains("UPDATE a SET x = 'words' WHERE id = 2");
                Query.run(session, "SET SESSION binlog_format = ROW", "UPDATE a SET x = 'row' WHERE id = 2");
            }
            it.same();
            it.run("CREATE TABLE c AS SELECT 1 AS q");
            assertThat(it.fault()).hasMessageContaining("otherwise.c without primary key");
        }
    }
}
