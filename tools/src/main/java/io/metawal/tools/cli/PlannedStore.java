package io.metawal.tools.cli;

import io.metawal.connectors.file.PublishedFile;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** The store of a directory that a run would make: a plan looks at an empty one in its place, and makes none. */
final class PlannedStore {
    private PlannedStore() {}

    /** The directory that a URL names, where it does not exist; else null. */
    static @Nullable Path missing(String url) {
        if (url.startsWith("s3:")) {
            return null;
        }
        Path directory =
                Path.of(url.replaceFirst("^file:(//)?", "")).toAbsolutePath().normalize();
        return Files.exists(directory) ? null : directory;
    }

    /** An empty store; refuses a directory that could not be made. */
    static ObjectStore at(Path directory, InstantSource clock) {
        Path first = directory;
        for (Path above = directory.getParent(); above != null && !Files.exists(above); above = above.getParent()) {
            first = above;
        }
        PublishedFile.check(first);
        return new MemoryObjectStore(clock, PublishedFile.room(first));
    }
}
