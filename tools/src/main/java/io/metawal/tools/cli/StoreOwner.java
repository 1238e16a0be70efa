package io.metawal.tools.cli;

import io.metawal.metadata.port.ForwardingTarget;
import io.metawal.metadata.port.RestoreTarget;
import io.metawal.storage.object.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A target and the store that was opened for it, closed together. A directory that was made for it goes where it stayed empty. */
final class StoreOwner extends ForwardingTarget {
    private final ObjectStore store;
    private final @Nullable Path made;

    /** @param made the directory that was made for the store; null where it was there before */
    StoreOwner(RestoreTarget target, ObjectStore store, @Nullable Path made) {
        super(target);
        this.store = store;
        this.made = made;
    }

    @Override
    public void close() {
        try (store) {
            super.close();
        } finally {
            removeEmpty();
        }
    }

    private void removeEmpty() {
        if (made != null) {
            try {
                Files.deleteIfExists(made);
            } catch (IOException inUse) {
                // It holds what was restored.
            }
        }
    }
}
