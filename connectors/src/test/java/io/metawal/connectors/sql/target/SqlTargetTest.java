package io.metawal.connectors.sql.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.connectors.sql.jdbc.JdbcDialect;
import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.testkit.seed.Seeded;
import io.metawal.testkit.sql.MariaDbServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("server")
final class SqlTargetTest {
    private static final TestDatabases DATABASES = new TestDatabases();

    @AfterAll
    static void stop() {
        DATABASES.close();
    }

    private static SqlTargetOptions options(SqlTargetOptions.Schema schema) {
        return new SqlTargetOptions(schema, DATABASES.directory().resolve("scratch"));
    }

    private static RestoreReport restore(CapturedImage image, SqlUrl url, SqlTargetOptions.Schema schema) {
        try (SqlTarget target = new SqlTarget(url, options(schema))) {
            return image.into(target);
        }
    }

    private static List<List<String>> ddl(SqlUrl url) {
        return TestDatabases.tables(url).stream()
                .flatMap(table -> java.util.stream.Stream.of(table.ddl(), table.links()))
                .toList();
    }

    @ParameterizedTest
    @EnumSource(
            value = SqlEngine.class,
            names = {"POSTGRESQL", "MARIADB", "MYSQL", "SQLITE"})
    void whatIsWrittenIsReadAgain(SqlEngine engine) {
        Seeded.check(4, random -> {
            SqlUrl source = DATABASES.fresh(engine);
            Map<String, List<SqlRow>> generated = new RandomSchema(random).fill(source, 6, 60);
            assertThat(TestDatabases.rows(source)).isEqualTo(generated);
            CapturedImage image = new CapturedImage(source);
            SqlUrl made = DATABASES.fresh(engine);
            RestoreReport report = restore(image, made, SqlTargetOptions.Schema.CREATE);
            assertThat(report.entries())
                    .isEqualTo(generated.values().stream().mapToLong(List::size).sum());
            assertThat(TestDatabases.rows(made)).isEqualTo(generated);
            assertThat(ddl(made)).isEqualTo(ddl(source));
            SqlUrl there = DATABASES.fresh(engine);
            for (SqlTable table : TestDatabases.tables(source)) {
                TestDatabases.run(there, table.ddl().toArray(String[]::new));
            }
            for (SqlTable table : TestDatabases.tables(source)) {
                TestDatabases.run(there, table.links().toArray(String[]::new));
            }
            restore(image, there, SqlTargetOptions.Schema.EXISTING);
            assertThat(TestDatabases.rows(there)).isEqualTo(generated);
            assertThat(ddl(there)).containsExactlyInAnyOrderElementsOf(ddl(source));
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = SqlEngine.class,
            names = {"POSTGRESQL", "MARIADB", "MYSQL", "SQLITE"})
    void countersGoOnBehindTheLargestKnown(SqlEngine engine) throws SQLException {
        SqlUrl source = DATABASES.fresh(engine);
        String key = switch (engine) {
            case POSTGRESQL -> "id serial PRIMARY KEY";
            case SQLITE -> "id integer PRIMARY KEY AUTOINCREMENT";
            default -> "id int AUTO_INCREMENT PRIMARY KEY";
        };
        TestDatabases.run(
                source,
                "CREATE TABLE known (" + key + ", x int)",
                "CREATE TABLE unused (" + key + ", x int)",
                "CREATE TABLE rows_ahead (" + key + ", x int)",
                "INSERT INTO rows_ahead VALUES (40, 1)");
        CapturedImage image = new CapturedImage(source);
        for (SqlTable table : TestDatabases.tables(source)) {
            image.counter(table, table.name().equals("rows_ahead") ? 3 : 1000);
        }
        SqlUrl made = DATABASES.fresh(engine);
        restore(image, made, SqlTargetOptions.Schema.CREATE);
        try (Connection connection = TestDatabases.open(made)) {
            JdbcDialect dialect = JdbcDialect.of(engine);
            for (SqlTable table : TestDatabases.tables(made)) {
                assertThat(dialect.counterNext(connection, table))
                        .as(table.name())
                        .isEqualTo(OptionalLong.of(table.name().equals("rows_ahead") ? 40 : 1000));
            }
        }
    }

    @Test
    void sequencesThatAreOfNoKeyOrOwnedByNobodyGoOnToo() throws SQLException {
        SqlUrl source = DATABASES.fresh(SqlEngine.POSTGRESQL);
        TestDatabases.run(
                source,
                "CREATE SEQUENCE \"it's mine\" START 100",
                "CREATE TABLE a (id uuid PRIMARY KEY, n bigserial, i int GENERATED BY DEFAULT AS IDENTITY)",
                "INSERT INTO a (id) SELECT gen_random_uuid() FROM generate_series(1, 30)",
                "CREATE TABLE b (id bigint PRIMARY KEY DEFAULT nextval('\"it''s mine\"'))",
                "INSERT INTO b SELECT FROM generate_series(1, 4)");
        for (SqlTargetOptions.Schema schema : SqlTargetOptions.Schema.values()) {
            SqlUrl made = DATABASES.fresh(SqlEngine.POSTGRESQL);
            if (schema == SqlTargetOptions.Schema.EXISTING) {
                for (SqlTable table : TestDatabases.tables(source)) {
                    TestDatabases.run(made, table.ddl().toArray(String[]::new));
                }
            }
            restore(new CapturedImage(source), made, schema);
            TestDatabases.run(made, "INSERT INTO a (id) VALUES (gen_random_uuid())", "INSERT INTO b DEFAULT VALUES");
            try (Connection connection = TestDatabases.open(made)) {
                assertThat(Query.value(connection, "SELECT max(n) || ' ' || max(i) FROM a"))
                        .isEqualTo("31 31");
                assertThat(Query.value(connection, "SELECT max(id) FROM b")).isEqualTo("104");
            }
        }
    }

    @Test
    void timesBeforeOurEraComeBack() throws SQLException {
        SqlUrl source = DATABASES.fresh(SqlEngine.POSTGRESQL);
        TestDatabases.run(
                source,
                "CREATE TABLE t (id int PRIMARY KEY, z timestamptz, l timestamp, d date)",
                "INSERT INTO t VALUES (1, '0044-03-15 12:00:00.5+00 BC', '0044-03-15 12:00:00 BC', '0044-03-15 BC'),"
                        + " (2, 'infinity', '-infinity', 'infinity')");
        SqlUrl made = DATABASES.fresh(SqlEngine.POSTGRESQL);
        restore(new CapturedImage(source), made, SqlTargetOptions.Schema.CREATE);
        assertThat(TestDatabases.rows(made)).isEqualTo(TestDatabases.rows(source));
    }

    @Test
    void mysqlsJsonComesBackWhereTextCanTellIt() throws SQLException {
        SqlUrl source = DATABASES.fresh(SqlEngine.MYSQL);
        TestDatabases.run(
                source,
                "CREATE TABLE t (id int PRIMARY KEY, j json)",
                "INSERT INTO t VALUES (1, JSON_OBJECT('n', 1.50, 'd', CAST('2024-05-01' AS DATE), 'f', 1e23, 'u', 18446744073709551615))");
        SqlUrl made = DATABASES.fresh(SqlEngine.MYSQL);
        restore(new CapturedImage(source), made, SqlTargetOptions.Schema.CREATE);
        assertThat(Objects.requireNonNull(TestDatabases.rows(made).get("t"))
                        .get(0)
                        .value("j"))
                .hasToString(
                        "JsonText[text={\"d\": \"2024-05-01\", \"f\": 1e23, \"n\": 1.5, \"u\": 18446744073709551615}]");
        TestDatabases.run(source, "INSERT INTO t VALUES (2, JSON_ARRAY(99999999999999999999.000001))");
        SqlUrl lost = DATABASES.fresh(SqlEngine.MYSQL);
        assertThatThrownBy(() -> restore(new CapturedImage(source), lost, SqlTargetOptions.Schema.CREATE))
                .isInstanceOfSatisfying(
                        MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.MISMATCH));
    }

    @Test
    void circlesOfForeignKeysAreWrittenAndHoldAfterwards() throws SQLException {
        SqlUrl source = DATABASES.fresh(SqlEngine.POSTGRESQL);
        TestDatabases.run(
                source,
                "CREATE TABLE a (id int PRIMARY KEY, b int, up int REFERENCES a(id))",
                "CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a(id))",
                "INSERT INTO a VALUES (1, NULL, 2), (2, NULL, 1)",
                "INSERT INTO b VALUES (5, 1)",
                "UPDATE a SET b = 5",
                "ALTER TABLE a ADD CONSTRAINT \"a to b\" FOREIGN KEY (b) REFERENCES b(id)");
        SqlUrl there = DATABASES.fresh(SqlEngine.POSTGRESQL);
        restore(new CapturedImage(source), there, SqlTargetOptions.Schema.CREATE);
        TestDatabases.run(there, "UPDATE a SET b = NULL", "DELETE FROM b", "UPDATE a SET up = NULL", "DELETE FROM a");
        restore(new CapturedImage(source), there, SqlTargetOptions.Schema.EXISTING);
        assertThat(TestDatabases.rows(there)).isEqualTo(TestDatabases.rows(source));
        assertThat(ddl(there)).isEqualTo(ddl(source));
    }

    @Test
    void aFileThatIsNotThereIsMadeForItsOwnerAndRemovedWhereTheRestoreFails() throws Exception {
        SqlUrl source = DATABASES.fresh(SqlEngine.SQLITE);
        TestDatabases.run(source, "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT)", "INSERT INTO t VALUES (1, 'a')");
        CapturedImage image = new CapturedImage(source);
        Path file = DATABASES.directory().resolve("made.db");
        SqlUrl made = SqlUrl.parse("sqlite:" + file);
        try (SqlTarget plan = new SqlTarget(made, options(SqlTargetOptions.Schema.CREATE))) {
            plan.check(CapturedImage.point(7));
            image.sorted().forEach(plan::examine);
            assertThat(plan.ready().entries()).isEqualTo(1);
        }
        assertThat(file).doesNotExist();
        try (SqlTarget failing = new SqlTarget(made, options(SqlTargetOptions.Schema.CREATE))) {
            failing.prepare(CapturedImage.point(7));
        }
        assertThat(file).doesNotExist();
        restore(image, made, SqlTargetOptions.Schema.CREATE);
        assertThat(TestDatabases.rows(made)).isEqualTo(TestDatabases.rows(source));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void aRowThatTheServerDoesNotTakeIsNamedBeforeTheFirstWrite() throws SQLException {
        SqlUrl source = DATABASES.fresh(SqlEngine.MARIADB);
        TestDatabases.run(source, "CREATE TABLE t (id INT PRIMARY KEY, x LONGTEXT)");
        TestDatabases.run(source, "INSERT INTO t VALUES (1, REPEAT('x', 3000000))");
        CapturedImage image = new CapturedImage(source);
        try (MariaDbServer narrow = MariaDbServer.start("max-allowed-packet=1M")) {
            narrow.createDatabase("made");
            SqlUrl made = SqlUrl.parse(narrow.url("made"));
            try (SqlTarget plan = new SqlTarget(made, options(SqlTargetOptions.Schema.CREATE))) {
                plan.check(CapturedImage.point(7));
                image.sorted().forEach(plan::examine);
                assertThatThrownBy(plan::ready)
                        .isInstanceOf(UnsupportedFormatException.class)
                        .hasMessageContaining("t/1 has 3000000 bytes")
                        .hasMessageContaining("max_allowed_packet");
            }
            try (SqlTarget target = new SqlTarget(made, options(SqlTargetOptions.Schema.CREATE))) {
                assertThatThrownBy(() -> image.into(target))
                        .isInstanceOf(UnsupportedFormatException.class)
                        .hasMessageContaining("t/1 has 3000000 bytes");
            }
            assertThat(TestDatabases.tables(made)).isEmpty();
        }
    }

    @Test
    void whatIsInTheWayIsNamed() throws SQLException {
        SqlUrl source = DATABASES.fresh(SqlEngine.SQLITE);
        TestDatabases.run(
                source,
                "CREATE TABLE a (id int PRIMARY KEY, x text, y int NOT NULL)",
                "CREATE TABLE b (id int PRIMARY KEY)",
                "INSERT INTO a VALUES (1, 'x', 2)");
        CapturedImage image = new CapturedImage(source);
        SqlUrl full = DATABASES.fresh(SqlEngine.SQLITE);
        restore(image, full, SqlTargetOptions.Schema.CREATE);
        assertThatThrownBy(() -> restore(image, full, SqlTargetOptions.Schema.EXISTING))
                .isInstanceOfSatisfying(
                        MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.TARGET_NOT_EMPTY))
                .hasMessage(
                        full + " is not empty: the table a has 1 row. Restore into an empty database; a living one is"
                                + " never restored over");
        assertThatThrownBy(() -> restore(image, full, SqlTargetOptions.Schema.CREATE))
                .isInstanceOfSatisfying(
                        MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.TARGET_NOT_EMPTY))
                .hasMessage(full
                        + " is not empty: it has 2 tables, such as a: --create-schema makes them all. Leave it away,"
                        + " or name an empty database");
        SqlUrl other = DATABASES.fresh(SqlEngine.SQLITE);
        TestDatabases.run(
                other,
                "CREATE TABLE a (id int PRIMARY KEY, x varchar(9), z int)",
                "CREATE TABLE c (id int PRIMARY KEY)");
        assertThatThrownBy(() -> restore(image, other, SqlTargetOptions.Schema.EXISTING))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessage(
                        other + " does not have the tables that were captured: column a.x: expected TEXT NULL, found"
                                + " varchar(9) NULL; column a.y is missing; column a.z is there, and was not captured; table b is"
                                + " missing; table c is there, and was not captured. Restore into an empty database of the same"
                                + " schema and migration level, or into one without tables with --create-schema");
        SqlUrl postgres = DATABASES.fresh(SqlEngine.POSTGRESQL);
        assertThatThrownBy(() -> restore(image, postgres, SqlTargetOptions.Schema.CREATE))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessage("the table a was captured from sqlite, and " + postgres
                        + " is postgresql: --create-schema makes"
                        + " tables only in the kind of database that they came from. Make them first, and restore without"
                        + " it");
        try (SqlTarget target =
                new SqlTarget(DATABASES.fresh(SqlEngine.SQLITE), options(SqlTargetOptions.Schema.CREATE))) {
            target.prepare(CapturedImage.point(1));
            assertThatThrownBy(() -> target.write(new io.metawal.metadata.image.Entry(
                            io.metawal.metadata.commit.EntryKey.of("kv", "a"),
                            com.google.protobuf.ByteString.EMPTY,
                            com.google.protobuf.ByteString.EMPTY)))
                    .isInstanceOf(UsageException.class)
                    .hasMessage("space kv cannot go into a database, only rows captured from one can: restore into"
                            + " ndjson:FILE, or choose what to restore");
        }
    }

    @Test
    void aTriggerThatChangesRowsIsFoundOut() throws SQLException {
        SqlUrl source = DATABASES.fresh(SqlEngine.SQLITE);
        TestDatabases.run(source, "CREATE TABLE a (id int PRIMARY KEY, x text)", "INSERT INTO a VALUES (1, 'x')");
        SqlUrl there = DATABASES.fresh(SqlEngine.SQLITE);
        TestDatabases.run(
                there,
                "CREATE TABLE a (id int PRIMARY KEY, x TEXT)".replace("TEXT", "text"),
                "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = 'y'; END");
        assertThatThrownBy(() -> restore(new CapturedImage(source), there, SqlTargetOptions.Schema.EXISTING))
                .isInstanceOfSatisfying(
                        MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.MISMATCH))
                .hasMessageContaining("the table a does not hold what was written to it: expected 1 rows with digest");
        assertThat(TestDatabases.rows(there)).isEqualTo(Map.of("a", List.of()));
    }
}
