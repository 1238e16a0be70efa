package io.metawal.connectors.risingwave.simulated.sql;

import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import io.metawal.connectors.risingwave.proto.TableStats;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Statistics of tables, as the one row of {@code hummock_version_stats} has them: proto3's JSON of each, by table id. */
final class VersionStats {
    private final Map<Integer, TableStats> tables = new TreeMap<>();

    void add(HummockVersionDelta delta) {
        for (SstableInfo sst : DeltaParts.inserted(delta)) {
            if (sst.getTableIdsCount() > 0) {
                TableStats before = tables.getOrDefault(sst.getTableIds(0), TableStats.getDefaultInstance());
                tables.put(
                        sst.getTableIds(0),
                        before.toBuilder()
                                .setTotalKeyCount(before.getTotalKeyCount() + sst.getTotalKeyCount())
                                .setTotalKeySize(before.getTotalKeySize() + 8 * sst.getTotalKeyCount())
                                .setTotalValueSize(before.getTotalValueSize() + sst.getUncompressedFileSize())
                                .build());
            }
        }
        delta.getRemovedTableIdsList().forEach(tables::remove);
    }

    String json() {
        Map<String, String> all = new HashMap<>();
        tables.forEach((table, stats) -> all.put(Integer.toString(table), json(stats)));
        return RandomRows.object(all);
    }

    private static String json(TableStats stats) {
        Map<String, String> fields = new HashMap<>();
        put(fields, "totalKeySize", stats.getTotalKeySize());
        put(fields, "totalKeyCount", stats.getTotalKeyCount());
        put(fields, "totalValueSize", stats.getTotalValueSize());
        return RandomRows.object(fields);
    }

    private static void put(Map<String, String> fields, String name, long value) {
        if (value != 0) {
            fields.put(name, "\"" + value + "\"");
        }
    }
}
