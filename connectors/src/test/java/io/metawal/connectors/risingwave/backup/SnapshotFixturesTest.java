package io.metawal.connectors.risingwave.backup;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.backup.SnapshotFixtures.Stored;
import io.metawal.connectors.risingwave.backuptarget.BackupTarget;
import io.metawal.connectors.risingwave.backuptarget.BackupTargetOptions;
import io.metawal.connectors.risingwave.backuptarget.BackupTargetOptions.MetaNodeAlive;
import io.metawal.connectors.risingwave.files.CheckpointCodec;
import io.metawal.connectors.risingwave.pbjson.JsonMessages;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionCheckpoint;
import io.metawal.connectors.risingwave.snapshot.Manifest;
import io.metawal.connectors.risingwave.snapshot.ManifestEntry;
import io.metawal.connectors.risingwave.snapshot.PlainSnapshot;
import io.metawal.connectors.risingwave.snapshot.Section;
import io.metawal.connectors.risingwave.snapshot.SnapshotFaultException;
import io.metawal.connectors.risingwave.snapshot.SnapshotFile;
import io.metawal.connectors.risingwave.snapshot.SnapshotLayout;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the code of a release of RisingWave wrote is read, written, and read again: the same, row by row. A4. */
class SnapshotFixturesTest {
    @TempDir
    private Path scratch;

    static Stream<Named<Stored>> snapshots() throws IOException {
        return SnapshotFixtures.snapshots().stream();
    }

    static Stream<Named<Path>> checkpoints() throws IOException {
        // Frames of lz4 have a test of their own.
        return SnapshotFixtures.checkpoints().stream()
                .filter(file ->
                        !file.getName().endsWith(".json") && !file.getName().endsWith("lz4"));
    }

    private static MemoryObjectStore store(Stored stored) {
        MemoryObjectStore store = new MemoryObjectStore(InstantSource.fixed(Instant.EPOCH));
        store.replace(new ObjectKey(Manifest.NAME), new Manifest(1, List.of(stored.entry()), List.of()).encode());
        store.replace(new ObjectKey(stored.entry().object()), stored.bytes());
        return store;
    }

