package io.metawal.connectors.risingwave.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.BaseCommits;
import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.backup.BackupImport.Imported;
import io.metawal.connectors.risingwave.hummock.Epochs;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.StateTableInfo;
import io.metawal.connectors.risingwave.snapshot.PlainSnapshot;
import io.metawal.connectors.risingwave.snapshot.RandomSnapshot;
import io.metawal.connectors.risingwave.snapshot.Section;
import io.metawal.connectors.risingwave.snapshot.SnapshotFaultException;
import io.metawal.connectors.risingwave.snapshot.SnapshotLayout;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.image.Entry;
import io.metawal.testkit.seed.Seeded;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** RisingWave's snapshots become commits, one restorable point each. */
class BackupImportTest {
    private static final long EPOCH = Epochs.ofTimeMicros(1_700_000_000_000_000L);

    @TempDir
    private Path scratch;

    private final Backups backups = new Backups();
    private final FoldingSink sink = new FoldingSink();

    private List<Imported> run() throws InterruptedException {
        return new BackupImport(backups.store, scratch).run(sink.resumeAt(), sink);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static PlainSnapshot random(long seed, long id, SnapshotLayout layout) {
        PlainSnapshot made = new RandomSnapshot(Seeded.random(seed), layout).make(id);
        int cluster = layout.sections().stream().map(Section::name).toList().indexOf("cluster");
        if (cluster >= 0) {
            made.sections.set(cluster, List.of(text("{\"cluster_id\":\"a-cluster\"}")));
        }
        return made;
    }

    private static PlainSnapshot small(long id, long committedEpoch, String... databases) {
        PlainSnapshot made = new PlainSnapshot(2, id);
        for (int n = 0; n < SnapshotLayout.SQL_2_5_2.sections().size(); n++) {
            made.sections.add(List.of());
        }
        made.sections.set(
                1,
                List.of(text("{\"id\":\"" + id + "\",\"stateTableInfo\":{\"7\":{\"committedEpoch\":\"" + committedEpoch
                        + "\"},\"8\":{\"committedEpoch\":\"65536\"}}}")));
        made.sections.set(5, List.of(text("{\"cluster_id\":\"a-cluster\"}")));
        made.sections.set(
                9,
                Stream.of(databases)
                        .map(name -> text("{\"database_id\":" + name.length() + ",\"name\":\"" + name + "\"}"))
                        .toList());
        return made;
    }

    @ParameterizedTest
    @EnumSource
    void imagesAreTheSnapshots(SnapshotLayout layout) throws InterruptedException {
        for (int id = 1; id <= 3; id++) {
            backups.add(random(id, id, layout), layout);
        }
        List<Imported> imported = run();
        assertThat(imported).extracting(Imported::snapshotId).containsExactly(1L, 2L, 3L);
        // A fresh import of the last one alone leads to the same image.
        Backups last = new Backups();
        last.add(random(3, 3, layout), layout);
        FoldingSink fresh = new FoldingSink();
        new BackupImport(last.store, scratch).run(ByteString.EMPTY, fresh);
        assertThat(withoutCounters(sink)).isEqualTo(withoutCounters(fresh));
        assertThat(imported.get(2).seq()).isEqualTo(sink.commits().size());
        assertThat(imported.get(2).label()).isEqualTo("risingwave-snapshot-3");
    }

    /** How far a database's counters came, older snapshots may know better: they only grow. */
    private static List<Entry> withoutCounters(FoldingSink sink) throws InterruptedException {
        return Backups.entries(sink.image()).stream()
                .filter(entry -> !entry.entryKey().space().equals(RwSpaces.ID_AUTO_INCREMENT))
                .toList();
    }

    @Test
    void commitsSayWhatTheyAre() throws InterruptedException {
        backups.add(small(3, EPOCH, "dev"), SnapshotLayout.SQL_2_5_2);
        backups.add(small(4, EPOCH + (5000L << 16), "dev", "prod"), SnapshotLayout.SQL_2_5_2);
        assertThat(run()).hasSize(2);
        Commit first = sink.commits().get(0);
        Commit second = sink.commits().get(1);
        assertThat(sink.commits()).hasSize(2);
        assertThat(first.header().kind()).isEqualTo(CommitKind.BASE);
        assertThat(first.header().epoch()).isEqualTo(EPOCH);
        assertThat(first.header().timeMicros()).isEqualTo(1_700_000_000_000_000L);
        assertThat(first.body().afterGap()).isFalse();
        assertThat(first.body().origin()).isEqualTo("risingwave-backup");
        assertThat(second.header().kind()).isEqualTo(CommitKind.DATA);
        assertThat(second.header().timeMicros()).isEqualTo(1_700_000_005_000_000L);
        assertThat(second.body().gapReason()).isEqualTo("between RisingWave snapshots 3 and 4 nothing was captured");
        assertThat(second.body().changes())
                .extracting(change -> change.entryKey().space() + " "
                        + change.entryKey().key().toStringUtf8())
                .containsExactly("catalog.sql_database 4", "hummock.table 7", "hummock.version current");
    }

    @Test
    void rowsAreTakenAsTheyAre() throws InterruptedException {
        backups.add(small(3, EPOCH, "dev"), SnapshotLayout.SQL_2_5_2);
        run();
        List<Entry> entries = Backups.entries(sink.image());
        assertThat(entries)
                .anySatisfy(entry -> {
                    assertThat(entry.entryKey().space().name()).isEqualTo("catalog.sql_database");
                    assertThat(entry.value().toStringUtf8()).isEqualTo("{\"database_id\":3,\"name\":\"dev\"}");
                })
                .anySatisfy(entry -> {
                    assertThat(entry.entryKey()).isEqualTo(RwSpaces.STORE);
                    assertThat(entry.value().toStringUtf8()).isEqualTo("{\"model\":\"sql\",\"version\":\"2.5.2\"}");
                });
    }

    @Test
    void repeatedItGoesOnWhereItEnded() throws InterruptedException {
        backups.add(small(3, EPOCH, "dev"), SnapshotLayout.SQL_2_5_2);
        run();
        assertThat(run()).isEmpty();
        assertThat(sink.commits()).hasSize(1);
        backups.add(small(9, EPOCH, "x"), SnapshotLayout.SQL_2_5_2);
        assertThat(run()).containsExactly(new Imported(9, 2, "risingwave-snapshot-9"));
    }

    @Test
    void aSnapshotThatChangedIsRefused() throws InterruptedException {
        backups.add(small(3, EPOCH, "dev"), SnapshotLayout.SQL_2_5_2);
        run();
        backups.replace(3, small(3, EPOCH, "other").bytes());
        assertThatThrownBy(this::run)
                .isInstanceOf(SourceChangedException.class)
                .hasMessageContaining("3.snapshot in memory: is not what was imported under its id");
    }

    @Test
    void aSnapshotThatComesLateIsRefused() throws InterruptedException {
        backups.add(small(3, EPOCH, "dev"), SnapshotLayout.SQL_2_5_2);
        run();
        backups.add(small(2, EPOCH, "dev"), SnapshotLayout.SQL_2_5_2);
        assertThatThrownBy(this::run)
                .isInstanceOf(SourceChangedException.class)
                .hasMessageContaining("2.snapshot in memory: was not there when snapshot 3 was imported");
    }

    @Test
    void anotherClusterIsRefused() throws InterruptedException {
        backups.add(small(3, EPOCH, "dev"), SnapshotLayout.SQL_2_5_2);
        run();
        PlainSnapshot other = small(4, EPOCH, "dev");
        other.sections.set(5, List.of(text("{\"cluster_id\":\"b-cluster\"}")));
        backups.add(other, SnapshotLayout.SQL_2_5_2);
        assertThatThrownBy(this::run)
                .isInstanceOf(SourceChangedException.class)
                .hasMessageContaining("is of cluster b-cluster, those imported before are of a-cluster");
        assertThat(sink.commits()).hasSize(1);
    }

    @Test
    void inPiecesWhereItIsLarge() throws InterruptedException {
        for (int id = 1; id <= 2; id++) {
            backups.add(random(id, id, SnapshotLayout.SQL_3_0), SnapshotLayout.SQL_3_0);
        }
        new BackupImport(backups.store, scratch, new BaseCommits.Limits(7, 1 << 20)).run(ByteString.EMPTY, sink);
        FoldingSink whole = new FoldingSink();
        new BackupImport(backups.store, scratch).run(ByteString.EMPTY, whole);
        assertThat(Backups.entries(sink.image())).isEqualTo(Backups.entries(whole.image()));
        assertThat(sink.commits()).hasSizeGreaterThan(4);
        assertThat(sink.commits().stream()
                        .filter(commit -> commit.header().kind().restorable()))
                .hasSize(2);
        assertThat(sink.commits().stream().filter(commit -> commit.body().afterGap()))
                .hasSize(1);
    }

    @Test
    void interruptedBetweenPiecesItIsFinishedByTheNext() throws InterruptedException {
        backups.add(random(1, 1, SnapshotLayout.SQL_3_0), SnapshotLayout.SQL_3_0);
        BackupImport importing = new BackupImport(backups.store, scratch, new BaseCommits.Limits(3, 1 << 20));
        sink.refuseAfter(2);
        assertThatThrownBy(() -> importing.run(ByteString.EMPTY, sink)).hasMessageContaining("told to refuse");
        assertThat(sink.last().header().kind()).isEqualTo(CommitKind.BASE_PART);
        sink.takeAll();
        assertThat(importing.run(sink.resumeAt(), sink)).hasSize(1);
        FoldingSink whole = new FoldingSink();
        new BackupImport(backups.store, scratch).run(ByteString.EMPTY, whole);
        assertThat(Backups.entries(sink.image())).isEqualTo(Backups.entries(whole.image()));
    }

    @Test
    void nothingOfABrokenSnapshotIsTaken() {
        PlainSnapshot twice = small(3, EPOCH, "dev", "abc");
        backups.add(twice, SnapshotLayout.SQL_2_5_2);
        assertThatThrownBy(this::run)
                .isInstanceOf(SnapshotFaultException.class)
                .hasMessageContaining("two rows of one key: catalog.sql_database 3");
        PlainSnapshot newer = small(3, EPOCH, "dev");
        newer.sections.set(1, List.of(text("{\"levels\":{\"1\":{\"levels\":[{\"levelType\":\"NEW\"}]}}}")));
        backups.replace(3, newer.bytes());
        assertThatThrownBy(this::run)
                .isInstanceOfSatisfying(
                        SnapshotFaultException.class,
                        fault -> assertThat(fault.kind()).isEqualTo(SnapshotFaultException.Kind.NEWER))
                .hasMessageContaining("section 1 (hummock_version)");
        backups.replace(3, small(8, EPOCH, "dev").bytes());
        assertThatThrownBy(this::run).hasMessageContaining("expected id 3 of format version 2, found id 8");
        assertThat(sink.commits()).isEmpty();
    }

    @Test
    void defaultKeysWithoutValues() {
        PlainSnapshot made = random(1, 1, SnapshotLayout.ETCD_1_10);
        made.sections.set(0, List.of(new byte[] {10, 1, 65}));
        made.sections.set(1, List.of());
        backups.add(made, SnapshotLayout.ETCD_1_10);
        assertThatThrownBy(this::run)
                .isInstanceOf(SnapshotFaultException.class)
                .hasMessageContaining("default_cf values: expected as many as keys, 1, found 0");
    }

    @Test
    void aDirectoryWithoutAManifest() {
        backups.store.delete(Backups.MANIFEST);
        assertThatThrownBy(this::run).isInstanceOf(UsageException.class).hasMessageContaining("has no manifest.json");
    }

    @Test
    void aLogOfAnotherSource() {
        assertThatThrownBy(() -> new BackupImport(backups.store, scratch).run(ByteString.copyFromUtf8("etcd"), sink))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("another source");
    }

    @Test
    void leavesNoTemporaryFiles() throws Exception {
        backups.add(small(3, EPOCH, "dev"), SnapshotLayout.SQL_2_5_2);
        run();
        try (Stream<Path> left = Files.list(scratch)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void anEtcdMetaStoresParametersAreRowsOfText() throws InterruptedException {
        backups.add(random(1, 1, SnapshotLayout.ETCD_1_0), SnapshotLayout.ETCD_1_0);
        run();
        assertThat(Backups.entries(sink.image()))
                .filteredOn(entry -> entry.entryKey().space().name().startsWith("system."))
                .extracting(entry -> entry.entryKey().key().toStringUtf8() + "="
                        + entry.value().toStringUtf8())
                .contains(
                        "bloom_false_positive=0.001",
                        "state_store=hummock+s3://bucket",
                        "cluster_id=a-cluster",
                        "layout={\"model\":\"etcd\"}");
    }

    @Test
    void theEpochIsTheLargestRealOne() {
        HummockVersion version = HummockVersion.newBuilder()
                .setMaxCommittedEpoch(EPOCH + 7)
                .putStateTableInfo(
                        1, StateTableInfo.newBuilder().setCommittedEpoch(EPOCH).build())
                .putStateTableInfo(
                        2, StateTableInfo.newBuilder().setCommittedEpoch(65536).build())
                .build();
        assertThat(VersionBytes.committedEpoch(version)).isEqualTo(EPOCH);
        assertThat(VersionBytes.committedEpoch(
                        version.toBuilder().clearStateTableInfo().build()))
                .isEqualTo(EPOCH + 7);
    }
}
