package io.metawal.connectors.risingwave.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.risingwave.snapshot.Manifest;
import io.metawal.connectors.risingwave.snapshot.ManifestEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/** Snapshots and checkpoints that the code of several releases of RisingWave wrote; kept beside the project, not in it. */
public final class SnapshotFixtures {
    private SnapshotFixtures() {}

    /**
     * A snapshot as a meta node left it.
     *
     * @param release name of the folder
     * @param entry of the manifest
     */
    public record Stored(String release, ManifestEntry entry, byte[] bytes) {}

    private static Path root() {
        String shared = System.getenv("METAWAL_SHARED");
        Path base = shared == null
                ? Path.of(System.getProperty("metawal.root", "..")).resolveSibling("shared")
                : Path.of(shared);
        return base.resolve("fixtures").resolve("risingwave");
    }

    /** Of both versions and every release; none where they are not there and need not be. */
    public static List<Named<Stored>> snapshots() throws IOException {
        List<Named<Stored>> all = new ArrayList<>();
        for (Path release : releases()) {
            for (String folder : List.of("snapshots-v1", "snapshots-v2")) {
                Path manifest = release.resolve(folder).resolve(Manifest.NAME);
                if (!Files.exists(manifest)) {
                    continue;
                }
                for (ManifestEntry entry : Manifest.parse(Files.readAllBytes(manifest), manifest.toString())
                        .snapshots()) {
                    byte[] bytes = Files.readAllBytes(manifest.resolveSibling(entry.object()));
                    String name = release.getFileName() + "/" + folder + "/" + entry.object();
                    all.add(Named.of(name, new Stored(String.valueOf(release.getFileName()), entry, bytes)));
                }
            }
        }
        return all;
    }

    /** Files of the folders {@code checkpoints}. */
    public static List<Named<Path>> checkpoints() throws IOException {
        List<Named<Path>> all = new ArrayList<>();
        for (Path release : releases()) {
            Path folder = release.resolve("checkpoints");
            if (Files.isDirectory(folder)) {
                for (Path file : sorted(folder)) {
                    all.add(Named.of(release.getFileName() + "/" + file.getFileName(), file));
                }
            }
        }
        return all;
    }

    private static List<Path> releases() throws IOException {
        Path root = root();
        if (!Files.isDirectory(root)) {
            assertThat(System.getenv("METAWAL_REQUIRE_FIXTURES"))
                    .as("vectors of RisingWave are not in " + root)
                    .isNotEqualTo("1");
            return List.of();
        }
        return sorted(root).stream().filter(Files::isDirectory).toList();
    }

    private static List<Path> sorted(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }
}
