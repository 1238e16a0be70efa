package io.metawal.storage.rocks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;

/** The seal of the manifest as it is now, at the price of a look at the file's size for as long as it does not change. */
final class ManifestWatch {
    private final Path directory;
    private File file;
    private ManifestSeal seal;

    ManifestWatch(Path directory) throws IOException {
        this.directory = directory;
        this.seal = Manifest.read(directory).seal();
        this.file = Manifest.file(directory, seal.number()).toFile();
    }

    ManifestSeal seal() throws IOException {
        if (file.length() != seal.length()) {
            seal = Manifest.read(directory).seal();
            file = Manifest.file(directory, seal.number()).toFile();
        }
        return seal;
    }
}
