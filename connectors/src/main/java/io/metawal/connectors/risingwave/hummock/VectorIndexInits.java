package io.metawal.connectors.risingwave.hummock;

import com.google.protobuf.InvalidProtocolBufferException;
import io.metawal.connectors.risingwave.proto.FlatIndex;
import io.metawal.connectors.risingwave.proto.HnswFlatIndex;
import io.metawal.connectors.risingwave.proto.VectorIndex;
import io.metawal.connectors.risingwave.proto.VectorIndexInfo;
import io.metawal.connectors.risingwave.proto.VectorIndexInit;
import io.metawal.connectors.risingwave.proto.VectorIndexInitV25;

/** The empty index that the description of a new one becomes: of v2.6 and later, flat or HNSW, or of v2.5, which is always flat. */
final class VectorIndexInits {
    private VectorIndexInits() {}

    static VectorIndex index(int table, VectorIndexInit init) {
        if (!init.hasInfo()) {
            return ofV25(table, init);
        }
        VectorIndexInfo info = init.getInfo();
        VectorIndex.Builder index = VectorIndex.newBuilder()
                .setDimension(info.getDimension())
                .setDistanceTypeValue(info.getDistanceTypeValue());
        return switch (info.getConfigCase()) {
            case FLAT ->
                index.setFlat(FlatIndex.newBuilder().setConfig(info.getFlat())).build();
            case HNSW_FLAT ->
                index.setHnswFlat(HnswFlatIndex.newBuilder().setConfig(info.getHnswFlat()))
                        .build();
            case CONFIG_NOT_SET -> throw unknown(table);
        };
    }

    /** There the fields of the description are those of the message itself, and its dimension has the number of v2.6's description. */
    private static VectorIndex ofV25(int table, VectorIndexInit init) {
        try {
            VectorIndexInitV25 info = VectorIndexInitV25.parseFrom(init.toByteString());
            if (!info.hasFlat()) {
                throw unknown(table);
            }
            return VectorIndex.newBuilder()
                    .setDimension(info.getDimension())
                    .setDistanceTypeValue(info.getDistanceTypeValue())
                    .setFlat(FlatIndex.newBuilder().setConfig(info.getFlat()))
                    .build();
        } catch (InvalidProtocolBufferException e) {
            throw unknown(table);
        }
    }

    private static HummockFaultException unknown(int table) {
        return VectorIndexes.unfit(table, "a description of a known kind", "another");
    }
}
