package io.metawal.connectors.risingwave.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.risingwave.backup.BackupImport;
import io.metawal.connectors.risingwave.backup.Backups;
import io.metawal.connectors.risingwave.backuptarget.BackupTarget;
import io.metawal.connectors.risingwave.backuptarget.BackupTargetOptions;
import io.metawal.connectors.risingwave.backuptarget.BackupTargetOptions.MetaNodeAlive;
import io.metawal.connectors.risingwave.hummock.VersionEntries;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.snapshot.SnapshotLayout;
import io.metawal.connectors.sql.row.RowCodec;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.TableEntries;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.testkit.files.FaultMatrix;
import io.metawal.testkit.seed.Seeded;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Captured rows become a snapshot of RisingWave's own, which is imported, and its rows become captured ones again: the same. */
class SnapshotFormTest {
    private static final List<SqlEngine> ENGINES = List.of(SqlEngine.values());
    private static final RestorePoint POINT = new RestorePoint("prod", Provenance.START);

    @TempDir
    private Path scratch;

    private Backups backups = new Backups();
    private final TreeMap<EntryKey, Entry> image = new TreeMap<>();
    private final List<SqlTable> tables = new ArrayList<>();

    private void put(Entry entry) {
        image.put(entry.entryKey(), entry);
    }

    /** An image with a few rows of every table that the layout holds. */
    private void capture(SnapshotLayout layout, SqlEngine engine, RandomGenerator random) {
        image.clear();
        tables.clear();
        for (SqlModel model : SqlModel.values()) {
            if (layout.holds(model)) {
                rows(model, engine, random);
            }
        }
        HummockVersion version =
                HummockVersion.newBuilder().setId(7).setMaxCommittedEpoch(9).build();
        VersionEntries.split(version, this::put);
        put(new RwSqlStore(engine, RwSqlStore.Form.ROWS, "m_newest", layout.from()).entry());
    }

    private void rows(SqlModel model, SqlEngine engine, RandomGenerator random) {
        SqlTable table = RwTables.of(model, engine);
        tables.add(table);
        put(TableEntries.entry(table));
        int count = model == SqlModel.CLUSTER ? 1 : 1 + random.nextInt(3);
        for (int n = 1; n <= count; n++) {
            SqlRow row = RwTables.random(table, n, random);
            if (model == SqlModel.HUMMOCK_TABLE_CHANGE_LOG) {
                row = row.with("new_value_sst", SnapshotRowsTest.bytes(10, 3, 8, 177, 54))
                        .with("old_value_sst", ByteString.EMPTY);
            }
            put(new Entry(
                    new EntryKey(model.space(), ByteString.copyFromUtf8(row.key(table.primaryKey()))),
                    RowCodec.encode(row),
                    ByteString.EMPTY));
        }
    }

    private RestoreReport restore(@Nullable String version) {
        RwVersion asked = version == null ? null : RwVersion.parse(version);
        try (SnapshotForm target = new SnapshotForm(
                new BackupTarget(
                        backups.store, Optional::empty, new BackupTargetOptions(asked, MetaNodeAlive.REFUSE, scratch)),
                scratch,
                asked)) {
            target.prepare(POINT);
            image.values().forEach(target::write);
            return target.publish();
        }
    }

    /** I4: whichever temporary file changes between the proof and the backup directory, the manifest names no new snapshot. */
    @Test
    void aTemporaryFileThatChangesEndsInExit6() throws Exception {
        capture(
                List.of(SnapshotLayout.values()).get(SnapshotLayout.values().length - 1),
                SqlEngine.POSTGRESQL,
                Seeded.random(5));
        List<String> files = new FaultMatrix(scratch, 3, 12).run(() -> new FaultMatrix.Attempt() {
            private final Backups there = new Backups();

            @Override
            public void restore(Path folder) {
                try (SnapshotForm target = new SnapshotForm(
                        new BackupTarget(
                                there.store,
                                Optional::empty,
                                new BackupTargetOptions(null, MetaNodeAlive.REFUSE, folder)),
                        folder,
                        null,
                        2000)) {
                    target.prepare(POINT);
                    image.values().forEach(target::write);
                    target.publish();
                }
            }

            @Override
            public void assertRestored() throws Exception {
                assertThat(there.manifest().path("snapshot_metadata")).hasSize(1);
                backups = there;
                assertThat(rowsOf(imported())).isEqualTo(rowsOf(image));
            }

            @Override
            public void assertNothingVisible() throws Exception {
                assertThat(there.manifest().path("snapshot_metadata")).isEmpty();
            }
        });
        assertThat(files)
                .anyMatch(file -> file.endsWith(".entries"))
                .anyMatch(file -> file.contains("rows-"))
                .anyMatch(file -> file.endsWith("/version"))
                .anyMatch(file -> file.endsWith("/made"));
    }

