package io.metawal.connectors.risingwave.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.metawal.connectors.risingwave.snapshot.PlainSnapshot;
import io.metawal.connectors.risingwave.snapshot.SnapshotLayout;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** A backup directory in memory, as a meta node would have left it. */
public final class Backups {
    static final ObjectKey MANIFEST = new ObjectKey("manifest.json");
    private static final ObjectMapper JSON = new ObjectMapper();

    public final MemoryObjectStore store = new MemoryObjectStore(InstantSource.fixed(Instant.EPOCH));
    private final ObjectNode manifest = JSON.createObjectNode().put("manifest_id", 1);

    public Backups() {
        manifest.putArray("snapshot_metadata");
        writeManifest();
    }

    public void add(PlainSnapshot snapshot, SnapshotLayout layout) {
        add(snapshot.id, snapshot.bytes(), layout);
    }

    public void add(long id, byte[] bytes, SnapshotLayout layout) {
        store.create(new ObjectKey(id + ".snapshot"), ObjectBody.of(bytes));
        ObjectNode entry =
                ((com.fasterxml.jackson.databind.node.ArrayNode) manifest.path("snapshot_metadata")).addObject();
        entry.put("id", id).put("hummock_version_id", 1).put("format_version", layout.formatVersion());
        if (layout.from().atLeast(1, 10)) {
            entry.put("rw_version", layout.from().toString());
        }
        writeManifest();
    }

    public void replace(long id, byte[] bytes) {
        store.replace(new ObjectKey(id + ".snapshot"), bytes);
    }

    private void writeManifest() {
        store.replace(MANIFEST, manifest.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    public JsonNode manifest() throws IOException {
        return JSON.readTree(store.read(MANIFEST));
    }

    public static List<Entry> entries(ImageView view) {
        try (view;
                EntryIterator all = view.entries()) {
            List<Entry> entries = new ArrayList<>();
            all.forEachRemaining(entries::add);
            return entries;
        }
    }
}
