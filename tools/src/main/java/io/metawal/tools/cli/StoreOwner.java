package io.metawal.tools.cli;

import io.metawal.metadata.image.Entry;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import io.metawal.storage.object.ObjectStore;

/** A target and the store that was opened for it, closed together. */
record StoreOwner(RestoreTarget target, ObjectStore store) implements RestoreTarget {
    @Override
    public String describe() {
        return target.describe();
    }

    @Override
    public boolean staged() {
        return target.staged();
    }

    @Override
    public void check(RestorePoint point) {
        target.check(point);
    }

    @Override
    public void prepare(RestorePoint point) {
        target.prepare(point);
    }

    @Override
    public void write(Entry entry) {
        target.write(entry);
    }

    @Override
    public RestoreReport publish() {
        return target.publish();
    }

    @Override
    public void close() {
        try (store) {
            target.close();
        }
    }
}
