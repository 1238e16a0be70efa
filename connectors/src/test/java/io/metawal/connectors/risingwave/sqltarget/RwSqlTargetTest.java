package io.metawal.connectors.risingwave.sqltarget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.RwPlaces;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.risingwave.files.HummockParameters;
import io.metawal.connectors.risingwave.files.RwFiles;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.simulated.sql.SqlLevel;
import io.metawal.connectors.risingwave.sql.RowsToSnapshot;
import io.metawal.connectors.risingwave.sql.RwSqlStore;
import io.metawal.connectors.sql.jdbc.JdbcDialect;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.RowCodec;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.TableEntries;
import io.metawal.connectors.sql.target.SqlTargetOptions;
import io.metawal.connectors.sql.target.Stage;
import io.metawal.connectors.sql.target.TestDatabases;
import io.metawal.metadata.commit.Chain;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("server")
final class RwSqlTargetTest {
    private static final TestDatabases DATABASES = new TestDatabases();
    private static final RestorePoint POINT =
            new RestorePoint("c1", new Provenance(1, 7, 0, 0, Chain.GENESIS, new Digest(1, 2, 3)));
    private static final RwPlaces ELSEWHERE = new RwPlaces("hummock+s3://other", null, null, null);

    private final List<String> files = new ArrayList<>();

    @AfterAll
    static void stop() {
        DATABASES.close();
    }

    private final class Recorded implements RwFiles {
        private final SqlUrl url;

        Recorded(SqlUrl url) {
            this.url = url;
        }

        @Override
        public void check(HummockVersion version, HummockParameters parameters) {
            files.add("check " + version.getId() + " in " + parameters.stateStore() + " " + parameters.dataDirectory());
        }

        @Override
        public void checkpoint(HummockVersion version, HummockParameters parameters) {
            files.add("checkpoint " + version.getId() + " with "
                    + Objects.requireNonNull(TestDatabases.rows(url).get("object"))
                            .size() + " objects to be seen");
        }
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

    private RestoreReport restore(List<Entry> entries, SqlUrl url, SqlTargetOptions.Schema schema, Stage.Watch watch) {
        SqlTargetOptions options =
                new SqlTargetOptions(schema, DATABASES.directory().resolve("scratch"));
        try (RwSqlTarget target = new RwSqlTarget(url, options, ELSEWHERE, new Recorded(url), watch)) {
            target.prepare(POINT);
            entries.stream().sorted(Comparator.comparing(Entry::entryKey)).forEach(target::write);
            return target.publish();
        }
    }

    private static void compare(FilledStore source, SqlUrl url) {
        Map<String, List<SqlRow>> before = TestDatabases.rows(source.url);
        Map<String, List<SqlRow>> after = TestDatabases.rows(url);
        assertThat(after.keySet()).isEqualTo(before.keySet());
        Set<String> models = Set.copyOf(
                java.util.Arrays.stream(SqlModel.values()).map(SqlModel::table).toList());
        after.forEach((table, rows) -> {
            if (table.equals("system_parameter")) {
                assertThat(rows)
                        .filteredOn(row -> "state_store".equals(row.value("name")))
                        .extracting(row -> row.value("value"))
                        .containsExactly("hummock+s3://other");
                assertThat(rows).hasSize(5);
            } else if (models.contains(table)) {
                assertThat(rows).as(table).isEqualTo(before.get(table));
            } else if (!table.equals("hummock_version_delta")) {
                assertThat(rows).as(table).isEmpty();
            }
        });
    }

    @Test
    void tablesThatAreNotRisingWavesAndSuchAsWereLeftOutDoNotStandInTheWay() throws SQLException {
        SqlUrl url = DATABASES.fresh(SqlEngine.SQLITE);
        FilledStore source = new FilledStore(url, SqlLevel.V2_6);
        TestDatabases.run(
                url, "CREATE TABLE notes (id integer PRIMARY KEY, said text)", "INSERT INTO notes VALUES (1, 'mine')");
        List<Entry> entries = source.entries();
        assertThat(entries.removeIf(entry -> entry.entryKey().toString().contains("hummock_sstable_info")))
                .isTrue();
        SqlUrl there = DATABASES.fresh(SqlEngine.SQLITE);
        FilledStore.makeEmpty(there, SqlLevel.V2_6);
        RestoreReport report = restore(entries, there, SqlTargetOptions.Schema.EXISTING, Stage.Watch.NONE);
        assertThat(report.notes())
                .contains("the table notes, which is not the program's own, is not there: its 1 row was left out");
        assertThat(TestDatabases.rows(there).get("object"))
                .isEqualTo(TestDatabases.rows(url).get("object"));
        List<Entry> lacking = source.entries();
        lacking.removeIf(entry -> entry.entryKey().toString().contains("main/fragment"));
        SqlUrl refused = DATABASES.fresh(SqlEngine.SQLITE);
        FilledStore.makeEmpty(refused, SqlLevel.V2_6);
        assertThatThrownBy(() -> restore(lacking, refused, SqlTargetOptions.Schema.EXISTING, Stage.Watch.NONE))
                .hasMessageContaining("table fragment is there, and was not captured");
    }

