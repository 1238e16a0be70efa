package io.metawal.connectors.risingwave.backuptarget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.connectors.file.Scratch;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.backup.BackupImport;
import io.metawal.connectors.risingwave.backup.Backups;
import io.metawal.connectors.risingwave.backup.StoreModel;
import io.metawal.connectors.risingwave.backuptarget.BackupTargetOptions.MetaNodeAlive;
import io.metawal.connectors.risingwave.hummock.RandomVersion;
import io.metawal.connectors.risingwave.hummock.VersionAssembler;
import io.metawal.connectors.risingwave.hummock.VersionEntries;
import io.metawal.connectors.risingwave.pbjson.JsonMessages;
import io.metawal.connectors.risingwave.proto.EpochNewChangeLog;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import io.metawal.connectors.risingwave.proto.TableChangeLog;
import io.metawal.connectors.risingwave.snapshot.PlainSnapshot;
import io.metawal.connectors.risingwave.snapshot.SnapshotBytes;
import io.metawal.connectors.risingwave.snapshot.SnapshotFaultException;
import io.metawal.connectors.risingwave.snapshot.SnapshotFile;
import io.metawal.connectors.risingwave.snapshot.SnapshotLayout;
import io.metawal.connectors.risingwave.snapshot.VersionForm;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.storage.object.ObjectKey;
import io.metawal.testkit.seed.Seeded;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A4: builds of v2.8 hold the Hummock version in one form or the other; which one is written follows who will read it. */
class VersionFormTest {
    private static final RwVersion V2_8_5 = new RwVersion(2, 8, 5);
    private static final HummockVersion VERSION = HummockVersion.newBuilder()
            .setId(9)
            .putTableChangeLogs(4, log(5, 61))
            .putTableChangeLogs(3, log(7, 62))
            .build();

    @TempDir
    private Path scratch;

    private final Backups backups = new Backups();

    private static TableChangeLog log(long epoch, long object) {
        return TableChangeLog.newBuilder()
                .addChangeLogs(EpochNewChangeLog.newBuilder()
                        .addEpochs(epoch)
                        .addNewValue(
                                SstableInfo.newBuilder().setObjectId(object).setSstId(object)))
                .build();
    }

    private static PlainSnapshot snapshot(long id, SnapshotLayout layout, byte[]... version) {
        PlainSnapshot snapshot = new PlainSnapshot(2, id);
        layout.sections().forEach(section -> snapshot.sections.add(new ArrayList<>()));
        snapshot.sections.set(1, List.of(version));
        return snapshot;
    }

