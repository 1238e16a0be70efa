package io.metawal.connectors.sql.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.port.RestoreReport;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ends a restore at every stage, as a process ends that is killed, and repeats it. */
@Tag("server")
final class SqlTargetCrashTest {
    private static final TestDatabases DATABASES = new TestDatabases();

    @AfterAll
    static void stop() {
        DATABASES.close();
    }

    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private static Stage.Watch killedAt(Stage stage) {
        return (reached, connection) -> {
            if (reached == stage) {
                try {
                    connection.abort(Runnable::run);
                    connection.close();
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
                throw new Killed();
            }
        };
    }

    private static SqlUrl source(SqlEngine engine) {
        SqlUrl source = DATABASES.fresh(engine);
        String key = switch (engine) {
            case POSTGRESQL -> "id serial PRIMARY KEY";
            case SQLITE -> "id integer PRIMARY KEY AUTOINCREMENT";
            default -> "id int AUTO_INCREMENT PRIMARY KEY";
        };
        TestDatabases.run(
                source,
                "CREATE TABLE parent (" + key + ", x varchar(9))",
                "CREATE TABLE child (" + key + ", parent int, FOREIGN KEY (parent) REFERENCES parent(id))",
                "INSERT INTO parent VALUES (3, 'a'), (4, NULL), (9, '')",
                "INSERT INTO child VALUES (1, 9), (2, 9)");
        return source;
    }

    private static SqlTarget target(SqlUrl url, SqlTargetOptions.Schema schema, Stage.Watch watch) {
        return new SqlTarget(
                url, new SqlTargetOptions(schema, DATABASES.directory().resolve("scratch")), watch);
    }

    @ParameterizedTest
    @EnumSource(
            value = SqlEngine.class,
            names = {"POSTGRESQL", "MARIADB", "MYSQL", "SQLITE"})
    void theSameRestoreGoesOn(SqlEngine engine) throws SQLException {
        SqlUrl source = source(engine);
        CapturedImage image = new CapturedImage(source);
        for (SqlTargetOptions.Schema schema : SqlTargetOptions.Schema.values()) {
            for (Stage stage : schema == SqlTargetOptions.Schema.CREATE
                    ? List.of(Stage.values())
                    : List.of(Stage.TABLE_WRITTEN, Stage.COMMITTED)) {
                SqlUrl url = DATABASES.fresh(engine);
                if (schema == SqlTargetOptions.Schema.EXISTING) {
                    for (SqlTable table : List.of(
                            TestDatabases.tables(source).get(1),
                            TestDatabases.tables(source).get(0))) {
                        TestDatabases.run(url, table.ddl().toArray(String[]::new));
                        TestDatabases.run(url, table.links().toArray(String[]::new));
                    }
                }
                // Not closed, as a killed process closes nothing: a restore that only fails removes a file that it
                // made.
                SqlTarget killed = target(url, schema, killedAt(stage));
                assertThatThrownBy(() -> image.into(killed)).as("%s", stage).isInstanceOf(Killed.class);
                boolean committed = stage.compareTo(Stage.COMMITTED) >= 0;
                Map<String, List<SqlRow>> left = new TreeMap<>(TestDatabases.rows(url, "metawal_restore"));
                if (committed) {
                    assertThat(left).as("%s", stage).isEqualTo(TestDatabases.rows(source));
                } else {
                    assertThat(left.values()).as("%s", stage).allMatch(List::isEmpty);
                }
                refusesAnother(url, schema, image);
                RestoreReport report;
                try (SqlTarget target = target(url, schema, Stage.Watch.NONE)) {
                    report = image.into(target);
                }
                assertThat(report.entries()).isEqualTo(5);
                assertThat(report.notes().get(0).startsWith("the rows were there already"))
                        .as("%s", stage)
                        .isEqualTo(committed);
                assertThat(TestDatabases.rows(url)).as("%s", stage).isEqualTo(TestDatabases.rows(source));
                for (SqlTable table : TestDatabases.tables(url)) {
                    assertThat(table.ddl())
                            .isEqualTo(TestDatabases.table(source, table.name()).ddl());
                    assertThat(table.links())
                            .isEqualTo(TestDatabases.table(source, table.name()).links());
                }
            }
        }
    }

    /** A restore that fails, and is closed: an SQLite file that it made goes, unless it holds all of the rows. */
    @Test
    void aFileThatWasMadeStaysOnceItsRowsAreCommitted() throws SQLException {
        SqlUrl source = source(SqlEngine.SQLITE);
        CapturedImage image = new CapturedImage(source);
        for (Stage stage : Stage.values()) {
            SqlUrl url = DATABASES.fresh(SqlEngine.SQLITE);
            assertThat(url.path()).doesNotExist();
            try (SqlTarget target = target(url, SqlTargetOptions.Schema.CREATE, killedAt(stage))) {
                assertThatThrownBy(() -> image.into(target)).as("%s", stage).isInstanceOf(Killed.class);
            }
            boolean committed = stage.compareTo(Stage.COMMITTED) >= 0;
            assertThat(Files.exists(url.path())).as("%s", stage).isEqualTo(committed);
            if (committed) {
                assertThat(TestDatabases.rows(url, "metawal_restore")).isEqualTo(TestDatabases.rows(source));
            }
        }
    }

    private static void refusesAnother(SqlUrl url, SqlTargetOptions.Schema schema, CapturedImage image) {
        try (SqlTarget target = target(url, schema, Stage.Watch.NONE)) {
            assertThatThrownBy(() -> image.into(target, 8))
                    .isInstanceOfSatisfying(
                            MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.TARGET_NOT_EMPTY))
                    .hasMessageStartingWith(
                            url + " is not empty: it holds what an unfinished restore of seq 7 of timeline 1 of"
                                    + " cluster c1, digest 00000000000000010000000000000002-3 left (")
                    .hasMessageEndingWith(
                            "and this is one of seq 8 of timeline 1 of cluster c1, digest"
                                    + " 00000000000000010000000000000002-3. Repeat that one to finish it, or empty the database");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = SqlEngine.class,
            names = {"POSTGRESQL", "MARIADB"})
    void nothingIsSeenBeforeItIsWhole(SqlEngine engine) throws SQLException {
        SqlUrl source = source(engine);
        SqlUrl url = DATABASES.fresh(engine);
        for (SqlTable table : List.of(
                TestDatabases.tables(source).get(1),
                TestDatabases.tables(source).get(0))) {
            TestDatabases.run(url, table.ddl().toArray(String[]::new));
        }
        try (Connection other = TestDatabases.open(url);
                SqlTarget target = target(url, SqlTargetOptions.Schema.EXISTING, (stage, connection) -> {
                    try {
                        assertThat(Query.value(other, "SELECT COUNT(*) FROM child")
                                        + Query.value(other, "SELECT COUNT(*) FROM parent"))
                                .as("%s", stage)
                                .isEqualTo(stage.compareTo(Stage.COMMITTED) < 0 ? "00" : "23");
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                })) {
            new CapturedImage(source).into(target);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = SqlEngine.class,
            names = {"POSTGRESQL", "MARIADB"})
    void twoAtOnceAreRefused(SqlEngine engine) {
        SqlUrl url = DATABASES.fresh(engine);
        SqlTargetOptions options = new SqlTargetOptions(
                SqlTargetOptions.Schema.CREATE, DATABASES.directory().resolve("scratch"), 1);
        try (SqlTarget first = new SqlTarget(url, options);
                SqlTarget second = new SqlTarget(url, options)) {
            first.prepare(CapturedImage.point(7));
            assertThatThrownBy(() -> second.prepare(CapturedImage.point(7)))
                    .isInstanceOfSatisfying(
                            MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.BUSY))
                    .hasMessage(url + ": another restore into it is under way: wait for it, or end it");
        }
    }
}
