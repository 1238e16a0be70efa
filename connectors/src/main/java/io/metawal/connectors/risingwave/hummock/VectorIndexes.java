package io.metawal.connectors.risingwave.hummock;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.proto.FlatIndexAdd;
import io.metawal.connectors.risingwave.proto.HnswFlatIndexAdd;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.VectorFileInfo;
import io.metawal.connectors.risingwave.proto.VectorIndex;
import io.metawal.connectors.risingwave.proto.VectorIndexAdd;
import io.metawal.connectors.risingwave.proto.VectorIndexDelta;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The vector indexes of tables, from v2.5 on. */
final class VectorIndexes {
    private final NavigableMap<Integer, Index> tables = new TreeMap<>(Integer::compareUnsigned);

    /** One table's: the index without its files, those in their order, and where each of them is in it. */
    static final class Index {
        private final NavigableMap<Integer, VectorFileInfo> files = new TreeMap<>();
        private final Map<Long, Integer> places = new HashMap<>();
        private VectorIndex rest;

        private Index(VectorIndex rest) {
            this.rest = rest;
        }

        VectorIndex rest() {
            return rest;
        }

        NavigableMap<Integer, VectorFileInfo> files() {
            return files;
        }
    }

    void load(VersionParts parts) {
        parts.vectors().forEach((table, part) -> {
            Index index = new Index(part.rest(table));
            index.files.putAll(part.files());
            index.files.forEach((at, file) -> index.places.put(file.getObjectId(), at));
            VectorFiles.with(table, index.rest, index.files.values());
            tables.put(table, index);
        });
    }

    NavigableMap<Integer, Index> all() {
        return tables;
    }

    void apply(Journal journal, HummockVersionDelta delta) {
        delta.getVectorIndexDeltaMap().forEach((table, each) -> apply(journal, table, each));
        for (int table : delta.getRemovedTableIdsList()) {
            Index index = tables.get(table);
            if (index != null) {
                touch(journal, table);
                index.places.keySet().forEach(object -> touch(journal, table, object));
                journal.remove(tables, table);
            }
        }
    }

    private void apply(Journal journal, int table, VectorIndexDelta delta) {
        switch (delta.getDeltaCase()) {
            case INIT -> init(journal, table, VectorIndexInits.index(table, delta.getInit()));
            case ADDS -> {
                for (VectorIndexAdd add : delta.getAdds().getAddsList()) {
                    switch (add.getAddCase()) {
                        case FLAT -> addFlat(journal, table, add.getFlat());
                        case HNSW_FLAT -> addHnsw(journal, table, add.getHnswFlat());
                        case ADD_NOT_SET -> throw unfit(table, "an addition of a known kind", "another");
                    }
                }
            }
            case DELTA_NOT_SET -> throw unfit(table, "a delta of a known kind", "another");
        }
    }

    private void init(Journal journal, int table, VectorIndex empty) {
        if (tables.containsKey(table)) {
            throw unfit(table, "no index yet", "one");
        }
        touch(journal, table);
        journal.put(tables, table, new Index(empty));
    }

    private void addFlat(Journal journal, int table, FlatIndexAdd add) {
        Index index = index(table, VectorIndex.VariantCase.FLAT);
        VectorIndex.Builder rest = index.rest.toBuilder();
        rest.getFlatBuilder().setNextVectorId(add.getNextVectorId());
        addFiles(journal, table, index, add.getAddedVectorFilesList());
        checkNext(table, index, add.getNextVectorId());
        setRest(journal, table, index, rest.build());
    }

    private void addHnsw(Journal journal, int table, HnswFlatIndexAdd add) {
        Index index = index(table, VectorIndex.VariantCase.HNSW_FLAT);
        VectorIndex.Builder rest = index.rest.toBuilder();
        rest.getHnswFlatBuilder().setNextVectorId(add.getNextVectorId());
        if (!add.hasGraphFile()) {
            throw unfit(table, "an addition with a graph file", "one without");
        }
        rest.getHnswFlatBuilder().setGraphFile(add.getGraphFile());
        addFiles(journal, table, index, add.getAddedVectorFilesList());
        checkNext(table, index, add.getNextVectorId());
        if (index.files.isEmpty()) {
            throw unfit(table, "a vector file beside the graph file", "none");
        }
        setRest(journal, table, index, rest.build());
    }

    private Index index(int table, VectorIndex.VariantCase kind) {
        Index index = tables.get(table);
        if (index == null || index.rest.getVariantCase() != kind) {
            throw unfit(
                    table,
                    "an index of kind " + kind,
                    index == null ? "none" : index.rest.getVariantCase().toString());
        }
        return index;
    }

    private void addFiles(Journal journal, int table, Index index, List<VectorFileInfo> files) {
        for (VectorFileInfo file : files) {
            long object = file.getObjectId();
            if (index.places.containsKey(object)) {
                throw unfit(table, "each file once", HummockKeys.u64(object) + " twice");
            }
            if (!index.files.isEmpty()
                    && Long.compareUnsigned(
                                    file.getStartVectorId(),
                                    endOf(index.files.lastEntry().getValue()))
                            < 0) {
                throw unfit(
                        table,
                        "a file that starts after the vectors of the one before it",
                        HummockKeys.u64(file.getStartVectorId()));
            }
            int at = index.files.isEmpty() ? 0 : index.files.lastKey() + 1;
            touch(journal, table, object);
            journal.put(index.files, at, file);
            journal.put(index.places, object, at);
        }
    }

    private static long endOf(VectorFileInfo file) {
        return file.getStartVectorId() + Integer.toUnsignedLong(file.getVectorCount());
    }

    private static void checkNext(int table, Index index, long next) {
        if (!index.files.isEmpty()
                && Long.compareUnsigned(endOf(index.files.lastEntry().getValue()), next) > 0) {
            throw unfit(table, "a next vector id after those of its files", HummockKeys.u64(next));
        }
    }

    private void setRest(Journal journal, int table, Index index, VectorIndex rest) {
        touch(journal, table);
        VectorIndex before = index.rest;
        index.rest = rest;
        journal.undoWith(() -> index.rest = before);
    }

    static HummockFaultException unfit(int table, String expected, String found) {
        return new HummockFaultException("vector index of table " + HummockKeys.u32(table), expected, found);
    }

    private void touch(Journal journal, int table) {
        EntryKey key = HummockKeys.ofTable(HummockKeys.VECTOR, table);
        journal.touch(key, () -> {
            Index index = tables.get(table);
            return index == null ? null : new Entry(key, index.rest.toByteString(), ByteString.EMPTY);
        });
    }

    private void touch(Journal journal, int table, long object) {
        EntryKey key = HummockKeys.vectorFile(table, object);
        journal.touch(key, () -> {
            Index index = tables.get(table);
            @Nullable Integer at = index == null ? null : index.places.get(object);
            @Nullable VectorFileInfo file = index == null || at == null ? null : index.files.get(at);
            return file == null || at == null ? null : new Entry(key, file.toByteString(), HummockKeys.meta(at));
        });
    }
}
