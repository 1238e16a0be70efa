package io.metawal.pitr.replay;

import io.metawal.storage.temp.TempFolder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The folder for runs that do not fit in memory, made when the first one is written. Safe for several threads. */
final class SpillFolder implements AutoCloseable {
    private final Path scratch;
    private @Nullable TempFolder made;

    SpillFolder(Path scratch) {
        this.scratch = scratch;
    }

    synchronized Path folder() {
        TempFolder there = made;
        if (there == null) {
            there = TempFolder.in(scratch, "replay");
            made = there;
        }
        return there.folder();
    }

    @Override
    public synchronized void close() {
        TempFolder there = made;
        made = null;
        if (there != null) {
            there.close();
        }
    }
}