    private SortedMap<EntryKey, Entry> imported() throws InterruptedException {
        FoldingSink sink = new FoldingSink();
        new BackupImport(backups.store, scratch).run(ByteString.EMPTY, sink);
        TreeMap<EntryKey, Entry> found = new TreeMap<>();
        List<Entry> entries = Backups.entries(sink.image());
        RwSqlStore store = entries.stream()
                .filter(entry -> entry.entryKey().equals(RwSpaces.STORE))
                .findFirst()
                .flatMap(entry -> RwSqlStore.parse(entry.value()))
                .orElseThrow();
        assertThat(store.captured()).isFalse();
        RowForm form = new RowForm(store, tables);
        entries.stream().map(form::entry).forEach(entry -> found.put(entry.entryKey(), entry));
        return found;
    }

    private static SortedMap<EntryKey, Entry> rowsOf(SortedMap<EntryKey, Entry> image) {
        TreeMap<EntryKey, Entry> rows = new TreeMap<>(image);
        rows.keySet()
                .removeIf(key -> SqlModel.ofSpace(key.space()).isEmpty()
                        || key.equals(EntryKey.of("id.sql_hummock_sequence", "meta_backup")));
        return rows;
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = "SQL_.*")
    void rowsOfEveryLayoutComeBack(SnapshotLayout layout) {
        Seeded.check(4, random -> {
            SqlEngine engine = ENGINES.get(random.nextInt(ENGINES.size()));
            capture(layout, engine, random);
            backups = new Backups();
            RestoreReport report = restore(null);
            assertThat(report.skipped()).isZero();
            assertThat(rowsOf(imported())).containsExactlyEntriesOf(rowsOf(image));
        });
    }

    @Test
    void aLaterReleaseOfTheSameMigrationsMayBeAskedFor() throws InterruptedException {
        capture(SnapshotLayout.SQL_2_7_1, SqlEngine.POSTGRESQL, Seeded.random(3));
        restore("2.7.4");
        assertThat(backups.store.read(new io.metawal.storage.object.ObjectKey("manifest.json")))
                .asString(java.nio.charset.StandardCharsets.UTF_8)
                .contains("\"rw_version\":\"2.7.4\"");
        assertThat(rowsOf(imported())).containsExactlyEntriesOf(rowsOf(image));
    }

    @Test
    void objectsOfChangeLogsAreInTheManifest() {
        capture(SnapshotLayout.SQL_3_0, SqlEngine.POSTGRESQL, Seeded.random(3));
        restore(null);
        assertThat(backups.store.read(new io.metawal.storage.object.ObjectKey("manifest.json")))
                .asString(java.nio.charset.StandardCharsets.UTF_8)
                .contains("\"rw_version\":\"3.0.0\"")
                .contains("\"ssts\":[6961]");
    }

    /** A11: 3.1 has the sections of 3.0, and other columns. */
    @ParameterizedTest
    @ValueSource(strings = {"2.8.0", "3.1.0", "3.2.0"})
    void aReleaseOfOtherMigrationsIsRefused(String asked) {
        capture(SnapshotLayout.SQL_3_0, SqlEngine.POSTGRESQL, Seeded.random(3));
        assertThatThrownBy(() -> restore(asked))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("captured from RisingWave 3.0.0");
    }

    /** A11: what a newer release keeps in its snapshots is not known. */
    @Test
    void aNewerReleaseIsRefused() {
        capture(SnapshotLayout.SQL_3_0, SqlEngine.POSTGRESQL, Seeded.random(3));
        assertThatThrownBy(() -> restore("3.3.0"))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("3.3.0 is newer than the releases");
        SqlRow row = SnapshotRowsTest.row("version", "m20261101_000000_user_roles", "applied_at", 5L);
        put(new Entry(
                EntryKey.of("system.sql_seaql_migrations", "m20261101_000000_user_roles"),
                RowCodec.encode(row),
                ByteString.EMPTY));
        assertThatThrownBy(() -> restore(null))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("newer RisingWave than this metawal knows")
                .hasMessageContaining("m20261101_000000_user_roles");
        assertThatThrownBy(() -> restore("3.0.0")).isInstanceOf(UnsupportedFormatException.class);
    }