    private static byte[] json(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<Entry> image(StoreModel store, String... migrations) {
        List<Entry> image = new ArrayList<>();
        VersionEntries.split(VERSION, image::add);
        image.add(store.entry());
        for (String migration : migrations) {
            image.add(new Entry(
                    EntryKey.of("system.sql_seaql_migrations", migration),
                    ByteString.copyFromUtf8("{\"version\":\"" + migration + "\",\"applied_at\":1}"),
                    ByteString.EMPTY));
        }
        return image;
    }

    private RestoreReport restore(List<Entry> image, @Nullable VersionForm asked) {
        try (BackupTarget target = new BackupTarget(
                backups.store,
                Optional::empty,
                new BackupTargetOptions(V2_8_5, asked, MetaNodeAlive.REFUSE, scratch))) {
            target.prepare(new RestorePoint("prod", Provenance.START));
            image.forEach(target::write);
            return target.publish();
        }
    }

    private List<byte[]> made(RestoreReport report) {
        String object = report.notes().get(0).replaceFirst("made ", "").replaceFirst(":.*", "");
        int sections = SnapshotLayout.SQL_2_8.sections().size();
        return PlainSnapshot.parse(backups.store.read(new ObjectKey(object)), sections)
                .sections
                .get(1);
    }

    private static void assertProtobuf(List<byte[]> items) throws Exception {
        assertThat(items).hasSize(3);
        assertThat(HummockVersion.parseFrom(items.get(0)))
                .isEqualTo(VERSION.toBuilder().clearTableChangeLogs().build());
        // By ascending table: a little-endian id, then the message.
        assertThat(items.get(1)).startsWith(3, 0, 0, 0);
        assertThat(TableChangeLog.parseFrom(ByteString.copyFrom(items.get(1)).substring(4)))
                .isEqualTo(log(7, 62));
        assertThat(items.get(2)).startsWith(4, 0, 0, 0);
    }

    @Test
    void anOptionDecides() throws Exception {
        assertProtobuf(made(restore(image(new StoreModel(2, V2_8_5)), VersionForm.PROTOBUF)));
        RestoreReport report = restore(image(new StoreModel(2, V2_8_5, VersionForm.PROTOBUF)), VersionForm.JSON);
        assertThat(made(report))
                .singleElement()
                .satisfies(item -> assertThat(item).startsWith('{'));
        assertThat(report.notes()).anyMatch(note -> note.contains("--version-form chooses the other"));
        List<Entry> other = image(new StoreModel(2, new RwVersion(2, 6, 3)));
        try (BackupTarget target = new BackupTarget(
                backups.store,
                Optional::empty,
                new BackupTargetOptions(null, VersionForm.PROTOBUF, MetaNodeAlive.REFUSE, scratch))) {
            other.forEach(target::examine);
            assertThatThrownBy(target::ready)
                    .isInstanceOf(UnsupportedFormatException.class)
                    .hasMessageContaining("leave --version-form out");
        }
    }

    @Test
    void elseTheNewestSnapshotThere() throws Exception {
        backups.add(1, snapshot(1, SnapshotLayout.SQL_2_8, json("{}")).bytes(), SnapshotLayout.SQL_2_8);
        byte[] protobuf = HummockVersion.newBuilder().setId(3).build().toByteArray();
        backups.add(2, snapshot(2, SnapshotLayout.SQL_2_8, protobuf).bytes(), SnapshotLayout.SQL_2_8);
        assertProtobuf(made(restore(image(new StoreModel(2, V2_8_5, VersionForm.JSON)), null)));
        backups.add(30, snapshot(30, SnapshotLayout.SQL_2_8, json("{}")).bytes(), SnapshotLayout.SQL_2_8);
        assertThat(made(restore(image(new StoreModel(2, V2_8_5, VersionForm.PROTOBUF)), null)))
                .hasSize(1);
    }

    @Test
    void elseTheImageAndItsMigrations() throws Exception {
        assertProtobuf(made(restore(image(new StoreModel(2, V2_8_5, VersionForm.PROTOBUF)), null)));
        backups.store.delete(new ObjectKey("1.snapshot"));
        Backups fresh = new Backups();
        backups.store.replace(new ObjectKey("manifest.json"), fresh.store.read(new ObjectKey("manifest.json")));
        assertProtobuf(
                made(restore(image(new StoreModel(2, V2_8_5), "m20260624_000000_pending_sink_state_object_fk"), null)));
        backups.store.replace(new ObjectKey("manifest.json"), fresh.store.read(new ObjectKey("manifest.json")));
        assertThat(made(restore(image(new StoreModel(2, V2_8_5)), null))).hasSize(1);
    }

    @Test
    void anEmptyVersionIsAnItemOfLengthZero() throws Exception {
        byte[] bytes = snapshot(5, SnapshotLayout.SQL_2_8, new byte[0]).bytes();
        // A length of zero stands for a longer one, which follows it.
        byte[] body = java.util.Arrays.copyOf(bytes, bytes.length - 8);
        byte[] extended = new byte[body.length + 8];
        System.arraycopy(body, 0, extended, 0, 24);
        System.arraycopy(body, 24, extended, 32, body.length - 24);
        Path file = scratch.resolve("empty");
        Files.write(file, PlainSnapshot.sealed(extended));
        SnapshotFile read = SnapshotFile.open(file, "empty", V2_8_5);
        assertThat(read.layout()).isEqualTo(SnapshotLayout.SQL_2_8);
        assertThat(SnapshotFile.versionForm(SnapshotBytes.of(file), "empty")).isEqualTo(VersionForm.PROTOBUF);
        assertThatThrownBy(() -> SnapshotFile.open(file, "empty", new RwVersion(2, 7, 1)))
                .isInstanceOf(SnapshotFaultException.class)
                .hasMessageContaining("SQL layout of v2.8.0");
    }

    /** A9: what has no name in JSON does not keep the rest from being compared. */
    @Test
    void theProofComparesAllThatHasAName() throws Exception {
        HummockVersion whole = new RandomVersion(Seeded.random(3)).make();
        UnknownFieldSet nameless = UnknownFieldSet.newBuilder()
                .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                .build();
        List<Entry> entries = new ArrayList<>();
        VersionEntries.split(whole, entries::add);
        entries.replaceAll(entry -> entry.entryKey().space().name().equals("hummock.sst")
                ? new Entry(entry.entryKey(), entry.value().concat(nameless.toByteString()), entry.meta())
                : entry);
        VersionAssembler parts = new VersionAssembler();
        entries.forEach(parts::add);
        try (Scratch work = new Scratch(scratch, "version")) {
            VersionPart part = VersionPart.write(parts, 2, VersionForm.JSON, work);
            assertThat(part.nameless()).containsKey("SstableInfo field 99");
            HummockVersion.Builder read = HummockVersion.newBuilder();
            try (InputStream in = part.file().open()) {
                JsonMessages.read(in, read);
            }
            assertThat(digest(read.build())).isEqualTo(part.digest());
            long group = read.getLevelsMap().keySet().iterator().next();
            read.removeLevels(group);
            assertThat(digest(read.build())).isNotEqualTo(part.digest());
        }
    }

    private static Digest digest(HummockVersion version) {
        Digest[] digest = {Digest.EMPTY};
        VersionEntries.split(version, entry -> digest[0] = digest[0].plus(Digest.of(entry)));
        return digest[0];
    }

    /** A12: the stock tool's restore continues after the files that are there. */
    @Test
    void objectIdsContinueAfterTheFiles() throws Exception {
        List<Entry> image = image(new StoreModel(2, V2_8_5));
        image.add(new Entry(
                EntryKey.of("id.sql_hummock_sequence", "sstable_object"),
                ByteString.copyFromUtf8("{\"name\":\"sstable_object\",\"seq\":100}"),
                ByteString.EMPTY));
        for (OptionalLong greatest : List.of(OptionalLong.of(5000), OptionalLong.of(3), OptionalLong.empty())) {
            Backups there = new Backups();
            try (BackupTarget target = new BackupTarget(
                    there.store,
                    Optional::empty,
                    new BackupTargetOptions(V2_8_5, MetaNodeAlive.REFUSE, scratch),
                    () -> greatest)) {
                target.prepare(new RestorePoint("prod", Provenance.START));
                image.forEach(target::write);
                RestoreReport report = target.publish();
                assertThat(report.notes()).anyMatch(note -> note.contains("garbage collection"));
                assertThat(report.notes().stream().anyMatch(note -> note.startsWith("object ids continue")))
                        .isTrue();
            }
            FoldingSink sink = new FoldingSink();
            new BackupImport(there.store, scratch).run(ByteString.EMPTY, sink);
            long expected = greatest.isEmpty() ? 100 : greatest.getAsLong() + 10_001;
            assertThat(Backups.entries(sink.image()))
                    .filteredOn(entry -> entry.entryKey().key().toStringUtf8().equals("sstable_object"))
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.value().toStringUtf8()).contains("\"seq\":" + expected));
        }
    }
}
