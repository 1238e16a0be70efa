package io.metawal.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.connectors.etcd.EtcdOptions;
import io.metawal.connectors.etcd.EtcdTarget;
import io.metawal.connectors.etcd.LeasedKeys;
import io.metawal.connectors.ndjson.EntryJson;
import io.metawal.connectors.ndjson.NdjsonTarget;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.DiskFullException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.point.Ref;
import io.metawal.metadata.port.ForwardingTarget;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.pitr.restore.Restore;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Timeline;
import io.metawal.storage.rocks.RocksImage;
import io.metawal.testkit.etcd.EtcdServer;
import io.metawal.testkit.files.FaultMatrix;
import io.metawal.testkit.files.FaultyFiles;
import io.metawal.testkit.repository.RepositoryFixture;
import io.metawal.testkit.seed.Seeded;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * I4: a restore by way of the replay into a file, a RocksDB and an etcd, with every temporary file damaged in every way. The targets of
 * databases, RisingWave and Databend have the same test beside them.
 */
@Tag("server")
class TargetFaultTest {
    private static final int SEGMENTS = 3;

    @TempDir
    Path directory;

    private final RepositoryFixture fixture =
            new RepositoryFixture(new MemoryObjectStore(RepositoryFixture.CLOCK), Seeded.random(77));
    private NavigableMap<EntryKey, Entry> image = new TreeMap<>();

    @BeforeEach
    void write() {
        RandomGenerator random = Seeded.random(78);
        for (int n = 1; n <= 60; n++) {
            List<Change> changes = new ArrayList<>();
            for (int change = 0; change < 8; change++) {
                byte[] value = new byte[random.nextInt(120)];
                random.nextBytes(value);
                changes.add(Change.put(EntryKey.of("kv", "/key/" + random.nextInt(300)), ByteString.copyFrom(value)));
            }
            fixture.append(CommitDraft.of(n, 1_795_000_000_000_000L + n, CommitBody.of("", "test", changes)));
            if (n % (60 / SEGMENTS) == 0) {
                fixture.cut();
            }
        }
        image = fixture.model().entriesAt(60);
    }

    private void restore(Path scratch, long memoryBytes, Supplier<RestoreTarget> target) {
        new Restore(
                        History.load(fixture.repository()),
                        new ReplayLimits(1, memoryBytes, scratch),
                        Restore.Progress.NONE,
                        System::nanoTime)
                .run(Ref.LATEST, false, RepositoryFixture.CLOCK.instant(), target);
    }

    @Test
    void intoAFile() throws Exception {
        List<String> files = new FaultMatrix(directory, 16, 100).run(() -> new FaultMatrix.Attempt() {
            private Path folder = directory;

            @Override
            public void restore(Path scratch) {
                folder = scratch;
                TargetFaultTest.this.restore(scratch, 1, () -> new NdjsonTarget(scratch.resolve("out")));
            }

            @Override
            public void assertRestored() throws IOException {
                assertThat(Files.readAllLines(Path.of(folder.resolve("out").toString())))
                        .isEqualTo(image.values().stream().map(EntryJson::write).toList());
                assertThat(FaultMatrix.names(folder)).containsExactly("out");
            }

            @Override
            public void assertNothingVisible() throws IOException {
                assertThat(FaultMatrix.names(folder)).isEmpty();
            }
        });
        assertThat(files).hasSize(SEGMENTS + 1).anyMatch(file -> file.startsWith(".metawal-part-"));
    }

    @Tag("process")
    @Test
    void intoAnEtcd() throws Exception {
        try (EtcdServer server = EtcdServer.start()) {
            List<String> files = new FaultMatrix(directory, 16, 100).run(() -> new FaultMatrix.Attempt() {
                @Override
                public void restore(Path scratch) {
                    server.ctl("del", "--prefix", "");
                    TargetFaultTest.this.restore(scratch, 1, () -> into(server));
                }

                @Override
                public void assertRestored() {
                    assertThat(keys(server)).isEqualTo(image.size());
                }

                @Override
                public void assertNothingVisible() {
                    assertThat(keys(server)).isZero();
                }
            });
            assertThat(files).hasSize(SEGMENTS + 1).anyMatch(file -> file.endsWith("staged.zst"));
        }
    }