    private List<Entry> imported(MemoryObjectStore store) throws InterruptedException {
        FoldingSink sink = new FoldingSink();
        new BackupImport(store, scratch).run(ByteString.EMPTY, sink);
        return Backups.entries(sink.image());
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("snapshots")
    void isReadWrittenAndReadAgain(Stored stored) throws Exception {
        boolean etcd = stored.entry().formatVersion() < 2;
        List<Entry> image = imported(store(stored));
        MemoryObjectStore made = new MemoryObjectStore(InstantSource.fixed(Instant.EPOCH));
        RwVersion release = etcd ? new RwVersion(2, 0, 0) : stored.entry().version();
        try (BackupTarget target = new BackupTarget(
                made, Optional::empty, new BackupTargetOptions(release, MetaNodeAlive.REFUSE, scratch))) {
            target.prepare(new RestorePoint("prod", Provenance.START));
            image.forEach(target::write);
            assertThat(target.publish().skipped()).isZero();
        }
        Manifest manifest = Manifest.parse(made.read(new ObjectKey(Manifest.NAME)), "made");
        ManifestEntry entry = manifest.snapshots().get(0);
        // A vector index refers to objects of its own kinds, which are in the manifest too.
        assertThat(entry.objectIds()).isEqualTo(stored.entry().objectIds());
        assertThat(shown(imported(made))).containsExactlyElementsOf(shown(image));

        byte[] bytes = made.read(new ObjectKey(entry.object()));
        List<Section> sections = sections(stored);
        PlainSnapshot before = PlainSnapshot.parse(stored.bytes(), sections.size());
        PlainSnapshot after = PlainSnapshot.parse(bytes, sections.size());
        for (int n = 0; n < sections.size(); n++) {
            if (sections.get(n).kind() == Section.Kind.VERSION) {
                assertThat(version(after.sections.get(n), etcd)).isEqualTo(version(before.sections.get(n), etcd));
            } else {
                assertThat(rows(after.sections.get(n)))
                        .as(sections.get(n).name())
                        .containsExactlyInAnyOrderElementsOf(rows(before.sections.get(n)));
            }
        }
    }

    /** Given as another release's, it is either of the same sections, or the fault says whose they are. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("snapshots")
    void anotherReleasesFileIsRecognised(Stored stored) throws IOException {
        Path file = scratch.resolve("snapshot");
        Files.write(file, stored.bytes());
        for (String release :
                List.of("2.0.4", "2.3.4", "2.6.3", "2.7.0", "2.7.4", "2.8.5", "3.0.3", "3.2.0", "4.0.0")) {
            try {
                SnapshotFile read = SnapshotFile.open(file, "snapshot", RwVersion.parse(release));
                assertThat(read.layout().sections()).hasSameSizeAs(sections(stored));
            } catch (SnapshotFaultException fault) {
                assertThat(fault.text())
                        .contains("is of RisingWave " + release + " as the manifest says")
                        .contains("it can be read by the [")
                        .contains("(" + sections(stored).size() + " sections)");
            }
        }
    }

    /** The release is not always named: then the layout is found out. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("snapshots")
    void isReadWhereTheReleaseIsNotNamed(Stored stored) throws IOException {
        Path file = scratch.resolve("snapshot");
        Files.write(file, stored.bytes());
        assertThat(SnapshotFile.open(file, "snapshot", null).layout().sections())
                .hasSameSizeAs(sections(stored));
    }

    private static List<Section> sections(Stored stored) {
        RwVersion version = stored.entry().version();
        return version == null || stored.entry().formatVersion() < 2
                ? SnapshotLayout.ETCD_1_10.sections()
                : SnapshotLayout.of(2, version).sections();
    }

    /** All but the generator of snapshots' ids, which is one further. */
    private static List<String> rows(List<byte[]> rows) {
        return rows.stream()
                .map(row -> new String(row, StandardCharsets.ISO_8859_1))
                .filter(row -> !row.contains("meta_backup") && !row.contains("backup_id_next_generator"))
                .filter(row -> row.length() != 10 || row.charAt(0) != '\n' || row.charAt(1) != 8)
                .toList();
    }

    /** The message that the JSON encodes, or a message and the change logs beside it by table. */
    private static Object version(List<byte[]> items, boolean etcd) throws IOException {
        if (!etcd && items.get(0).length > 0 && items.get(0)[0] == '{') {
            assertThat(items).hasSize(1);
            HummockVersion.Builder version = HummockVersion.newBuilder();
            JsonMessages.read(new ByteArrayInputStream(items.get(0)), version);
            return version.build();
        }
        TreeMap<String, Object> parts = new TreeMap<>();
        parts.put("version", HummockVersion.parseFrom(items.get(0)));
        for (byte[] item : items.subList(1, items.size())) {
            String table = new String(item, 0, 4, StandardCharsets.ISO_8859_1);
            parts.put(
                    "log " + table,
                    io.metawal.connectors.risingwave.proto.TableChangeLog.parseFrom(
                            ByteString.copyFrom(item, 4, item.length - 4)));
        }
        return parts;
    }

    private static List<String> shown(List<Entry> entries) {
        List<String> shown = new ArrayList<>();
        for (Entry entry : entries) {
            String key = entry.entryKey().space() + " " + entry.entryKey().key().toStringUtf8();
            if (!key.endsWith(" meta_backup") && !key.endsWith(" backup_id_next_generator")) {
                shown.add(key + " " + Digest.of(entry));
            }
        }
        return shown;
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("checkpoints")
    void aCheckpointIsReadWrittenAndReadAgain(Path file) throws IOException {
        HummockVersionCheckpoint read = CheckpointCodec.decode(Files.readAllBytes(file), file.toString());
        String plain = file.toString().replaceFirst("\\.[a-z0-9-]+$", ".plain");
        assertThat(read).isEqualTo(CheckpointCodec.decode(Files.readAllBytes(Path.of(plain)), plain));
        for (String release : List.of("2.6.3", "2.8.5", "3.0.3", "3.2.0")) {
            byte[] written = CheckpointCodec.encode(read, RwVersion.parse(release));
            assertThat(CheckpointCodec.decode(written, release)).isEqualTo(read);
        }
    }
}
