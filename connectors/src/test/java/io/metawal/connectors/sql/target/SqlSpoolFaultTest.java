package io.metawal.connectors.sql.target;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.testkit.files.FaultMatrix;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** I4: what happens to a temporary file between the proof and a database, or a file of SQL, ends in exit 6 with nothing there. */
@Tag("server")
final class SqlSpoolFaultTest {
    private static final TestDatabases DATABASES = new TestDatabases();

    @TempDir
    Path directory;

    @AfterAll
    static void stop() {
        DATABASES.close();
    }

    /** Two tables, one of which is larger than a block of a spool. */
    private static SqlUrl source(SqlEngine engine) {
        SqlUrl source = DATABASES.fresh(engine);
        TestDatabases.run(
                source,
                "CREATE TABLE small (id int PRIMARY KEY, x varchar(20))",
                "INSERT INTO small VALUES (1, 'one'), (2, NULL)",
                "CREATE TABLE large (id int PRIMARY KEY, x varchar(1000))");
        for (int n = 0; n < 100; n++) {
            TestDatabases.run(source, "INSERT INTO large VALUES (" + n + ", '" + ("v" + n).repeat(250) + "')");
        }
        return source;
    }

    @ParameterizedTest
    @EnumSource(
            value = SqlEngine.class,
            names = {"POSTGRESQL", "MARIADB", "MYSQL", "SQLITE"})
    void ofADatabase(SqlEngine engine) throws Exception {
        SqlUrl source = source(engine);
        CapturedImage image = new CapturedImage(source);
        Map<String, List<SqlRow>> rows = TestDatabases.rows(source);
        List<String> files = new FaultMatrix(directory, 3, 2).run(() -> new FaultMatrix.Attempt() {
            private final SqlUrl into = DATABASES.fresh(engine);

            @Override
            public void restore(Path scratch) {
                SqlTargetOptions options = new SqlTargetOptions(SqlTargetOptions.Schema.CREATE, scratch);
                try (SqlTarget target = new SqlTarget(into, options)) {
                    image.into(target);
                }
            }

            @Override
            public void assertRestored() {
                assertThat(TestDatabases.rows(into)).isEqualTo(rows);
            }

            @Override
            public void assertNothingVisible() {
                TestDatabases.rows(into, "metawal_restore")
                        .forEach((table, found) -> assertThat(found).as(table).isEmpty());
            }
        });
        assertThat(files).hasSize(2).allMatch(file -> file.endsWith(".rows"));
    }

    @Test
    void ofAFileOfSql() throws Exception {
        CapturedImage image = new CapturedImage(source(SqlEngine.SQLITE));
        byte[][] good = {null};
        List<String> files = new FaultMatrix(directory, 8, 3).run(() -> new FaultMatrix.Attempt() {
            private Path folder = directory;

            @Override
            public void restore(Path scratch) throws Exception {
                folder = scratch;
                Path file = scratch.resolve("dump.sql");
                SqlTargetOptions options =
                        new SqlTargetOptions(SqlTargetOptions.Schema.CREATE, scratch.resolve("scratch"));
                try (SqlDumpTarget target = new SqlDumpTarget(file, null, options)) {
                    image.into(target);
                }
            }

            @Override
            public void assertRestored() throws Exception {
                byte[] bytes =
                        Files.readAllBytes(Path.of(folder.resolve("dump.sql").toString()));
                good[0] = good[0] == null ? bytes : good[0];
                assertThat(bytes).isEqualTo(good[0]);
                assertThat(FaultMatrix.names(folder)).containsExactlyInAnyOrder("dump.sql", "scratch");
            }

            @Override
            public void assertNothingVisible() throws Exception {
                assertThat(FaultMatrix.names(folder)).containsExactly("scratch");
            }
        });
        assertThat(files).hasSize(3).anyMatch(file -> file.startsWith(".metawal-part-"));
    }
}