    @ParameterizedTest
    @EnumSource(
            value = SqlEngine.class,
            names = {"POSTGRESQL", "MARIADB", "MYSQL", "SQLITE"})
    void everyLevelComesBack(SqlEngine engine) throws SQLException {
        // MySQL makes tables slowly.
        for (SqlLevel level : engine == SqlEngine.MYSQL ? List.of(SqlLevel.V2_6) : List.of(SqlLevel.values())) {
            files.clear();
            FilledStore source = new FilledStore(DATABASES.fresh(engine), level);
            SqlUrl made = DATABASES.fresh(engine);
            RestoreReport report = restore(source.entries(), made, SqlTargetOptions.Schema.CREATE, Stage.Watch.NONE);
            compare(source, made);
            assertThat(files)
                    .containsExactly(
                            "check 77 in hummock+s3://other text '\\ 2", "checkpoint 77 with 5 objects to be seen");
            assertThat(report.notes())
                    .contains(
                            "Hummock version 77 stands in the checkpoint in text '\\ 2; deltas that it covers were left out",
                            "two clusters must not run on the same SST files: stop the old one before this one starts");
            SqlUrl there = DATABASES.fresh(engine);
            FilledStore.makeEmpty(there, level);
            TestDatabases.run(there, "UPDATE seaql_migrations SET applied_at = 5");
            List<Entry> entries = source.entries();
            entries.add(FilledStore.unapplied(78));
            restore(entries, there, SqlTargetOptions.Schema.EXISTING, Stage.Watch.NONE);
            compare(source, there);
            assertThat(TestDatabases.rows(there).get("hummock_version_delta"))
                    .hasSize(1)
                    .allSatisfy(row -> assertThat(row.value("prev_id")).isEqualTo(77L));
            try (Connection connection = TestDatabases.open(there)) {
                assertThat(JdbcDialect.of(engine).counterNext(connection, TestDatabases.table(there, "object")))
                        .isEqualTo(OptionalLong.of(1000));
                assertThat(JdbcDialect.of(engine).counterNext(connection, TestDatabases.table(there, "user")))
                        .isEqualTo(OptionalLong.of(5));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Stage.class,
            names = {"TABLE_WRITTEN", "READ_BACK", "COMMITTED", "LAST_STEP_DONE"})
    void theSameRestoreGoesOn(Stage stage) throws SQLException {
        FilledStore source = new FilledStore(DATABASES.fresh(SqlEngine.POSTGRESQL), SqlLevel.V2_6);
        SqlUrl url = DATABASES.fresh(SqlEngine.POSTGRESQL);
        List<Entry> entries = source.entries();
        assertThatThrownBy(() -> restore(entries, url, SqlTargetOptions.Schema.CREATE, killedAt(stage)))
                .isInstanceOf(Killed.class);
        boolean checkpoint = stage == Stage.LAST_STEP_DONE;
        assertThat(files).hasSize(checkpoint ? 2 : 1);
        restore(entries, url, SqlTargetOptions.Schema.CREATE, Stage.Watch.NONE);
        compare(source, url);
        assertThat(files.get(files.size() - 1)).isEqualTo("checkpoint 77 with 5 objects to be seen");
    }

    @Test
    void anotherKindOfDatabaseTakesTheRows() throws SQLException {
        FilledStore source = new FilledStore(DATABASES.fresh(SqlEngine.POSTGRESQL), SqlLevel.V2_6);
        SqlUrl maria = DATABASES.fresh(SqlEngine.MARIADB);
        FilledStore.makeEmpty(maria, SqlLevel.V2_6);
        RestoreReport report = restore(source.entries(), maria, SqlTargetOptions.Schema.EXISTING, Stage.Watch.NONE);
        assertThat(report.notes())
                .filteredOn(note -> note.startsWith("times of object.created_at were cut to 0 digits of a second: "))
                .hasSize(1);
        for (String table : List.of("object", "fragment", "table", "hummock_sequence", "worker_property", "user")) {
            assertThat(toTheSecond(maria, table)).as(table).isEqualTo(toTheSecond(source.url, table));
        }
    }

    private static List<String> toTheSecond(SqlUrl url, String table) {
        return Objects.requireNonNull(TestDatabases.rows(url).get(table)).stream()
                .map(row -> RowCodec.encode(row).toStringUtf8().replace("12:00:00.12345", "12:00:00"))
                .toList();
    }

    @Test
    void rowsOfAnImportedSnapshotBecomeRows() throws SQLException {
        FilledStore source = new FilledStore(DATABASES.fresh(SqlEngine.POSTGRESQL), SqlLevel.V2_6);
        List<Entry> imported = new ArrayList<>();
        Set<String> wanted =
                Set.of("seaql_migrations", "system_parameter", "hummock_sequence", "compaction_config", "cluster");
        for (Entry entry : source.entries()) {
            SqlModel model = SqlModel.ofSpace(entry.entryKey().space()).orElse(null);
            if (model != null && wanted.contains(model.table())) {
                SqlTable table = TestDatabases.table(source.url, model.table());
                ByteString json = RowsToSnapshot.row(model, table, RowCodec.decode(entry.value()));
                imported.add(new Entry(entry.entryKey(), json, ByteString.EMPTY));
            } else if (model == null
                    && !entry.entryKey().space().equals(TableEntries.SPACE)
                    && !entry.entryKey().space().name().startsWith("ephemeral")) {
                imported.add(entry);
            }
        }
        imported.removeIf(entry -> entry.entryKey().equals(io.metawal.connectors.risingwave.RwSpaces.STORE));
        imported.add(new RwSqlStore(
                        null, RwSqlStore.Form.SNAPSHOT, "", io.metawal.connectors.risingwave.RwVersion.parse("2.6.0"))
                .entry());
        SqlUrl url = DATABASES.fresh(SqlEngine.POSTGRESQL);
        assertThatThrownBy(() -> restore(imported, url, SqlTargetOptions.Schema.CREATE, Stage.Watch.NONE))
                .isInstanceOf(UsageException.class)
                .hasMessage(
                        "the image does not say what its tables look like, so --create-schema cannot make them: make them"
                                + " first, with the migrations of RisingWave, and restore without it");
        FilledStore.makeEmpty(url, SqlLevel.V2_6);
        restore(imported, url, SqlTargetOptions.Schema.EXISTING, Stage.Watch.NONE);
        for (String table : wanted) {
            if (!table.equals("system_parameter")) {
                assertThat(TestDatabases.rows(url).get(table))
                        .as(table)
                        .isEqualTo(TestDatabases.rows(source.url).get(table));
            }
        }
    }

    @Test
    void whatDoesNotFitIsNamed() throws SQLException {
        FilledStore source = new FilledStore(DATABASES.fresh(SqlEngine.SQLITE), SqlLevel.V2_6);
        SqlUrl older = DATABASES.fresh(SqlEngine.SQLITE);
        FilledStore.makeEmpty(older, SqlLevel.V2_1);
        List<Entry> entries = source.entries();
        assertThatThrownBy(() -> restore(entries, older, SqlTargetOptions.Schema.EXISTING, Stage.Watch.NONE))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("does not have the tables that were captured: ")
                .hasMessageContaining("table fragment_relation is missing");
        SqlUrl lacking = DATABASES.fresh(SqlEngine.SQLITE);
        FilledStore.makeEmpty(lacking, SqlLevel.V2_6);
        TestDatabases.run(
                lacking,
                "DELETE FROM seaql_migrations WHERE version LIKE 'm20230908%'",
                "INSERT INTO seaql_migrations VALUES ('m2099', 1)");
        assertThatThrownBy(() -> restore(entries, lacking, SqlTargetOptions.Schema.EXISTING, Stage.Watch.NONE))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessage(lacking
                        + " is of another migration level: seaql_migrations lacks [m20230908_072257_init], and has"
                        + " [m2099] that were not captured. Restore into a store of the same release, or with --create-schema"
                        + " into a database without tables");
        SqlUrl living = DATABASES.fresh(SqlEngine.SQLITE);
        try (Connection connection = TestDatabases.openUnsynced(living)) {
            SqlLevel.V2_6.create(connection, SqlEngine.SQLITE);
        }
        assertThatThrownBy(() -> restore(entries, living, SqlTargetOptions.Schema.EXISTING, Stage.Watch.NONE))
                .isInstanceOfSatisfying(
                        MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.TARGET_NOT_EMPTY))
                .hasMessage(
                        living + " is not empty: the table database has 1 row. Restore into an empty database; a living"
                                + " one is never restored over. Two clusters must not run on the same SST files: stop the old one,"
                                + " and restore into an empty store. Rows that RisingWave's migrations begin with count too: delete"
                                + " them, but for seaql_migrations, or use --create-schema in a database without tables");
        assertThatThrownBy(() -> restore(
                        List.of(new Entry(
                                EntryKey.of("system.store", "layout"),
                                ByteString.copyFromUtf8("{\"model\":\"etcd\"}"),
                                ByteString.EMPTY)),
                        DATABASES.fresh(SqlEngine.SQLITE),
                        SqlTargetOptions.Schema.CREATE,
                        Stage.Watch.NONE))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("what was captured is no RisingWave meta store on SQL");
        assertThat(files)
                .containsExactly(
                        "check 77 in hummock+s3://other text '\\ 2", "check 77 in hummock+s3://other text '\\ 2");
    }
}
