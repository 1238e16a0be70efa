package io.metawal.storage.spool;

import io.metawal.metadata.fault.UnreachableException;
import java.io.IOException;
import java.nio.file.Path;

/** What a failed call on a temporary file is to the caller. */
final class SpoolFaults {
    private SpoolFaults() {}

    static UnreachableException of(Path file, String doing, IOException e) {
        return new UnreachableException(
                "cannot " + doing + " the temporary file " + file + ": " + e + ". Make room there, or choose another"
                        + " directory for temporary files",
                e);
    }
}