    private static EtcdTarget into(EtcdServer server) {
        return new EtcdTarget(EtcdOptions.parse(server.url()), LeasedKeys.WITHOUT_LEASE);
    }

    private static long keys(EtcdServer server) {
        return server.ctl("get", "--prefix", "", "--keys-only")
                .lines()
                .filter(line -> !line.isBlank())
                .count();
    }

    /** The bit that made a restored etcd differ in one key of 30,000, with exit 0. */
    @Tag("process")
    @Test
    void whatChangesWhileAnEtcdIsWrittenStaysUnfinished() throws Exception {
        try (EtcdServer server = EtcdServer.start()) {
            for (int sixteenth = 0; sixteenth < 16; sixteenth++) {
                double where = sixteenth / 16.0;
                server.ctl("del", "--prefix", "");
                assertThatThrownBy(() -> restore(directory, 1 << 20, () -> new ForwardingTarget(into(server)) {
                            @Override
                            public void prepare(RestorePoint point) {
                                super.prepare(point);
                                flipStaged(where);
                            }
                        }))
                        .as("at %s", where)
                        .isInstanceOf(MismatchException.class);
                if (keys(server) > 0) {
                    // What is there says itself that it is not finished.
                    assertThat(server.ctl("get", "--prefix", "", "--keys-only")).contains("metawal");
                }
            }
        }
    }

    /** Somebody else wrote to the target: the message says to which keys. */
    @Tag("process")
    @Test
    void aTargetThatDiffersSaysWhere() {
        try (EtcdServer server = EtcdServer.start()) {
            String changed = image.firstKey().key().toStringUtf8();
            String gone = image.lastKey().key().toStringUtf8();
            assertThatThrownBy(() -> restore(directory, 1 << 20, () -> new ForwardingTarget(into(server)) {
                        @Override
                        public RestoreReport publish(Runnable beforeVisible) {
                            // What waits in the pipeline is written by the first try to publish.
                            assertThatThrownBy(() -> super.publish(() -> {
                                        throw new Meanwhile();
                                    }))
                                    .isInstanceOf(Meanwhile.class);
                            server.ctl("put", changed, "another value");
                            server.ctl("put", "/key/0/new", "x");
                            server.ctl("del", gone);
                            return super.publish(beforeVisible);
                        }
                    }))
                    .isInstanceOf(MismatchException.class)
                    .hasMessageContaining("does not hold what was written to it")
                    .hasMessageContaining(changed + " has another value")
                    .hasMessageContaining("/key/0/new is there and was not restored")
                    .hasMessageContaining(gone + " is missing");
        }
    }

