package io.metawal.connectors.risingwave.hummock;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.StateTableInfo;
import io.metawal.connectors.risingwave.proto.TableWatermarks;
import io.metawal.connectors.risingwave.proto.TableWatermarks.EpochNewWatermarks;
import io.metawal.connectors.risingwave.proto.WatermarkSerdeType;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
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
     * Adds the new ones, drops those of removed tables where the release does, and cuts short what had become old before this delta.
     *
     * @param boundary the epoch of a table before which nobody reads any more; 0 where none is known
     */
    void apply(Journal journal, HummockVersionDelta delta, IntToLongFunction boundary, Rules rules) {
        Set<Integer> removed = new HashSet<>(delta.getRemovedTableIdsList());
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
            TableWatermarks marks =
                    rules.hold(HummockRule.WATERMARK_KIND_WRITTEN) ? withKind(added.getValue()) : added.getValue();
            TableWatermarks before = tables.get(table);
            if (before != null && removed.contains(table)) {
                remove(journal, table);
                continue;
            }
            set(journal, table, before == null ? checked(table, marks) : merged(table, before, marks));
        }
        if (rules.hold(HummockRule.DROP_REMOVES_WATERMARKS)) {
            removed.forEach(table -> remove(journal, table));
        }
        for (int table : stale) {
            TableWatermarks marks = tables.get(table);
            if (marks != null) {
                set(journal, table, StaleWatermarks.cleared(marks, boundary.applyAsLong(table)));
            }
        }
    }

    /** Writes the kind of each table's watermarks out, as a release does that has a field for it. */
    void writeKinds(Journal journal) {
        new ArrayList<>(tables.entrySet()).forEach(each -> {
            TableWatermarks written = withKind(each.getValue());
            if (!written.equals(each.getValue())) {
                set(journal, each.getKey(), written);
            }
        });
    }

    private static TableWatermarks withKind(TableWatermarks marks) {
        return marks.getRawWatermarkSerdeType() == WatermarkSerdeType.TYPE_UNSPECIFIED
                ? marks.toBuilder()
                        .setRawWatermarkSerdeType(
                                marks.getIsNonPkPrefix()
                                        ? WatermarkSerdeType.NON_PK_PREFIX
                                        : WatermarkSerdeType.PK_PREFIX)
                        .build()
                : marks;
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

    private void remove(Journal journal, int table) {
        touch(journal, table);
        journal.remove(tables, table);
    }

    private void touch(Journal journal, int table) {
        EntryKey key = HummockKeys.ofTable(HummockKeys.WATERMARK, table);
        journal.touch(key, () -> {
            TableWatermarks marks = tables.get(table);
            return marks == null ? null : new Entry(key, marks.toByteString(), ByteString.EMPTY);
        });
    }
}
