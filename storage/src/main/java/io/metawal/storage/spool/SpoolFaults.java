package io.metawal.storage.spool;

import io.metawal.metadata.fault.LocalFaults;
import io.metawal.metadata.fault.MetawalException;
import java.io.IOException;
import java.nio.file.Path;

/** What a failed call on a temporary file is to the caller. */
final class SpoolFaults {
    private SpoolFaults() {}

    static MetawalException of(Path file, String doing, IOException e) {
        return LocalFaults.of("cannot " + doing + " the temporary file " + file, e);
    }
}