    private static final class Meanwhile extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private void flipStaged(double where) {
        try (Stream<Path> files = Files.walk(directory)) {
            Path staged = files.filter(file -> file.endsWith("staged.zst"))
                    .findFirst()
                    .orElseThrow();
            flip(staged, where);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void flip(Path file, double where) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            bytes[(int) (where * bytes.length)] ^= 16;
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** RocksDB is native code: its files are changed where they are, between the loading and the reading back. */
    @Test
    void intoARocksDb() throws Exception {
        List<String> missed = new ArrayList<>();
        for (int n = 0; ; n++) {
            Path scratch = Files.createDirectory(directory.resolve("run-" + n));
            Path into = scratch.resolve("db");
            String[] changed = {""};
            int number = n;
            try {
                restore(scratch, 1 << 20, () -> new RocksTarget(into, () -> changed[0] = change(scratch, number)));
                assertThat(entries(into)).as(changed[0]).isEqualTo(image);
                missed.add(changed[0]);
            } catch (MetawalException e) {
                assertThat(e.code()).as(changed[0] + ": " + e).isEqualTo(ExitCode.MISMATCH);
                assertThat(into).as(changed[0]).doesNotExist();
            }
            if (changed[0].isEmpty()) {
                break;
            }
        }
        // Of what RocksDB does not read, nothing depends on a bit.
        assertThat(missed).noneMatch(name -> name.contains(".sst") || name.contains("CURRENT"));
        assertThat(missed).as("the last changed nothing").contains("");
    }

    /** A signal comes while the database is read back: its files are deleted next, so nothing of it may become visible. */
    @Test
    void aRocksDbThatIsReadBackWhenTheEndComesIsNotPublished() {
        Path into = directory.resolve("db");
        try {
            assertThatThrownBy(() -> restore(
                            directory,
                            1 << 20,
                            () -> new RocksTarget(
                                    into, () -> Thread.currentThread().interrupt())))
                    .isInstanceOfSatisfying(
                            MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.INTERRUPTED));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aPlanRefusesARocksDbThatThereIsNoRoomFor() {
        Path small = FaultyFiles.withRoom(directory, 100).directory();
        try (RocksTarget target = new RocksTarget(small.resolve("db"))) {
            image.values().forEach(target::examine);
            target.examine(large());
            assertThatThrownBy(target::ready)
                    .isInstanceOf(DiskFullException.class)
                    .hasMessageContaining("has 100 left");
        }
        assertThat(directory).isEmptyDirectory();
    }

    /** Compressed, it takes little of it. */
    @Test
    void aPlanDoesNotRefuseARocksDbThatMayFit() {
        Path small = FaultyFiles.withRoom(directory, 20_000).directory();
        try (RocksTarget target = new RocksTarget(small.resolve("db"))) {
            target.examine(large());
            assertThat(target.ready().entries()).isEqualTo(1);
        }
    }

    private static Entry large() {
        return new Entry(EntryKey.of("kv", "large"), ByteString.copyFrom(new byte[1_000_000]), ByteString.EMPTY);
    }

    /** Flips a bit of one file in one of a few places, by number; empty when there are no more. */
    private static String change(Path scratch, int number) {
        int places = 12;
        try (Stream<Path> all = Files.walk(scratch)) {
            List<Path> files = all.filter(Files::isRegularFile)
                    .filter(file -> file.toFile().length() > 0)
                    .sorted()
                    .toList();
            if (number >= files.size() * places) {
                return "";
            }
            Path file = files.get(number / places);
            double where = (number % places + 0.5) / places;
            flip(file, where);
            return file.getFileName() + " at " + where;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static NavigableMap<EntryKey, Entry> entries(Path directory) {
        TreeMap<EntryKey, Entry> found = new TreeMap<>();
        try (RocksImage image = RocksImage.open(directory);
                ImageView view = image.view();
                EntryIterator entries = view.entries()) {
            while (entries.hasNext()) {
                Entry entry = entries.next();
                found.put(entry.entryKey(), entry);
            }
        }
        return found;
    }

    /** The timeline is made when all is written and compared: a restore that fails leaves none. */
    @Test
    void aRestoreThatFailsForksNothing() {
        List<String> forks = new ArrayList<>();
        Path into = directory.resolve("db");
        Supplier<RestoreTarget> target =
                () -> new ForkOnPublish(new RocksTarget(into, () -> flipFirst(directory, ".sst")), point -> {
                    forks.add("forked");
                    return new Timeline(2, 1, 60, "test", 1, "");
                });
        assertThatThrownBy(() -> restore(directory, 1 << 20, target)).isInstanceOf(MismatchException.class);
        assertThat(forks).isEmpty();
    }

    private static void flipFirst(Path folder, String suffix) {
        try (Stream<Path> files = Files.walk(folder)) {
            flip(
                    files.filter(file -> file.toString().endsWith(suffix))
                            .findFirst()
                            .orElseThrow(),
                    0.3);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
