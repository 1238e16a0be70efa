package io.metawal.connectors.risingwave.hummock;

import static io.metawal.connectors.risingwave.hummock.HummockKeys.NOWHERE;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.metawal.connectors.risingwave.proto.EpochNewChangeLog;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.Level;
import io.metawal.connectors.risingwave.proto.LevelType;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import io.metawal.connectors.risingwave.proto.TableChangeLog;
import io.metawal.connectors.risingwave.proto.VectorFileInfo;
import io.metawal.connectors.risingwave.proto.VectorIndex;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes a version apart into entries (docs/formats/hummock.md); {@link VersionAssembler} is the way back. Each message is kept with the
 * fields that are not known here. A version that could not be put together again is a {@link HummockFaultException}.
 */
public final class VersionEntries {
    private final Consumer<Entry> sink;

    private VersionEntries(Consumer<Entry> sink) {
        this.sink = sink;
    }

    /** Every entry of the version, in no order. */
    public static void split(HummockVersion version, Consumer<Entry> sink) {
        VersionEntries entries = new VersionEntries(sink);
        entries.put(HummockKeys.CURRENT, rest(version));
        version.getLevelsMap().forEach(entries::group);
        version.getStateTableInfoMap()
                .forEach((table, info) -> entries.put(HummockKeys.ofTable(HummockKeys.TABLE, table), info));
        version.getTableWatermarksMap()
                .forEach((table, marks) -> entries.put(HummockKeys.ofTable(HummockKeys.WATERMARK, table), marks));
        version.getTableChangeLogsMap().forEach(entries::changeLog);
        version.getVectorIndexesMap().forEach(entries::vector);
    }

    /** What is left of a version besides what has entries of its own. */
    static HummockVersion rest(HummockVersion version) {
        return version.toBuilder()
                .clearLevels()
                .clearTableWatermarks()
                .clearTableChangeLogs()
                .clearStateTableInfo()
                .clearVectorIndexes()
                .build();
    }

    static HummockVersion.Levels rest(HummockVersion.Levels levels) {
        HummockVersion.Levels.Builder rest = levels.toBuilder().clearLevels();
        if (rest.hasL0()) {
            rest.getL0Builder().clearSubLevels();
        }
        return rest.build();
    }

    static Level rest(Level level) {
        return level.toBuilder().clearTableInfos().build();
    }

    /** Whether the SSTs of a level are in the order of their key ranges; else they are in an order of their own. */
    static boolean isSorted(Level level) {
        return level.getLevelType() == LevelType.LEVEL_TYPE_NONOVERLAPPING;
    }

    private void group(long id, HummockVersion.Levels group) {
        put(HummockKeys.group(id), rest(group));
        for (int n = 0; n < group.getLevelsCount(); n++) {
            Level level = group.getLevels(n);
            if (level.getLevelIdx() != n + 1) {
                throw new HummockFaultException(
                        "group " + HummockKeys.u64(id),
                        "level " + (n + 1) + " at place " + (n + 1),
                        "level " + HummockKeys.u32(level.getLevelIdx()));
            }
            put(HummockKeys.level(id, n + 1), rest(level));
            ssts(id, RunId.level(n + 1), level);
        }
        @Nullable Level before = null;
        for (Level level : group.getL0().getSubLevelsList()) {
            if (before != null && Long.compareUnsigned(before.getSubLevelId(), level.getSubLevelId()) >= 0) {
                throw new HummockFaultException(
                        "group " + HummockKeys.u64(id),
                        "a sub level after " + HummockKeys.u64(before.getSubLevelId()),
                        HummockKeys.u64(level.getSubLevelId()));
            }
            before = level;
            put(HummockKeys.subLevel(id, level.getSubLevelId()), rest(level));
            ssts(id, RunId.subLevel(level.getSubLevelId()), level);
        }
    }

    private void ssts(long group, RunId run, Level level) {
        boolean sorted = isSorted(level);
        Set<Long> seen = new HashSet<>();
        @Nullable Sst before = null;
        for (int n = 0; n < level.getTableInfosCount(); n++) {
            SstableInfo info = level.getTableInfos(n);
            if (!seen.add(info.getSstId())) {
                throw new HummockFaultException(
                        run.in(group), "each SST once", HummockKeys.u64(info.getSstId()) + " twice");
            }
            if (sorted) {
                Sst sst = Sst.of(info, NOWHERE);
                if (before != null && before.compareTo(sst) >= 0) {
                    throw new HummockFaultException(
                            run.in(group),
                            "SSTs in the order of their key ranges",
                            HummockKeys.u64(info.getSstId()) + " after " + HummockKeys.u64(before.id()));
                }
                before = sst;
            }
            put(HummockKeys.sst(group, run, info.getSstId()), info, HummockKeys.meta(sorted ? NOWHERE : n));
        }
    }

    private void changeLog(int table, TableChangeLog log) {
        put(
                HummockKeys.ofTable(HummockKeys.CHANGE_LOG, table),
                log.toBuilder().clearChangeLogs().build());
        @Nullable EpochNewChangeLog before = null;
        for (EpochNewChangeLog part : log.getChangeLogsList()) {
            long epoch = checkpointEpoch(table, part);
            if (before != null && Long.compareUnsigned(checkpointEpoch(table, before), epoch) >= 0) {
                throw new HummockFaultException(
                        "change log of table " + HummockKeys.u32(table), "ascending epochs", HummockKeys.u64(epoch));
            }
            before = part;
            put(HummockKeys.changeLog(table, epoch), part);
        }
    }

    /** The last of its epochs, by which it is known. */
    static long checkpointEpoch(int table, EpochNewChangeLog log) {
        if (log.getEpochsCount() == 0) {
            throw new HummockFaultException("change log of table " + HummockKeys.u32(table), "epochs", "none");
        }
        return log.getEpochs(log.getEpochsCount() - 1);
    }

    private void vector(int table, VectorIndex index) {
        put(HummockKeys.ofTable(HummockKeys.VECTOR, table), VectorFiles.without(index));
        Set<Long> seen = new HashSet<>();
        int at = 0;
        for (VectorFileInfo file : VectorFiles.of(index)) {
            if (!seen.add(file.getObjectId())) {
                throw new HummockFaultException(
                        "vector index of table " + HummockKeys.u32(table),
                        "each file once",
                        HummockKeys.u64(file.getObjectId()) + " twice");
            }
            put(HummockKeys.vectorFile(table, file.getObjectId()), file, HummockKeys.meta(at++));
        }
    }

    private void put(EntryKey key, MessageLite message) {
        put(key, message, ByteString.EMPTY);
    }

    private void put(EntryKey key, MessageLite message, ByteString meta) {
        sink.accept(new Entry(key, message.toByteString(), meta));
    }
}
