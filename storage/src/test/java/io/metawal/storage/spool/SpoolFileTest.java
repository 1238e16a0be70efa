package io.metawal.storage.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.MismatchException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolFileTest {
    private static final int BLOCK = SpoolFile.BLOCK_BYTES;

    @TempDir
    Path directory;

    private final RandomGenerator random = new java.util.SplittableRandom(3);
    private int made;

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private SpoolFile spool(byte[] bytes) {
        SpoolWriter out = SpoolFile.create(directory.resolve("spool-" + made++));
        for (int at = 0; at < bytes.length; ) {
            int some = Math.min(bytes.length - at, 1 + random.nextInt(3 * BLOCK / 2));
            out.write(bytes, at, some);
            at += some;
        }
        return out.seal();
    }

    private static byte[] read(SpoolFile spool, long offset) {
        try (InputStream in = spool.open(offset)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void givesBackWhatWasWritten() {
        for (int length : new int[] {0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 5 * BLOCK + 77}) {
            byte[] bytes = bytes(length);
            SpoolFile spool = spool(bytes);
            assertThat(spool.size()).isEqualTo(length);
            assertThat(read(spool, 0)).as("of %d", length).isEqualTo(bytes);
            for (int n = 0; n < 20; n++) {
                int offset = random.nextInt(length + 1);
                assertThat(read(spool, offset))
                        .as("of %d from %d", length, offset)
                        .isEqualTo(Arrays.copyOfRange(bytes, offset, length));
            }
        }
    }

    @Test
    void aFlippedBitAnywhereIsFoundBeforeItsBlockIsGivenOut() throws IOException {
        byte[] bytes = bytes(2 * BLOCK + 999);
        SpoolFile spool = spool(bytes);
        for (int n = 0; n < 60; n++) {
            byte[] bad = bytes.clone();
            int at = n == 0 ? 0 : n == 1 ? bytes.length - 1 : random.nextInt(bytes.length);
            bad[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(spool.path(), bad);
            int given = 0;
            try (InputStream in = spool.open()) {
                while (in.read() >= 0) {
                    given++;
                }
                throw new AssertionError("byte " + at + " was not missed");
            } catch (MismatchException e) {
                assertThat(given).isEqualTo(at / BLOCK * BLOCK);
                assertThat(e.text()).contains(spool.path().toString()).contains(" differ");
            }
        }
    }

    @Test
    void aShorterALongerAndAnotherFileAreFound() throws IOException {
        byte[] bytes = bytes(2 * BLOCK);
        SpoolFile spool = spool(bytes);
        for (int length : new int[] {0, 1, BLOCK - 1, BLOCK, 2 * BLOCK - 1}) {
            Files.write(spool.path(), Arrays.copyOf(bytes, length));
            assertThatThrownBy(spool::check)
                    .isInstanceOf(MismatchException.class)
                    .hasMessageContaining("it ends at byte " + length);
        }
        Files.write(spool.path(), Arrays.copyOf(bytes, bytes.length + 1));
        assertThatThrownBy(spool::check).isInstanceOf(MismatchException.class).hasMessageContaining("has bytes after");
        Files.write(spool.path(), bytes(bytes.length));
        assertThatThrownBy(spool::check).isInstanceOf(MismatchException.class);
        Files.write(spool.path(), bytes);
        spool.check();
    }

    @Test
    void aCopyElsewhereIsCompared() {
        byte[] bytes = bytes(BLOCK + 5);
        SpoolFile spool = spool(bytes);
        spool.checkSame(new ByteArrayInputStream(bytes), "the copy");
        byte[] bad = bytes.clone();
        bad[BLOCK] ^= 4;
        assertThatThrownBy(() -> spool.checkSame(new ByteArrayInputStream(bad), "the copy"))
                .isInstanceOf(MismatchException.class)
                .hasMessageStartingWith("the copy is not what was written");
    }

    @Test
    void onlyItsOwnerMayReadItAndNothingIsReplaced() throws IOException {
        SpoolFile spool = spool(bytes(3));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(spool.path())))
                .isEqualTo("rw-------");
        assertThatThrownBy(() -> SpoolFile.create(spool.path()))
                .isInstanceOf(MetawalException.class)
                .hasMessageContaining("cannot create the temporary file " + spool.path());
    }
}
