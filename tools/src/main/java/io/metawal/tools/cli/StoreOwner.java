package io.metawal.tools.cli;

import io.metawal.metadata.port.ForwardingTarget;
import io.metawal.metadata.port.RestoreTarget;
import io.metawal.storage.object.ObjectStore;

/** A target and the store that was opened for it, closed together. */
final class StoreOwner extends ForwardingTarget {
    private final ObjectStore store;

    StoreOwner(RestoreTarget target, ObjectStore store) {
        super(target);
        this.store = store;
    }

    @Override
    public void close() {
        try (store) {
            super.close();
        }
    }
}
