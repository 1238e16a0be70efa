package io.metawal.wal.chronicle;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Makes a file's bytes durable. A port so that tests and benches can make it slow, or fail, or keep what was durable. */
@FunctionalInterface
public interface Forcer {
    /** Pages dirtied through a mapping are written too. */
    Forcer REAL = (file, channel) -> channel.force(false);

    void force(Path file, FileChannel channel) throws IOException;
}
