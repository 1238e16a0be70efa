package io.metawal.connectors.risingwave.simulated;

import io.metawal.connectors.risingwave.proto.EpochNewChangeLog;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta.ChangeLogDelta;
import io.metawal.connectors.risingwave.proto.StateTableInfo;
import io.metawal.connectors.risingwave.proto.StateTableInfoDelta;
import io.metawal.connectors.risingwave.proto.TableChangeLog;
import io.metawal.connectors.risingwave.proto.VectorIndex;
import io.metawal.connectors.risingwave.proto.VectorIndexAdd;
import io.metawal.connectors.risingwave.proto.VectorIndexDelta;
import io.metawal.connectors.risingwave.proto.VectorIndexInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a delta does to what a version knows by table: epochs, change logs, vector indexes. */
final class WholeTables {
    private WholeTables() {}

    /** Whether it commits an epoch: a table is new, or its epoch rises. */
    static boolean applyStateTables(HummockVersion.Builder version, HummockVersionDelta delta) {
        boolean commit = false;
        delta.getRemovedTableIdsList().forEach(version::removeStateTableInfo);
        for (Map.Entry<Integer, StateTableInfoDelta> one :
                delta.getStateTableInfoDeltaMap().entrySet()) {
            int table = one.getKey();
            if (delta.getRemovedTableIdsList().contains(table)) {
                continue;
            }
            long epoch = one.getValue().getCommittedEpoch();
            StateTableInfo.Builder info = StateTableInfo.newBuilder();
            if (version.containsStateTableInfo(table)) {
                info = version.getStateTableInfoOrThrow(table).toBuilder();
                int order = Long.compareUnsigned(info.getCommittedEpoch(), epoch);
                DoesNotFit.unless(
                        order <= 0,
                        "the epoch of table " + table + " falls from " + info.getCommittedEpoch() + " to " + epoch);
                commit |= order < 0;
            } else {
                commit = true;
            }
            version.putStateTableInfo(
                    table,
                    info.setCommittedEpoch(epoch)
                            .setSafeEpoch(one.getValue().getSafeEpoch())
                            .setCompactionGroupId(one.getValue().getCompactionGroupId())
                            .build());
        }
        return commit;
    }

    static void applyChangeLogs(
            HummockVersion before,
            HummockVersion.Builder version,
            HummockVersionDelta delta,
            SimulatedRelease release) {
        Map<Integer, ChangeLogDelta> changes = delta.getChangeLogDeltaMap();
        changes.forEach((table, change) -> {
            if (change.hasNewLog()) {
                append(version, table, change.getNewLog());
            }
        });
        delta.getRemovedTableIdsList().forEach(version::removeTableChangeLogs);
        delta.getStateTableInfoDeltaMap().forEach((table, info) -> {
            boolean advanced = before.containsStateTableInfo(table)
                    && Long.compareUnsigned(
                                    before.getStateTableInfoOrThrow(table).getCommittedEpoch(),
                                    info.getCommittedEpoch())
                            < 0;
            if (advanced && !changes.containsKey(table)) {
                version.removeTableChangeLogs(table);
            }
        });
        changes.forEach((table, change) -> {
            if (version.containsTableChangeLogs(table)) {
                version.putTableChangeLogs(
                        table,
                        truncated(
                                version.getTableChangeLogsOrThrow(table),
                                change.getTruncateEpoch() + (release.logKeepsEpoch() ? 0 : 1)));
            }
        });
    }

    private static void append(HummockVersion.Builder version, int table, EpochNewChangeLog added) {
        TableChangeLog log = version.getTableChangeLogsOrDefault(table, TableChangeLog.getDefaultInstance());
        if (log.getChangeLogsCount() > 0) {
            long last = checkpointEpoch(log.getChangeLogs(log.getChangeLogsCount() - 1));
            DoesNotFit.unless(
                    Long.compareUnsigned(last, added.getEpochs(0)) < 0,
                    "the change log of table " + table + " goes back from " + last + " to " + added.getEpochs(0));
        }
        version.putTableChangeLogs(table, log.toBuilder().addChangeLogs(added).build());
    }

    private static TableChangeLog truncated(TableChangeLog log, long epoch) {
        List<EpochNewChangeLog> kept = new ArrayList<>(log.getChangeLogsList());
        kept.removeIf(one -> Long.compareUnsigned(checkpointEpoch(one), epoch) < 0);
        if (!kept.isEmpty()) {
            List<Long> epochs = new ArrayList<>(kept.get(0).getEpochsList());
            epochs.removeIf(one -> Long.compareUnsigned(one, epoch) < 0);
            kept.set(
                    0,
                    kept.get(0).toBuilder().clearEpochs().addAllEpochs(epochs).build());
        }
        return log.toBuilder().clearChangeLogs().addAllChangeLogs(kept).build();
    }

    private static long checkpointEpoch(EpochNewChangeLog log) {
        return log.getEpochs(log.getEpochsCount() - 1);
    }

    static void applyVectorIndexes(HummockVersion.Builder version, HummockVersionDelta delta) {
        delta.getVectorIndexDeltaMap().forEach((table, change) -> {
            if (change.getDeltaCase() == VectorIndexDelta.DeltaCase.INIT) {
                DoesNotFit.unless(
                        !version.containsVectorIndexes(table), "table " + table + " has a vector index already");
                version.putVectorIndexes(table, initial(change.getInit().getInfo(), table));
            } else if (change.getDeltaCase() == VectorIndexDelta.DeltaCase.ADDS) {
                DoesNotFit.unless(version.containsVectorIndexes(table), "table " + table + " has no vector index");
                VectorIndex index = version.getVectorIndexesOrThrow(table);
                for (VectorIndexAdd add : change.getAdds().getAddsList()) {
                    index = added(index, add, table);
                }
                version.putVectorIndexes(table, index);
            }
        });
        delta.getRemovedTableIdsList().forEach(version::removeVectorIndexes);
    }

    private static VectorIndex initial(VectorIndexInfo info, int table) {
        VectorIndex.Builder index =
                VectorIndex.newBuilder().setDimension(info.getDimension()).setDistanceType(info.getDistanceType());
        DoesNotFit.unless(info.hasFlat() || info.hasHnswFlat(), "the vector index of table " + table + " has no kind");
        if (info.hasFlat()) {
            index.getFlatBuilder().setConfig(info.getFlat());
        } else {
            index.getHnswFlatBuilder().setConfig(info.getHnswFlat());
        }
        return index.build();
    }

    private static VectorIndex added(VectorIndex index, VectorIndexAdd add, int table) {
        VectorIndex.Builder next = index.toBuilder();
        if (add.hasFlat()) {
            DoesNotFit.unless(index.hasFlat(), "the vector index of table " + table + " is not flat");
            next.getFlatBuilder()
                    .addAllVectorFiles(add.getFlat().getAddedVectorFilesList())
                    .setNextVectorId(add.getFlat().getNextVectorId());
        } else if (add.hasHnswFlat()) {
            DoesNotFit.unless(index.hasHnswFlat(), "the vector index of table " + table + " is flat");
            next.getHnswFlatBuilder()
                    .addAllVectorFiles(add.getHnswFlat().getAddedVectorFilesList())
                    .setNextVectorId(add.getHnswFlat().getNextVectorId());
            if (add.getHnswFlat().hasGraphFile()) {
                next.getHnswFlatBuilder().setGraphFile(add.getHnswFlat().getGraphFile());
            }
        }
        return next.build();
    }
}
