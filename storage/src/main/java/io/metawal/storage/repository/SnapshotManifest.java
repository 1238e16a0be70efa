package io.metawal.storage.repository;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.metawal.metadata.image.Provenance;
import java.util.List;

/**
 * {@code snapshot.json}: what a snapshot is of and what it consists of. Written last; without it the chunks count for nothing.
 *
 * @param at the commit it stands at, with the digest of its entries
 * @param cluster the repository's cluster id
 * @param takenMicros when, by the writer's clock
 * @param pointOfRestore whether its commit is one: not a piece of a base. Then it can be restored without the log of that commit
 */
public record SnapshotManifest(
        String cluster, long term, Provenance at, long takenMicros, List<Chunk> chunks, boolean pointOfRestore) {
    /** One chunk, as stored. */
    public record Chunk(int number, long entries, long bytes, String sha256) {}

    public SnapshotManifest {
        chunks = List.copyOf(chunks);
    }

    @JsonIgnore
    public SnapshotId id() {
        return new SnapshotId(at.timeline(), at.seq(), term);
    }

    @JsonIgnore
    public long bytes() {
        return chunks.stream().mapToLong(Chunk::bytes).sum();
    }
}
