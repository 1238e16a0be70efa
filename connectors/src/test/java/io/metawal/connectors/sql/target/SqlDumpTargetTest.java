package io.metawal.connectors.sql.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.connectors.sql.jdbc.JdbcDialect;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.testkit.seed.Seeded;
import io.metawal.testkit.servers.ServerCatalog;
import io.metawal.testkit.sql.SqlServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Loaded by the databases' own clients: psql, mariadb and mysql. */
@Tag("server")
@Tag("process")
final class SqlDumpTargetTest {
    private static final TestDatabases DATABASES = new TestDatabases();

    @TempDir
    Path directory;

    private int files;

    @AfterAll
    static void stop() {
        DATABASES.close();
    }

    private Path dump(CapturedImage image, @Nullable SqlEngine engine, SqlTargetOptions.Schema schema) {
        Path file = directory.resolve("dump" + ++files + ".sql");
        SqlTargetOptions options = new SqlTargetOptions(schema, directory);
        try (SqlDumpTarget target = new SqlDumpTarget(file, engine, options)) {
            RestoreReport report = image.into(target);
            assertThat(report.notes().get(0)).startsWith("load it with ").contains(file.toString());
        }
        assertThat(directory.toFile().list((folder, name) -> name.contains("-part-")))
                .isEmpty();
        return file;
    }

    private static void load(Path file, SqlUrl url) throws IOException, InterruptedException, SQLException {
        if (url.engine() == SqlEngine.SQLITE) {
            try (Connection connection = TestDatabases.open(url)) {
                for (String statement : Files.readString(file).split(";\n")) {
                    io.metawal.connectors.sql.jdbc.Query.run(connection, statement);
                }
            }
            return;
        }
        SqlEngine engine = TestDatabases.engine(url);
        SqlServer server = DATABASES.server(engine);
        String port = String.valueOf(server.port());
        ProcessBuilder client = url.engine() == SqlEngine.POSTGRESQL
                ? new ProcessBuilder(
                        ServerCatalog.PSQL.use().programOrFail().toString(),
                        "-X",
                        "-q",
                        "-v",
                        "ON_ERROR_STOP=1",
                        "-h",
                        server.host(),
                        "-p",
                        port,
                        "-U",
                        server.user(),
                        "-f",
                        file.toString(),
                        url.database())
                : new ProcessBuilder(
                                (engine == SqlEngine.MYSQL ? ServerCatalog.MYSQL_CLIENT : ServerCatalog.MARIADB_CLIENT)
                                        .use()
                                        .programOrFail()
                                        .toString(),
                                "--no-defaults",
                                engine == SqlEngine.MYSQL ? "--ssl-mode=REQUIRED" : "--skip-ssl",
                                "--default-character-set=utf8mb4",
                                "-h",
                                server.host(),
                                "-P",
                                port,
                                "-u",
                                server.user(),
                                "-p" + server.password(),
                                url.database())
                        .redirectInput(file.toFile());
        client.environment().put("PGPASSWORD", server.password());
        Process process = client.redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = SqlEngine.class,
            names = {"POSTGRESQL", "MARIADB", "MYSQL", "SQLITE"})
    void aDatabaseIsMadeAgainByLoadingIt(SqlEngine engine) {
        Seeded.check(3, random -> {
            SqlUrl source = DATABASES.fresh(engine);
            Map<String, List<SqlRow>> generated = new RandomSchema(random).fill(source, 6, 40);
            CapturedImage image = new CapturedImage(source);
            for (SqlTable table : TestDatabases.tables(source)) {
                if (table.counter().isPresent()) {
                    image.counter(table, 1000);
                }
            }
            SqlUrl made = DATABASES.fresh(engine);
            load(dump(image, null, SqlTargetOptions.Schema.CREATE), made);
            assertThat(TestDatabases.rows(made)).isEqualTo(generated);
            try (Connection connection = TestDatabases.open(made)) {
                for (SqlTable table : TestDatabases.tables(made)) {
                    SqlTable before = TestDatabases.table(source, table.name());
                    assertThat(table.ddl()).isEqualTo(before.ddl());
                    assertThat(table.links()).isEqualTo(before.links());
                    assertThat(JdbcDialect.of(engine).counterNext(connection, table))
                            .isEqualTo(table.counter().isPresent() ? OptionalLong.of(1000) : OptionalLong.empty());
                }
            }
        });
    }

