package io.metawal.pitr.verify;

import io.metawal.storage.format.SnapshotChunk;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStat;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Keys;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.repository.SnapshotId;
import io.metawal.storage.repository.SnapshotManifest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Looks at the snapshots that the manifest names, and at what lies there beside them. */
final class SnapshotVerifier {
    private final History history;
    private final Repository repository;
    private final Findings findings;
    private final Runnable progress;
    private final Set<ObjectKey> named = new HashSet<>();
    private final List<SnapshotManifest> usable = new ArrayList<>();

    SnapshotVerifier(History history, Findings findings, Runnable progress) {
        this.history = history;
        this.repository = history.repository();
        this.findings = findings;
        this.progress = progress;
    }

    /** Returns those that can be read and count. */
    List<SnapshotManifest> verify(Map<ObjectKey, ObjectStat> objects, Level level) {
        for (String text : history.manifest().state().snapshots()) {
            SnapshotId id = SnapshotId.parse(text);
            named.add(id.manifestKey());
            findings.check(id.manifestKey(), () -> {
                SnapshotManifest snapshot = repository.read(id.manifestKey(), SnapshotManifest.class);
                snapshot.chunks().forEach(chunk -> named.add(id.chunkKey(chunk.number())));
                snapshot.chunks().forEach(chunk -> chunk(id, chunk, objects, level));
                keep(id, snapshot);
            });
        }
        for (ObjectKey key : objects.keySet()) {
            if (key.value().startsWith(Keys.SNAPSHOTS) && !named.contains(key)) {
                findings.add(new Finding(
                        Finding.Severity.INFO,
                        "unfinished",
                        key.value(),
                        "belongs to no snapshot that the manifest names: unfinished, deleted, or a copy"));
            }
        }
        return usable;
    }

    private void keep(SnapshotId id, SnapshotManifest snapshot) {
        if (history.terms().counts(id.timeline(), id.seq(), id.term())) {
            usable.add(snapshot);
        } else {
            findings.add(new Finding(
                    Finding.Severity.INFO,
                    "superseded",
                    id.manifestKey().value(),
                    "of commits that a fenced writer had and nobody archived; a newer term went on from before it"));
        }
    }

    private void chunk(SnapshotId id, SnapshotManifest.Chunk chunk, Map<ObjectKey, ObjectStat> objects, Level level) {
        ObjectKey key = id.chunkKey(chunk.number());
        ObjectStat stat = objects.get(key);
        if (stat == null) {
            findings.error("missing", key, "snapshot " + id + " lists it");
        } else if (stat.size() != chunk.bytes()) {
            findings.error("damaged", key, "it has " + stat.size() + " bytes, expected " + chunk.bytes());
        } else if (level.includes(Level.HASH)) {
            findings.check(
                    key,
                    () -> SnapshotChunk.decode(
                            repository.store().read(key),
                            new SnapshotChunk.Place(id.timeline(), id.seq(), id.term(), chunk.number()),
                            key.value()));
            progress.run();
        }
    }
}
