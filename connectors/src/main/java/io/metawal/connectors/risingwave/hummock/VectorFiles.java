package io.metawal.connectors.risingwave.hummock;

import io.metawal.connectors.risingwave.proto.VectorFileInfo;
import io.metawal.connectors.risingwave.proto.VectorIndex;
import java.util.Collection;
import java.util.List;

/** The files of a vector index, whichever kind it is of. */
final class VectorFiles {
    private VectorFiles() {}

    static List<VectorFileInfo> of(VectorIndex index) {
        return switch (index.getVariantCase()) {
            case FLAT -> index.getFlat().getVectorFilesList();
            case HNSW_FLAT -> index.getHnswFlat().getVectorFilesList();
            case VARIANT_NOT_SET -> List.of();
        };
    }

    static VectorIndex without(VectorIndex index) {
        VectorIndex.Builder without = index.toBuilder();
        switch (index.getVariantCase()) {
            case FLAT -> without.getFlatBuilder().clearVectorFiles();
            case HNSW_FLAT -> without.getHnswFlatBuilder().clearVectorFiles();
            case VARIANT_NOT_SET -> {}
        }
        return without.build();
    }

    static VectorIndex with(int table, VectorIndex without, Collection<VectorFileInfo> files) {
        VectorIndex.Builder index = without.toBuilder();
        switch (without.getVariantCase()) {
            case FLAT -> index.getFlatBuilder().addAllVectorFiles(files);
            case HNSW_FLAT -> index.getHnswFlatBuilder().addAllVectorFiles(files);
            case VARIANT_NOT_SET -> {
                if (!files.isEmpty()) {
                    throw new HummockFaultException(
                            "vector index of table " + HummockKeys.u32(table),
                            "no files, as it is of no known kind",
                            "some");
                }
            }
        }
        return index.build();
    }
}
