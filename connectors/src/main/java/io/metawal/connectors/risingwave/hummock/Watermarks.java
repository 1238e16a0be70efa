package io.metawal.connectors.risingwave.hummock;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.StateTableInfo;
import io.metawal.connectors.risingwave.proto.TableWatermarks;
import io.metawal.connectors.risingwave.proto.TableWatermarks.EpochNewWatermarks;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.IntToLongFunction;

/** The watermarks of each table. */
final class Watermarks {
    private final NavigableMap<Integer, TableWatermarks> tables = new TreeMap<>(Integer::compareUnsigned);

    void load(VersionParts parts) {
        tables.putAll(parts.watermarks());
    }

    NavigableMap<Integer, TableWatermarks> all() {
        return tables;
    }

    /**
     * Adds the new ones, drops those of removed tables, and cuts short what had become old before this delta.
     *
     * @param boundary the epoch of a table before which nobody reads any more; 0 where none is known
     */
    void apply(Journal journal, HummockVersionDelta delta, IntToLongFunction boundary) {
        List<Integer> stale = new ArrayList<>();
        tables.forEach((table, marks) -> {
            if (marks.getEpochWatermarksCount() > 0
                    && Long.compareUnsigned(
                                    boundary.applyAsLong(table),
                                    marks.getEpochWatermarks(0).getEpoch())
                            > 0) {
                stale.add(table);
            }
        });
        for (Map.Entry<Integer, TableWatermarks> added :
                delta.getNewTableWatermarksMap().entrySet()) {
            int table = added.getKey();
            TableWatermarks before = tables.get(table);
            set(
                    journal,
                    table,
                    before == null ? checked(table, added.getValue()) : merged(table, before, added.getValue()));
        }
        for (int table : delta.getRemovedTableIdsList()) {
            touch(journal, table);
            journal.remove(tables, table);
        }
        for (int table : stale) {
            TableWatermarks marks = tables.get(table);
            if (marks != null) {
                set(journal, table, StaleWatermarks.cleared(marks, boundary.applyAsLong(table)));
            }
        }
    }

    /** A table's safe epoch, which it has up to v2.0; else the epoch it is committed at. */
    static long boundary(StateTableInfo info) {
        return info.getSafeEpoch() != 0 ? info.getSafeEpoch() : info.getCommittedEpoch();
    }

    private static TableWatermarks merged(int table, TableWatermarks before, TableWatermarks added) {
        if (before.getIsAscending() != added.getIsAscending()) {
            throw new HummockFaultException(
                    "watermarks of table " + HummockKeys.u32(table),
                    before.getIsAscending() ? "ascending" : "descending",
                    added.getIsAscending() ? "ascending" : "descending");
        }
        return checked(
                table,
                before.toBuilder()
                        .addAllEpochWatermarks(added.getEpochWatermarksList())
                        .build());
    }

    private static TableWatermarks checked(int table, TableWatermarks marks) {
        for (int n = 1; n < marks.getEpochWatermarksCount(); n++) {
            EpochNewWatermarks before = marks.getEpochWatermarks(n - 1);
            EpochNewWatermarks after = marks.getEpochWatermarks(n);
            if (Long.compareUnsigned(before.getEpoch(), after.getEpoch()) >= 0) {
                throw new HummockFaultException(
                        "watermarks of table " + HummockKeys.u32(table),
                        "an epoch after " + HummockKeys.u64(before.getEpoch()),
                        HummockKeys.u64(after.getEpoch()));
            }
        }
        return marks;
    }

    private void set(Journal journal, int table, TableWatermarks marks) {
        touch(journal, table);
        journal.put(tables, table, marks);
    }

    private void touch(Journal journal, int table) {
        EntryKey key = HummockKeys.ofTable(HummockKeys.WATERMARK, table);
        journal.touch(key, () -> {
            TableWatermarks marks = tables.get(table);
            return marks == null ? null : new Entry(key, marks.toByteString(), ByteString.EMPTY);
        });
    }
}
