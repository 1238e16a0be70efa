package io.metawal.pitr.replay;

import io.metawal.storage.temp.TempFolder;
import java.nio.file.Path;

/** A directory for the temporary files of one piece of work, deleted with all that is in it when it is closed. */
public final class ScratchDirectory implements AutoCloseable {
    private final TempFolder folder;

    private ScratchDirectory(TempFolder folder) {
        this.folder = folder;
    }

    /** @param what one word for the purpose */
    public static ScratchDirectory in(Path parent, String what) {
        return new ScratchDirectory(TempFolder.in(parent, what));
    }

    public Path path() {
        return folder.folder();
    }

    /** The same limits, with temporary files here. */
    public ReplayLimits of(ReplayLimits limits) {
        return new ReplayLimits(limits.threads(), limits.memoryBytes(), folder.folder());
    }

    @Override
    public void close() {
        folder.close();
    }
}
