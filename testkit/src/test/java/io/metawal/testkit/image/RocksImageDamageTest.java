package io.metawal.testkit.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.image.Image;
import io.metawal.storage.rocks.RocksImage;
import io.metawal.testkit.history.Histories;
import io.metawal.testkit.history.Model;
import io.metawal.testkit.seed.Seeded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens to its files, an image says that it is to be rebuilt, or it is the fold up to where it says it stands. */
@Tag("slow")
class RocksImageDamageTest {
    private static final Model MODEL = Model.of(Histories.commits(Seeded.random(21), 80));

    @TempDir
    private Path directory;

    private List<Path> files = List.of();

    @BeforeEach
    void makeImage() throws IOException {
        try (Image image = RocksImage.open(directory.resolve("good"))) {
            ImageContract.load(
                    image, MODEL.provenanceAt(40), MODEL.entriesAt(40).values());
            ImageContract.applyAll(image, MODEL, 41);
        }
        try (var found = Files.list(directory.resolve("good"))) {
            files = found.filter(Files::isRegularFile)
                    .filter(file -> !String.valueOf(file.getFileName()).startsWith("LO"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aFlippedByteIsFoundOrHarmless() {
        Seeded.check(40, random -> {
            Path file = files.get(random.nextInt(files.size()));
            byte[] bytes = Files.readAllBytes(file);
            if (bytes.length > 0) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            check(file, bytes);
        });
    }

    @Test
    void aTruncatedFileIsFoundOrHarmless() {
        Seeded.check(25, random -> {
            Path file = files.get(random.nextInt(files.size()));
            byte[] bytes = Files.readAllBytes(file);
            check(file, java.util.Arrays.copyOf(bytes, truncatedLength(bytes.length, random)));
        });
    }

    private static int truncatedLength(int length, RandomGenerator random) {
        return length == 0 ? 0 : random.nextInt(length);
    }

    private void check(Path damaged, byte[] bytes) throws IOException {
        Path copy = Files.createTempDirectory(directory, "copy");
        for (Path file : files) {
            Files.write(
                    copy.resolve(String.valueOf(file.getFileName())),
                    file.equals(damaged) ? bytes : Files.readAllBytes(file));
        }
        try (Image image = RocksImage.open(copy)) {
            ImageContract.assertStands(image, MODEL, image.provenance().seq());
            ImageContract.applyAll(image, MODEL, image.provenance().seq() + 1);
            ImageContract.assertStands(image, MODEL, MODEL.lastSeq());
        } catch (MetawalException e) {
            assertThat(e)
                    .as("%s", damaged)
                    .isInstanceOfAny(CorruptException.class, UnsupportedFormatException.class)
                    .hasMessageContaining("rebuilt from the repository");
        }
    }
}
