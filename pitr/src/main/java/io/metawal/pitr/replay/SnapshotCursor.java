package io.metawal.pitr.replay;

import io.metawal.metadata.commit.Sha256;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.ObjectNotFoundException;
import io.metawal.metadata.image.EntryCodec;
import io.metawal.storage.format.SnapshotChunk;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.repository.SnapshotId;
import io.metawal.storage.repository.SnapshotManifest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.NoSuchElementException;

/** A snapshot's entries in key order, one chunk in memory at a time, each checked against the snapshot's own list. */
final class SnapshotCursor implements RunCursor {
    private final ObjectStore store;
    private final SnapshotManifest manifest;
    private int chunk;
    private byte[] raw = new byte[0];
    private final int[] position = EntryCodec.position(0);

    SnapshotCursor(ObjectStore store, SnapshotManifest manifest) {
        this.store = store;
        this.manifest = manifest;
    }

    @Override
    public boolean hasNext() {
        while (position[0] >= raw.length && chunk < manifest.chunks().size()) {
            raw = load(manifest.chunks().get(chunk++));
            position[0] = 0;
        }
        return position[0] < raw.length;
    }

    private byte[] load(SnapshotManifest.Chunk expected) {
        SnapshotId id = manifest.id();
        var key = id.chunkKey(expected.number());
        byte[] bytes;
        try {
            bytes = store.read(key);
        } catch (ObjectNotFoundException e) {
            throw new CorruptException(key + " is missing, though the snapshot lists it", e);
        }
        if (!HexFormat.of().formatHex(Sha256.of(bytes)).equals(expected.sha256())) {
            throw new CorruptException(key + " is not the chunk that the snapshot lists: its SHA-256 differs");
        }
        return SnapshotChunk.decode(
                bytes, new SnapshotChunk.Place(id.timeline(), id.seq(), id.term(), expected.number()), key.value());
    }

    @Override
    public RunEntry next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        int start = position[0];
        EntryCodec.skip(raw, raw.length, position);
        return EntryBytes.of(
                Arrays.copyOfRange(raw, start, position[0]), manifest.at().seq(), false);
    }

    @Override
    public void close() {}
}
