package io.metawal.connectors.risingwave.backuptarget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.util.JsonFormat;
import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.backup.BackupImport;
import io.metawal.connectors.risingwave.backup.Backups;
import io.metawal.connectors.risingwave.backup.SnapshotColumns;
import io.metawal.connectors.risingwave.backup.StoreModel;
import io.metawal.connectors.risingwave.backuptarget.BackupTargetOptions.MetaNodeAlive;
import io.metawal.connectors.risingwave.files.ObjectIds;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.snapshot.PlainSnapshot;
import io.metawal.connectors.risingwave.snapshot.RandomSnapshot;
import io.metawal.connectors.risingwave.snapshot.Section;
import io.metawal.connectors.risingwave.snapshot.SnapshotLayout;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.BusyException;
import io.metawal.metadata.fault.DiskFullException;
import io.metawal.metadata.fault.GapException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.fault.UnknownOutcomeException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStore;
import io.metawal.testkit.seed.Seeded;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Images become snapshots that a second reader reads, and that lead to the same image again. */
class BackupTargetTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final RestorePoint POINT = new RestorePoint("prod", Provenance.START);

    @TempDir
    private Path scratch;

    private final Backups backups = new Backups();

    private BackupTarget target(ObjectStore store, @Nullable String version) {
        RwVersion asked = version == null ? null : RwVersion.parse(version);
        return new BackupTarget(store, Optional::empty, new BackupTargetOptions(asked, MetaNodeAlive.REFUSE, scratch));
    }

    private RestoreReport restore(List<Entry> image, @Nullable String version) {
        try (BackupTarget target = target(backups.store, version)) {
            target.prepare(POINT);
            image.forEach(target::write);
            return target.publish();
        }
    }

    /** An image of a random snapshot, whose generator of snapshots' ids is far ahead. */
    private List<Entry> image(long seed, SnapshotLayout layout) throws InterruptedException {
        PlainSnapshot made = new RandomSnapshot(Seeded.random(seed), layout).make(1);
        if (layout.formatVersion() == 1) {
            made.sections.set(0, List.of(wrapped("backup_id_next_generator".getBytes(StandardCharsets.UTF_8))));
            made.sections.set(1, List.of(wrapped(new byte[] {0, 0, 0, 0, 0, 0, 3, (byte) 0xe9})));
        } else {
            made.sections.set(
                    place(layout, "hummock_sequence"),
                    List.of("{\"name\":\"meta_backup\",\"seq\":1001}".getBytes(StandardCharsets.UTF_8)));
        }
        Backups source = new Backups();
        source.add(made, layout);
        return imported(source.store);
    }

    private static byte[] wrapped(byte[] bytes) {
        return BytesValue.of(ByteString.copyFrom(bytes)).toByteArray();
    }

    private static int place(SnapshotLayout layout, String section) {
        return layout.sections().stream().map(Section::name).toList().indexOf(section);
    }

    private List<Entry> imported(ObjectStore store) throws InterruptedException {
        FoldingSink sink = new FoldingSink();
        new BackupImport(store, scratch).run(ByteString.EMPTY, sink);
        return Backups.entries(sink.image());
    }

    @ParameterizedTest
    @EnumSource
    void whatComesBackIsTheImage(SnapshotLayout layout) throws Exception {
        for (int seed = 0; seed < Seeded.scaled(3); seed++) {
            Backups fresh = new Backups();
            List<Entry> image = image(seed, layout);
            try (BackupTarget target = target(fresh.store, layout.from().toString())) {
                target.prepare(POINT);
                image.forEach(target::write);
                RestoreReport report = target.publish();
                assertThat(report.skipped()).isZero();
                assertThat(report.notes().get(0)).startsWith("made ").contains("--meta-snapshot-id ");
            }
            // The snapshot took the id that the generator would have given next.
            List<Entry> expected = image.stream().map(BackupTargetTest::raised).toList();
            assertThat(shown(imported(fresh.store))).containsExactlyElementsOf(shown(expected));
        }
    }

    private static Entry raised(Entry entry) {
        return Counters.isBackupId(entry.entryKey())
                ? Counters.set(entry.entryKey().space().equals(RwSpaces.ID_DEFAULT) ? 1 : 2, entry, 1002)
                : entry;
    }

    private static List<String> shown(List<Entry> entries) {
        return entries.stream()
                .map(entry ->
                        entry.entryKey().space() + " " + entry.entryKey().key().toStringUtf8() + " " + Digest.of(entry))
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void aSecondReaderSeesTheSameRows(SnapshotLayout layout) throws Exception {
        PlainSnapshot made = new RandomSnapshot(Seeded.random(42), layout).make(1);
        Backups source = new Backups();
        source.add(made, layout);
        restore(imported(source.store), layout.from().toString());
        byte[] bytes = backups.store.read(new ObjectKey("1.snapshot"));
        PlainSnapshot found = PlainSnapshot.parse(bytes, layout.sections().size());
        assertThat(found.id).isEqualTo(1);
        assertThat(found.version).isEqualTo(layout.formatVersion());
        for (int n = 0; n < layout.sections().size(); n++) {
            Section section = layout.sections().get(n);
            switch (section.kind()) {
                case VERSION ->
                    assertThat(version(found.sections.get(n).get(0), layout))
                            .isEqualTo(version(made.sections.get(n).get(0), layout));
                case DEFAULT_KEYS, DEFAULT_VALUES ->
                    assertThat(found.sections.get(n))
                            .hasSize(made.sections.get(n).size() + 1);
                default -> assertSameRows(section, made.sections.get(n), found.sections.get(n));
            }
        }
    }

    private static HummockVersion version(byte[] row, SnapshotLayout layout) throws Exception {
        if (layout.formatVersion() == 1) {
            return HummockVersion.parseFrom(row);
        }
        HummockVersion.Builder version = HummockVersion.newBuilder();
        JsonFormat.parser().merge(new String(row, StandardCharsets.UTF_8), version);
        return version.build();
    }

    private static void assertSameRows(Section section, List<byte[]> made, List<byte[]> found) {
        List<byte[]> wanted = new ArrayList<>(made);
        if (section.name().equals("hummock_sequence")) {
            wanted.add("{\"name\":\"meta_backup\",\"seq\":2}".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(sorted(found)).as(section.name()).isDeepEqualTo(sorted(wanted));
    }

    private static byte[][] sorted(List<byte[]> rows) {
        return rows.stream().sorted(Comparator.comparing(Arrays::toString)).toArray(byte[][]::new);
    }

    @Test
    void theManifestNamesIt() throws Exception {
        backups.add(new PlainSnapshot(2, 5).id, new byte[] {1}, SnapshotLayout.SQL_2_5_2);
        List<Entry> image = image(7, SnapshotLayout.SQL_3_0);
        RestoreReport report = restore(image, "3.0.1");
        assertThat(report.notes().get(0)).startsWith("made 1001.snapshot");
        JsonNode manifest = backups.manifest();
        assertThat(manifest.path("manifest_id").asInt()).isEqualTo(2);
        assertThat(manifest.path("snapshot_metadata")).hasSize(2);
        JsonNode entry = manifest.path("snapshot_metadata").get(1);
        assertThat(entry.path("id").asInt()).isEqualTo(1001);
        assertThat(entry.path("rw_version").asText()).isEqualTo("3.0.1");
        assertThat(entry.path("format_version").asInt()).isEqualTo(2);
        assertThat(entry.path("remarks").asText()).isEqualTo("metawal: prod 1@seq:0");
        PlainSnapshot made = PlainSnapshot.parse(
                backups.store.read(new ObjectKey("1001.snapshot")),
                SnapshotLayout.SQL_3_0.sections().size());
        ObjectIds ids = new ObjectIds();
        ids.addAll(version(made.sections.get(1).get(0), SnapshotLayout.SQL_3_0));
        List<String> expected =
                Arrays.stream(ids.sorted()).mapToObj(Long::toUnsignedString).toList();
        List<String> named = new ArrayList<>();
        entry.path("ssts").forEach(id -> named.add(id.asText()));
        assertThat(named).containsExactlyElementsOf(expected);
    }

    @Test
    void objectsOfTheTableOfChangeLogsAreNamedToo() throws Exception {
        List<Entry> image = new ArrayList<>(image(7, SnapshotLayout.SQL_3_0));
        image.removeIf(entry -> entry.entryKey().space().name().equals("hummock.sql_hummock_table_change_log"));
        image.add(new Entry(
                EntryKey.of("hummock.sql_hummock_table_change_log", "1/2"),
                ByteString.copyFromUtf8("{\"table_id\":1,\"checkpoint_epoch\":2,\"new_value_sst\":[10,3,8,177,54],"
                        + "\"old_value_sst\":[10,3,8,178,54,10,0]}"),
                ByteString.EMPTY));
        restore(image, null);
        String ssts =
                backups.manifest().path("snapshot_metadata").get(0).path("ssts").toString();
        assertThat(ssts).contains("6961").contains("6962");
    }

    @Test
    void theNextFreeId() throws Exception {
        List<Entry> image = image(3, SnapshotLayout.SQL_2_5_2);
        backups.store.create(new ObjectKey("2000.snapshot"), ObjectBody.of(new byte[] {1}));
        RestoreReport report = restore(image, null);
        assertThat(report.notes().get(0)).startsWith("made 2001.snapshot");
        assertThat(report.notes()).anyMatch(note -> note.startsWith("the generator of snapshots' ids was set to 2002"));
        PlainSnapshot made = PlainSnapshot.parse(backups.store.read(new ObjectKey("2001.snapshot")), 34);
        assertThat(new String(made.sections.get(27).get(0), StandardCharsets.UTF_8))
                .isEqualTo("{\"name\":\"meta_backup\",\"seq\":2002}");
    }

    @Test
    void aLivingMetaNodeIsRefused() {
        try (BackupTarget target = new BackupTarget(
                backups.store,
                () -> Optional.of("meta-1:5690"),
                new BackupTargetOptions(null, MetaNodeAlive.REFUSE, scratch))) {
            assertThatThrownBy(() -> target.prepare(POINT))
                    .isInstanceOf(BusyException.class)
                    .hasMessageContaining("meta-1:5690")
                    .hasMessageContaining("--even-if-alive");
        }
        try (BackupTarget target = new BackupTarget(
                backups.store,
                () -> Optional.of("meta-1:5690"),
                new BackupTargetOptions(null, MetaNodeAlive.GO_ON, scratch))) {
            target.prepare(POINT);
        }
    }

    @Test
    void aVersionThatIsNotKnownIsAGap() {
        try (BackupTarget target = target(backups.store, null)) {
            target.prepare(POINT);
            Entry delta = new Entry(
                    new EntryKey(RwSpaces.UNAPPLIED, ByteString.copyFromUtf8("77")),
                    ByteString.EMPTY,
                    ByteString.EMPTY);
            assertThatThrownBy(() -> target.write(delta))
                    .isInstanceOf(GapException.class)
                    .hasMessageContaining("delta 77 did not fit");
        }
    }

    @Test
    void anotherVersionThanThatCaptured() throws Exception {
        List<Entry> sql = image(1, SnapshotLayout.SQL_2_5_2);
        assertThatThrownBy(() -> restore(sql, "2.8.0"))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("captured from RisingWave 2.5.2");
        assertThatThrownBy(() -> restore(sql, "1.0.0")).isInstanceOf(UnsupportedFormatException.class);
        List<Entry> etcd = image(1, SnapshotLayout.ETCD_1_0);
        assertThatThrownBy(() -> restore(etcd, "2.1.0"))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("v2.0 was the last");
        List<Entry> secrets = new ArrayList<>(etcd);
        secrets.add(new Entry(EntryKey.of("catalog.secret", "1"), ByteString.EMPTY, ByteString.EMPTY));
        assertThatThrownBy(() -> restore(secrets, "1.8.0"))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("no section for catalog.secret, of which the image has 1 entries");
        assertThat(backups.manifest().path("snapshot_metadata")).isEmpty();
    }

    @Test
    void anImageOfSomethingElse() {
        List<Entry> image = List.of(new Entry(EntryKey.of("kv", "a"), ByteString.EMPTY, ByteString.EMPTY));
        assertThatThrownBy(() -> restore(image, null))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("not of a RisingWave meta store");
    }

    @Test
    void whatHasNoPlaceIsCountedAndSaid() throws Exception {
        List<Entry> image = new ArrayList<>(image(1, SnapshotLayout.ETCD_1_10));
        image.add(new Entry(EntryKey.of("kv", "a"), ByteString.EMPTY, ByteString.EMPTY));
        image.add(new Entry(EntryKey.of("ephemeral.worker", "h:1"), ByteString.EMPTY, ByteString.EMPTY));
        image.add(new Entry(EntryKey.of("hummock.delta", "last"), ByteString.EMPTY, ByteString.EMPTY));
        RestoreReport report = restore(image, null);
        assertThat(report.skipped()).isEqualTo(1);
        assertThat(report.notes())
                .anyMatch(note -> note.startsWith("left out 1 entries of kv"))
                .anyMatch(note -> note.startsWith("1 entries of ephemeral.worker are no part"));
    }

    @Test
    void largerKnownIdsAreSaid() throws Exception {
        List<Entry> image = new ArrayList<>(image(1, SnapshotLayout.SQL_2_5_2));
        image.removeIf(entry -> entry.entryKey().space().equals(RwSpaces.ID_AUTO_INCREMENT));
        image.add(new Entry(
                new EntryKey(RwSpaces.ID_AUTO_INCREMENT, ByteString.copyFromUtf8("object")),
                ByteString.copyFromUtf8("999999"),
                ByteString.EMPTY));
        assertThat(restore(image, null).notes())
                .anyMatch(note -> note.contains("ids of object") && note.contains("999999"));
    }

    @Test
    void nothingIsNamedWhereTheStoreLies() throws Exception {
        List<Entry> image = image(1, SnapshotLayout.SQL_2_5_2);
        Lying lying = new Lying(backups.store);
        try (BackupTarget target = target(lying, null)) {
            target.prepare(POINT);
            image.forEach(target::write);
            assertThatThrownBy(target::publish)
                    .isInstanceOf(MismatchException.class)
                    .hasMessageContaining("1001.snapshot in memory: is not what was written to it");
        }
        assertThat(backups.manifest().path("snapshot_metadata")).isEmpty();
        assertThat(snapshots()).isEmpty();
    }

    private List<String> snapshots() {
        return backups.store.list("", "", 100).stream()
                .map(stat -> stat.key().value())
                .filter(key -> key.endsWith(".snapshot"))
                .toList();
    }

    /** What no manifest names is deleted again; what one may name stays. */
    @Test
    void whatIsNotNamedDoesNotStay() throws Exception {
        List<Entry> image = image(1, SnapshotLayout.SQL_2_5_2);
        try (BackupTarget target = target(backups.store, null)) {
            target.prepare(POINT);
            image.forEach(target::write);
            assertThatThrownBy(() -> target.publish(() -> {
                        throw new IllegalStateException("no timeline could be made");
                    }))
                    .isInstanceOf(IllegalStateException.class);
        }
        assertThat(snapshots()).isEmpty();
        try (BackupTarget target = target(new Unanswering(backups.store), null)) {
            target.prepare(POINT);
            image.forEach(target::write);
            assertThatThrownBy(target::publish)
                    .isInstanceOf(UnknownOutcomeException.class)
                    .hasMessageContaining("whether the snapshot counts is not known");
        }
        assertThat(snapshots()).containsExactly("1001.snapshot");
        assertThat(backups.manifest().path("snapshot_metadata")).hasSize(1);
    }

    @Test
    void aPlanRefusesASnapshotThatThereIsNoRoomFor() throws Exception {
        List<Entry> image = image(1, SnapshotLayout.SQL_2_5_2);
        try (BackupTarget target = target(new MemoryObjectStore(InstantSource.fixed(Instant.EPOCH), 100), null)) {
            target.check(POINT);
            image.forEach(target::examine);
            assertThatThrownBy(target::ready)
                    .isInstanceOf(DiskFullException.class)
                    .hasMessageContaining("and there are 100 left");
        }
    }

    @Test
    void leavesNoTemporaryFiles() throws Exception {
        restore(image(1, SnapshotLayout.SQL_2_5_2), null);
        try (Stream<Path> left = Files.list(scratch)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void theColumnsOfTheStockView() throws Exception {
        SnapshotColumns columns = new SnapshotColumns();
        columns.add(new Entry(
                EntryKey.of("hummock.version", "current"),
                HummockVersion.newBuilder()
                        .setId(9)
                        .setMaxCommittedEpoch(5424073932800000L)
                        .build()
                        .toByteString(),
                ByteString.EMPTY));
        assertThat(columns.columns(4L, "r", null))
                .containsEntry("meta_snapshot_id", "4")
                .containsEntry("hummock_version_id", "9")
                .containsEntry("max_committed_epoch_ts", "2023-11-14T22:13:20.000000Z")
                .containsEntry("safe_epoch_ts", "");
        columns.add(new Entry(
                EntryKey.of("hummock.table", "7"),
                io.metawal.connectors.risingwave.proto.StateTableInfo.newBuilder()
                        .setCommittedEpoch(5)
                        .setCompactionGroupId(2)
                        .build()
                        .toByteString(),
                ByteString.EMPTY));
        columns.add(new StoreModel(2, new RwVersion(2, 6, 3)).entry());
        assertThat(columns.columns(null, "r", null).keySet())
                .containsExactly("meta_snapshot_id", "hummock_version_id", "remarks", "state_table_info", "rw_version");
        assertThat(JSON.readTree(columns.columns(null, "r", null).get("state_table_info"))
                        .toString())
                .isEqualTo("{\"7\":{\"committed_epoch\":5,\"compaction_group_id\":2}}");
        assertThat(columns.committedEpoch(7)).isEqualTo(5);
    }
}