    @Test
    void circlesAreLoadedIntoTablesThatAreThere() throws Exception {
        SqlUrl source = DATABASES.fresh(SqlEngine.POSTGRESQL);
        TestDatabases.run(
                source,
                "CREATE TABLE a (id int PRIMARY KEY, b int)",
                "CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a(id))",
                "INSERT INTO a VALUES (1, 5)",
                "INSERT INTO b VALUES (5, 1)",
                "ALTER TABLE a ADD CONSTRAINT \"a to b\" FOREIGN KEY (b) REFERENCES b(id)");
        CapturedImage image = new CapturedImage(source);
        Map<String, List<SqlRow>> before = TestDatabases.rows(source);
        Path file = dump(image, SqlEngine.POSTGRESQL, SqlTargetOptions.Schema.EXISTING);
        TestDatabases.run(source, "UPDATE b SET a = NULL", "DELETE FROM a", "DELETE FROM b");
        load(file, source);
        assertThat(TestDatabases.rows(source)).isEqualTo(before);
        assertThat(TestDatabases.table(source, "a").links()).hasSize(1);
        assertThat(Files.readString(file)).startsWith("""
                        -- metawal: SQL for postgresql
                        -- cluster c1
                        -- timeline 1, seq 7, epoch 0
                        -- image digest 00000000000000010000000000000002-3
                        \\set ON_ERROR_STOP on
                        """);
    }

    @Test
    void anotherKindTakesTheRows() throws Exception {
        SqlUrl source = DATABASES.fresh(SqlEngine.POSTGRESQL);
        TestDatabases.run(
                source,
                "CREATE TABLE a (id int PRIMARY KEY, b boolean, y bytea, u uuid, j jsonb, tz timestamptz, x text)",
                "INSERT INTO a VALUES (1, true, '\\x00ff', '6f9619ff-8b86-d011-b42d-00c04fc964ff', '{\"a\": 1}',"
                        + " '2024-05-01 12:00:00.5Z', E'back\\\\slash\\n''')");
        SqlUrl there = DATABASES.fresh(SqlEngine.MARIADB);
        TestDatabases.run(
                there,
                "CREATE TABLE a (id int PRIMARY KEY, b boolean, y longblob, u uuid, j json, tz timestamp(6) NULL, x text)");
        CapturedImage image = new CapturedImage(source);
        load(dump(image, SqlEngine.MYSQL, SqlTargetOptions.Schema.EXISTING), there);
        assertThat(TestDatabases.rows(there)).isEqualTo(TestDatabases.rows(source));
        assertThatThrownBy(() -> dump(image, SqlEngine.MYSQL, SqlTargetOptions.Schema.CREATE))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessage(
                        "the tables were captured from postgresql, and the dump is for mysql: --create-schema makes tables"
                                + " only in the kind of database that they came from");
    }

    @Test
    void aFileThatIsThereIsNotOverwritten() throws Exception {
        Path file = Files.writeString(directory.resolve("there.sql"), "mine");
        try (SqlDumpTarget target =
                new SqlDumpTarget(file, null, new SqlTargetOptions(SqlTargetOptions.Schema.CREATE, directory))) {
            assertThatThrownBy(() -> target.prepare(CapturedImage.point(1)))
                    .isInstanceOfSatisfying(
                            MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.TARGET_NOT_EMPTY))
                    .hasMessage(
                            file + " exists already: choose another name, or move it away; a restore never overwrites");
        }
        assertThat(file).hasContent("mine");
    }
}
