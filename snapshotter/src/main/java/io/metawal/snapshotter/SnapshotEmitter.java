package io.metawal.snapshotter;

import io.metawal.metadata.commit.Sha256;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.fault.ObjectExistsException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.EntryCodec;
import io.metawal.metadata.image.EntryHash;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.storage.format.SnapshotChunk;
import io.metawal.storage.object.ObjectStores;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.repository.SnapshotId;
import io.metawal.storage.repository.SnapshotManifest;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Writes an image as a snapshot: chunks in key order, each read back, then {@code snapshot.json}. Memory holds one chunk. The
 * digest of what was read back must be the image's own before the snapshot counts.
 */
public final class SnapshotEmitter {
    private static final int CHUNK_RAW_BYTES = 8 << 20;
    private final Repository repository;
    private final int chunkRawBytes;

    public SnapshotEmitter(Repository repository) {
        this(repository, CHUNK_RAW_BYTES);
    }

    SnapshotEmitter(Repository repository, int chunkRawBytes) {
        this.repository = repository;
        this.chunkRawBytes = chunkRawBytes;
    }

    public SnapshotManifest emit(ImageView image, long term, long takenMicros) {
        var at = image.provenance();
        SnapshotId id = new SnapshotId(at.timeline(), at.seq(), term);
        List<SnapshotManifest.Chunk> chunks = new ArrayList<>();
        Digest stored = Digest.EMPTY;
        try (EntryIterator entries = image.entries()) {
            while (entries.hasNext()) {
                ByteArrayOutputStream raw = new ByteArrayOutputStream(chunkRawBytes + chunkRawBytes / 8);
                long count = 0;
                while (raw.size() < chunkRawBytes && entries.hasNext()) {
                    raw.writeBytes(EntryCodec.encode(entries.next()));
                    count++;
                }
                byte[] bytes = SnapshotChunk.encode(place(id, chunks.size()), count, raw);
                var key = id.chunkKey(chunks.size());
                ObjectStores.createOrConfirm(repository.store(), key, bytes);
                chunks.add(new SnapshotManifest.Chunk(
                        chunks.size(), count, bytes.length, HexFormat.of().formatHex(Sha256.of(bytes))));
                stored = stored.plus(readBack(id, chunks.size() - 1));
            }
        }
        if (!stored.equals(at.digest())) {
            throw new MismatchException("snapshot " + id + " read back has digest " + stored + ", but the image at seq "
                    + at.seq() + " has " + at.digest() + ": it is not published; run `metawal verify`");
        }
        SnapshotManifest manifest =
                new SnapshotManifest(repository.identity().clusterId(), term, at, takenMicros, chunks, true);
        return created(manifest);
    }

    /** The manifest as it is stored: an earlier attempt at the same commit may have come as far as that. */
    private SnapshotManifest created(SnapshotManifest manifest) {
        var key = manifest.id().manifestKey();
        try {
            repository.create(key, manifest);
            return manifest;
        } catch (ObjectExistsException e) {
            SnapshotManifest there = repository.read(key, SnapshotManifest.class);
            if (!there.at().equals(manifest.at()) || !there.chunks().equals(manifest.chunks())) {
                throw e;
            }
            return there;
        }
    }

    private Digest readBack(SnapshotId id, int number) {
        var key = id.chunkKey(number);
        byte[] raw = SnapshotChunk.decode(repository.store().read(key), place(id, number), key.value());
        Digest digest = Digest.EMPTY;
        int[] position = EntryCodec.position(0);
        while (position[0] < raw.length) {
            int start = position[0];
            EntryCodec.read(raw, raw.length, position);
            digest = digest.plus(EntryHash.of(raw, start, position[0] - start));
        }
        return digest;
    }

    static SnapshotChunk.Place place(SnapshotId id, int number) {
        return new SnapshotChunk.Place(id.timeline(), id.seq(), id.term(), number);
    }
}
