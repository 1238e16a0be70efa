package io.metawal.testkit.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.fault.BusyException;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.Image;
import io.metawal.metadata.image.Provenance;
import io.metawal.storage.rocks.RocksImage;
import io.metawal.testkit.history.Histories;
import io.metawal.testkit.history.Model;
import io.metawal.testkit.seed.Seeded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class RocksImageTest extends ImageContract {
    private static final Model MODEL = Model.of(Histories.commits(Seeded.random(9), 60));

    @TempDir
    private Path directory;

    private int opened;

    @Override
    protected Image open() {
        return RocksImage.open(directory.resolve("image" + opened++));
    }

    private Image reopen() {
        return RocksImage.open(directory.resolve("again"));
    }

    @Test
    void resumesWhereItStood() {
        for (long seq = 1; seq <= 20; seq++) {
            try (Image image = reopen()) {
                assertStands(image, MODEL, seq - 1);
                image.apply(MODEL.commit(seq));
            }
        }
        try (Image image = reopen()) {
            assertThat(image.digestAt(3)).isEqualTo(MODEL.digestAt(3));
            load(image, MODEL.provenanceAt(50), MODEL.entriesAt(50).values());
        }
        try (Image image = reopen()) {
            assertStands(image, MODEL, 50);
            assertThat(image.digestAt(3)).isNull();
            applyAll(image, MODEL, 51);
            assertStands(image, MODEL, 60);
        }
    }

    @Test
    void isHeldByOneAtATime() {
        try (Image image = reopen()) {
            assertThat(image.provenance().seq()).isZero();
            assertThatThrownBy(this::reopen)
                    .isInstanceOf(BusyException.class)
                    .hasMessageContaining(directory.resolve("again") + " is held by another process");
        }
        reopen().close();
    }

    @Test
    void aLoadThatFailsChangesNothing() {
        try (Image image = reopen()) {
            applyAll(image, MODEL, 1);
            List<Entry> unsorted = new ArrayList<>(MODEL.entriesAt(30).values());
            Collections.reverse(unsorted);
            assertThatThrownBy(() -> load(image, MODEL.provenanceAt(30), unsorted))
                    .isInstanceOf(CorruptException.class)
                    .hasMessageContaining("not sorted");
            assertThatThrownBy(() -> load(
                            image, MODEL.provenanceAt(31), MODEL.entriesAt(30).values()))
                    .isInstanceOf(MismatchException.class)
                    .hasMessageContaining("nothing was loaded");
            assertThatThrownBy(() -> image.load(
                            MODEL.provenanceAt(30),
                            new BreakingOff(MODEL.entriesAt(30).values())))
                    .isInstanceOf(IllegalStateException.class);
            assertStands(image, MODEL, 60);
        }
        try (Image image = reopen()) {
            assertStands(image, MODEL, 60);
        }
        assertThat(directory.resolve("again/loading")).doesNotExist();
    }

    @Test
    void whatIsClosedSaysSo() {
        Image image = reopen();
        image.close();
        image.close();
        assertThatThrownBy(image::view).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> image.apply(MODEL.commit(1))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> image.digestAt(1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> load(image, Provenance.START, List.of())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aDamagedImageIsToBeRebuilt() throws IOException {
        try (Image image = reopen()) {
            load(image, MODEL.provenanceAt(60), MODEL.entriesAt(60).values());
        }
        Path database = directory.resolve("again");
        List<Path> files;
        try (var found = Files.list(database)) {
            files = found.filter(RocksImageTest::matters).sorted().toList();
        }
        assertThat(files).hasSizeGreaterThanOrEqualTo(3);
        for (Path file : files) {
            byte[] good = Files.readAllBytes(file);
            Files.delete(file);
            assertRebuildable(database, file);
            Files.write(file, good);
            Files.write(file, new byte[] {1, 2, 3}, StandardOpenOption.TRUNCATE_EXISTING);
            assertRebuildable(database, file);
            Files.write(file, good);
        }
        try (Image image = reopen()) {
            assertStands(image, MODEL, 60);
        }
        RocksImage.discard(database);
        try (Image image = reopen()) {
            assertStands(image, MODEL, 0);
        }
    }

    private static boolean matters(Path file) {
        String name = file.getFileName().toString();
        return name.equals("CURRENT") || name.startsWith("MANIFEST") || name.endsWith(".sst");
    }

    private void assertRebuildable(Path database, Path damaged) {
        assertThatThrownBy(() -> {
                    try (Image image = RocksImage.open(database)) {
                        assertStands(image, MODEL, 60);
                    }
                })
                .as("%s", damaged)
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("rebuilt from the repository");
    }

    @Test
    void aForeignDirectoryIsLeftAlone() throws IOException {
        Path foreign = Files.createDirectory(directory.resolve("foreign"));
        Files.writeString(foreign.resolve("letter.txt"), "dear");
        assertThatThrownBy(() -> RocksImage.open(foreign))
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("give an empty directory");
        RocksImage.discard(foreign);
        assertThat(foreign.resolve("letter.txt")).exists();
        assertThatThrownBy(() -> RocksImage.open(foreign.resolve("letter.txt")))
                .isInstanceOf(MetawalException.class)
                .hasMessageContaining("letter.txt");
    }

    /** A source of entries that fails on the way. */
    private static final class BreakingOff implements EntryIterator {
        private final EntryIterator entries;
        private int left = 3;

        BreakingOff(Iterable<Entry> entries) {
            this.entries = EntryIterator.of(entries);
        }

        @Override
        public boolean hasNext() {
            return true;
        }

        @Override
        public Entry next() {
            if (left-- == 0) {
                throw new IllegalStateException("the source broke off");
            }
            return entries.next();
        }

        @Override
        public void close() {}
    }
}
