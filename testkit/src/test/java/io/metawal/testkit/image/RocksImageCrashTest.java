package io.metawal.testkit.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.fault.BusyException;
import io.metawal.metadata.image.Image;
import io.metawal.storage.rocks.RocksImage;
import io.metawal.testkit.history.Model;
import io.metawal.testkit.seed.Seeded;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** After kill -9 an image stands at a commit that it had applied, and its entries, digest and provenance agree. */
@Tag("process")
class RocksImageCrashTest {
    private static final int KILLS = 6;

    @TempDir
    private Path directory;

    @Test
    void resumesAfterEveryKill() throws Exception {
        Model model = RocksImageProcess.model();
        RandomGenerator random = Seeded.random(RocksImageProcess.SEED);
        Path database = directory.resolve("image");
        for (int kill = 0; kill < KILLS; kill++) {
            long lastSeen = runAndKill(database, random.nextInt(1, 2500), kill == 0);
            try (Image image = RocksImage.open(database)) {
                long seq = image.provenance().seq();
                // While it loads it stands two commits back.
                assertThat(seq).isGreaterThanOrEqualTo(lastSeen - 2);
                ImageContract.assertStands(image, model, seq);
                assertThat(image.digestAt(seq)).isIn(null, model.digestAt(seq));
            }
        }
    }

    private long runAndKill(Path database, int linesUntilKill, boolean tryToOpen)
            throws IOException, InterruptedException {
        Path temp = Files.createDirectories(directory.resolve("temp"));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.io.tmpdir=" + temp,
                        "-cp",
                        System.getProperty("java.class.path"),
                        RocksImageProcess.class.getName(),
                        database.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long lastSeen = 0;
        try (BufferedReader lines = process.inputReader(UTF_8)) {
            String line = lines.readLine();
            assertThat(line).startsWith("open at ");
            if (tryToOpen) {
                assertThatThrownBy(() -> RocksImage.open(database)).isInstanceOf(BusyException.class);
            }
            for (int left = linesUntilKill; left > 0 && line != null; left--) {
                line = lines.readLine();
                lastSeen = line == null ? lastSeen : Long.parseLong(line);
            }
            process.destroyForcibly().waitFor();
        }
        return lastSeen;
    }
}
