package io.metawal.connectors.risingwave.files;

import io.metawal.connectors.risingwave.proto.EpochNewChangeLog;
import io.metawal.connectors.risingwave.proto.HnswFlatIndex;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.Level;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import io.metawal.connectors.risingwave.proto.TableChangeLog;
import io.metawal.connectors.risingwave.proto.VectorFileInfo;
import io.metawal.connectors.risingwave.proto.VectorIndex;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Every object that a version refers to: SSTs of all levels and of change logs, files and graphs of vector indexes. */
public final class VersionFiles {
    private static final String DATA = "data";
    private static final String VECTOR = "vector";
    private static final String GRAPH = "hnsw_graph";

    private VersionFiles() {}

    /** Suffixes by object id; SSTs, vectors and graphs share one series of ids. */
    public static SortedMap<Long, String> of(HummockVersion version) {
        TreeMap<Long, String> files = new TreeMap<>(Long::compareUnsigned);
        for (HummockVersion.Levels levels : version.getLevelsMap().values()) {
            levels.getL0().getSubLevelsList().forEach(level -> add(level, files));
            levels.getLevelsList().forEach(level -> add(level, files));
        }
        for (TableChangeLog log : version.getTableChangeLogsMap().values()) {
            for (EpochNewChangeLog part : log.getChangeLogsList()) {
                add(part.getOldValueList(), files);
                add(part.getNewValueList(), files);
            }
        }
        version.getVectorIndexesMap().values().forEach(index -> add(index, files));
        return files;
    }

    private static void add(Level level, Map<Long, String> files) {
        add(level.getTableInfosList(), files);
    }

    private static void add(List<SstableInfo> ssts, Map<Long, String> files) {
        ssts.forEach(sst -> files.put(sst.getObjectId(), DATA));
    }

    private static void add(VectorIndex index, Map<Long, String> files) {
        List<VectorFileInfo> vectors = index.hasFlat()
                ? index.getFlat().getVectorFilesList()
                : index.getHnswFlat().getVectorFilesList();
        vectors.forEach(file -> files.put(file.getObjectId(), VECTOR));
        HnswFlatIndex graph = index.getHnswFlat();
        if (graph.hasGraphFile()) {
            files.put(graph.getGraphFile().getObjectId(), GRAPH);
        }
    }
}
