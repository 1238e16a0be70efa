package io.metawal.connectors.risingwave.snapshot;

import io.metawal.storage.spool.SpoolFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a snapshot's bytes are; they are read several times. */
public interface SnapshotBytes {
    long size() throws IOException;

    InputStream open() throws IOException;

    static SnapshotBytes of(Path file) {
        return new SnapshotBytes() {
            @Override
            public long size() throws IOException {
                return Files.size(file);
            }

            @Override
            public InputStream open() throws IOException {
                return Files.newInputStream(file);
            }
        };
    }

    /** Bytes that are checked as they are read. */
    static SnapshotBytes of(SpoolFile file) {
        return new SnapshotBytes() {
            @Override
            public long size() {
                return file.size();
            }

            @Override
            public InputStream open() {
                return file.open();
            }
        };
    }
}
