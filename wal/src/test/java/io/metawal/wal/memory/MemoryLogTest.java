package io.metawal.wal.memory;

import io.metawal.metadata.commit.Position;
import io.metawal.metadata.port.MetadataLog;
import io.metawal.wal.MetadataLogContract;
import java.time.InstantSource;

class MemoryLogTest extends MetadataLogContract {
    @Override
    protected MetadataLog open(Position start, long bytesMax) {
        return new MemoryLog(start, InstantSource.system(), bytesMax);
    }
}
