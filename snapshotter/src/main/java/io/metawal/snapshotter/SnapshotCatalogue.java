package io.metawal.snapshotter;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.PointNotFoundException;
import io.metawal.storage.object.ObjectStores;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Manifest;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.repository.SnapshotId;
import io.metawal.storage.repository.SnapshotManifest;
import io.metawal.storage.repository.WriterRole;
import java.util.List;

/** Which snapshots there are, and how one is deleted without taking a promised point with it. */
public final class SnapshotCatalogue {
    /** So many are kept whatever happens: one may turn out damaged. */
    public static final int KEPT_MIN = 2;

    private SnapshotCatalogue() {}

    /** The ids that the manifest names, oldest first. */
    public static List<SnapshotId> ids(History history) {
        return history.manifest().state().snapshots().stream()
                .map(SnapshotId::parse)
                .toList();
    }

    public static SnapshotManifest read(Repository repository, SnapshotId id) {
        return repository.read(id.manifestKey(), SnapshotManifest.class);
    }

    /** Fails, saying why, where the snapshot may not be deleted. */
    public static void checkDeletable(History history, SnapshotId id) {
        List<SnapshotId> ids = ids(history);
        if (!ids.contains(id)) {
            throw new PointNotFoundException("there is no snapshot " + id + "; there are " + ids);
        }
        if (ids.size() <= KEPT_MIN) {
            throw refused(
                    id,
                    "only " + ids.size() + " are left, and " + KEPT_MIN
                            + " are always kept, in case one turns out damaged: take another first");
        }
        // Everything between this snapshot and the next one must be reachable from the log alone, or from an older one
        // that
        // the log still reaches back to.
        long joined = history.line(id.timeline()).contiguousFrom(id.seq());
        boolean replaceable = ids.stream()
                .anyMatch(other -> !other.equals(id)
                        && other.timeline() == id.timeline()
                        && other.seq() <= id.seq()
                        && other.seq() >= joined - 1);
        if (joined > 1 && !replaceable) {
            throw refused(id, "it is the base of the window: the log before it is gone");
        }
    }

    private static MetawalException refused(SnapshotId id, String because) {
        return new MetawalException(ExitCode.CONFLICT, "snapshot " + id + " is not deleted: " + because);
    }

    /** Takes the snapshot out of the manifest, then deletes its objects, {@code snapshot.json} first. */
    public static void delete(WriterRole role, SnapshotId id) {
        role.publish(Manifest.Edit.removed(id));
        role.check();
        var store = role.repository().store();
        store.delete(id.manifestKey());
        for (var stat : ObjectStores.all(store, id.prefix())) {
            store.delete(stat.key());
        }
    }
}
