package io.metawal.pitr.plan;

import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.ObjectNotFoundException;
import io.metawal.metadata.image.Provenance;
import io.metawal.storage.object.ObjectStores;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.SnapshotId;
import io.metawal.storage.repository.SnapshotManifest;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Points of a line that a snapshot holds by itself: its manifest has the commit's clocks, chain value and digest, so that it can be
 * restored, and proven against itself, where the log of its commit is missing. One that was taken inside a base is none.
 */
final class SealedPoints {
    private final History history;
    private final Line line;

    SealedPoints(History history, Line line) {
        this.history = history;
        this.line = line;
    }

    /** The commit of a snapshot at this seq, where one is there that can be restored by itself. */
    Optional<Provenance> at(long seq) {
        return Bases.of(history, line).stream()
                .filter(id -> id.seq() == seq)
                .flatMap(id -> read(history, id, Set.of()).stream())
                .filter(SnapshotManifest::pointOfRestore)
                .map(SnapshotManifest::at)
                .findFirst();
    }

    /** A snapshot's manifest, where it and all chunks that it lists are there and not among the damaged; no chunk is read. */
    static Optional<SnapshotManifest> read(History history, SnapshotId id, Set<String> damaged) {
        try {
            Set<String> there = new HashSet<>();
            var store = history.repository().store();
            ObjectStores.forEach(
                    store, id.prefix(), "", stat -> there.add(stat.key().value()));
            there.removeAll(damaged);
            SnapshotManifest snapshot = history.repository().read(id.manifestKey(), SnapshotManifest.class);
            boolean whole = there.contains(id.manifestKey().value())
                    && snapshot.chunks().stream()
                            .allMatch(chunk ->
                                    there.contains(id.chunkKey(chunk.number()).value()));
            return whole ? Optional.of(snapshot) : Optional.empty();
        } catch (CorruptException | ObjectNotFoundException e) {
            return Optional.empty();
        }
    }
}