    /** A meta node does not start on migrations that it does not have. */
    @Test
    void aReleaseThatLacksAMigrationIsRefused() {
        capture(SnapshotLayout.SQL_3_0, SqlEngine.POSTGRESQL, Seeded.random(3));
        String name = "m20260624_000000_pending_sink_state_object_fk";
        put(new Entry(
                EntryKey.of("system.sql_seaql_migrations", name),
                RowCodec.encode(SnapshotRowsTest.row("version", name, "applied_at", 5L)),
                ByteString.EMPTY));
        assertThatThrownBy(() -> restore("3.0.0"))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("would not start")
                .hasMessageContaining(name);
    }

    /** A14: roles, or whatever a newer release keeps there, would be lost. */
    @Test
    void rowsOfATableThatIsNotKnownRefuseASnapshot() {
        capture(SnapshotLayout.SQL_3_0, SqlEngine.POSTGRESQL, Seeded.random(3));
        put(new Entry(
                EntryKey.of("sql.public.user_role_membership", "1"),
                RowCodec.encode(SnapshotRowsTest.row("id", 1L)),
                ByteString.EMPTY));
        assertThatThrownBy(() -> restore(null))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("sql.public.user_role_membership=1")
                .hasMessageContaining("--exclude-table");
        assertThat(backups.store.read(new io.metawal.storage.object.ObjectKey("manifest.json")))
                .asString(java.nio.charset.StandardCharsets.UTF_8)
                .contains("\"snapshot_metadata\":[]");
    }

    @Test
    void tablesThatTheReleaseDoesNotBackUpAreLeftOutAndNamed() throws InterruptedException {
        capture(SnapshotLayout.SQL_2_5_2, SqlEngine.MARIADB, Seeded.random(3));
        rows(SqlModel.CDC_TABLE_SNAPSHOT_SPLITS, SqlEngine.MARIADB, Seeded.random(4));
        RestoreReport report = restore(null);
        assertThat(report.skipped()).isPositive();
        assertThat(report.notes()).anyMatch(note -> note.contains("rows of cdc_table_snapshot_splits"));
        assertThat(imported().keySet())
                .noneMatch(key -> key.space().equals(SqlModel.CDC_TABLE_SNAPSHOT_SPLITS.space()));
    }

    @Test
    void capturedRowsAreRefusedWhereNobodyConvertsThem() {
        capture(SnapshotLayout.SQL_2_8, SqlEngine.SQLITE, Seeded.random(5));
        try (BackupTarget target = new BackupTarget(
                backups.store, Optional::empty, new BackupTargetOptions(null, MetaNodeAlive.REFUSE, scratch))) {
            target.prepare(POINT);
            assertThatThrownBy(() -> image.values().forEach(target::write))
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining("as they were captured");
        }
    }

    @Test
    void anImportedImagePasses() throws InterruptedException {
        capture(SnapshotLayout.SQL_2_8, SqlEngine.SQLITE, Seeded.random(5));
        restore(null);
        FoldingSink sink = new FoldingSink();
        new BackupImport(backups.store, scratch).run(ByteString.EMPTY, sink);
        image.clear();
        Backups.entries(sink.image()).forEach(this::put);
        restore(null);
        FoldingSink again = new FoldingSink();
        new BackupImport(backups.store, scratch).run(ByteString.EMPTY, again);
        TreeMap<EntryKey, Entry> found = new TreeMap<>();
        Backups.entries(again.image()).forEach(entry -> found.put(entry.entryKey(), entry));
        assertThat(rowsOf(found)).containsExactlyEntriesOf(rowsOf(image));
    }

    @Test
    void aDatabaseWithoutTheTableIsNamed() {
        RowForm form = new RowForm(
                new RwSqlStore(null, RwSqlStore.Form.SNAPSHOT, "", RwVersion.parse("2.6.0")),
                List.of(RwTables.of(SqlModel.SCHEMA, SqlEngine.POSTGRESQL)));
        assertThatThrownBy(() -> form.entry(new Entry(
                        new EntryKey(SqlModel.SECRET.space(), ByteString.copyFromUtf8("1")),
                        ByteString.copyFromUtf8("{}"),
                        ByteString.EMPTY)))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("no such table")
                .hasMessageContaining("secret");
    }
}
