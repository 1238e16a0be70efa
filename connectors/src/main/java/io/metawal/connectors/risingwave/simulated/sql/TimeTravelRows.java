package io.metawal.connectors.risingwave.simulated.sql;

import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeSet;

/** What a commit of an epoch leaves for queries of the past. */
final class TimeTravelRows {
    private static final int VERSION_EVERY = 16;
    private static final int TABLES_MAX = 4;

    private final SqlTransaction transaction;
    private final RandomRows random;

    TimeTravelRows(SqlTransaction transaction, RandomRows random) {
        this.transaction = transaction;
        this.random = random;
    }

    void insert(HummockVersionDelta delta, long epoch, HummockVersion version) throws SQLException {
        TreeSet<Long> known = new TreeSet<>();
        for (SstableInfo sst : DeltaParts.inserted(delta)) {
            if (known.add(sst.getSstId())) {
                long unused = transaction.insert(
                        "hummock_sstable_info",
                        Map.of(
                                "sst_id", sst.getSstId(),
                                "object_id", sst.getObjectId(),
                                "sstable_info", sst.toByteString()));
            }
        }
        int tables = 0;
        for (int table : new TreeSet<>(delta.getStateTableInfoDeltaMap().keySet())) {
            if (tables++ < TABLES_MAX) {
                long unused = transaction.insert(
                        "hummock_epoch_to_version",
                        Map.of("epoch", epoch, "table_id", (long) table, "version_id", delta.getId()));
            }
        }
        if (delta.getId() % VERSION_EVERY == 0) {
            long unused = transaction.insert(
                    "hummock_time_travel_version",
                    Map.of(
                            "version_id",
                            version.getId(),
                            "version",
                            random.bytes(2000 + (int) (version.getId() % 1000))));
        } else {
            long unused = transaction.insert(
                    "hummock_time_travel_delta",
                    Map.of("version_id", delta.getId(), "version_delta", delta.toByteString()));
        }
    }

    static void forgetBefore(SqlTransaction transaction, long version) throws SQLException {
        transaction.deleteBelow("hummock_epoch_to_version", "version_id", version);
        transaction.deleteBelow("hummock_time_travel_version", "version_id", version);
        transaction.deleteBelow("hummock_time_travel_delta", "version_id", version);
    }
}
