package io.metawal.connectors.risingwave.hummock;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.proto.EpochNewChangeLog;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.TableChangeLog;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The change logs of tables, v1.9 to v2.8: in RisingWave v3.0 they left the version. */
final class ChangeLogs {
    private final NavigableMap<Integer, Log> tables = new TreeMap<>(Integer::compareUnsigned);

    /** One table's, by checkpoint epoch. */
    record Log(TableChangeLog rest, NavigableMap<Long, EpochNewChangeLog> parts) {}

    void load(VersionParts parts) {
        parts.changeLogs().forEach((table, log) -> tables.put(table, new Log(log.rest(table), log.logs())));
    }

    NavigableMap<Integer, Log> all() {
        return tables;
    }

    /** From v3.0 on there are none in the version. */
    void clear(Journal journal) {
        new ArrayList<>(tables.keySet()).forEach(table -> drop(journal, table));
    }

    /** @param advanced tables whose epoch went up: where such a one has no change log in the delta, it has none any more */
    void apply(Journal journal, HummockVersionDelta delta, Set<Integer> advanced, Rules rules) {
        delta.getChangeLogDeltaMap().forEach((table, each) -> {
            if (each.hasNewLog()) {
                append(journal, table, each.getNewLog());
            }
        });
        delta.getRemovedTableIdsList().forEach(table -> drop(journal, table));
        for (int table : advanced) {
            if (!delta.containsChangeLogDelta(table)) {
                drop(journal, table);
            }
        }
        int after = rules.hold(HummockRule.LOG_KEEPS_TRUNCATE_EPOCH) ? 0 : 1;
        delta.getChangeLogDeltaMap()
                .forEach((table, each) -> truncate(journal, table, each.getTruncateEpoch() + after));
    }

    private void append(Journal journal, int table, EpochNewChangeLog added) {
        long epoch = VersionEntries.checkpointEpoch(table, added);
        Log log = tables.get(table);
        if (log == null) {
            touch(journal, table);
            log = new Log(TableChangeLog.getDefaultInstance(), new TreeMap<>(Long::compareUnsigned));
            journal.put(tables, table, log);
        }
        if (!log.parts().isEmpty() && Long.compareUnsigned(log.parts().lastKey(), added.getEpochs(0)) >= 0) {
            throw new HummockFaultException(
                    "change log of table " + HummockKeys.u32(table),
                    "an epoch after " + HummockKeys.u64(log.parts().lastKey()),
                    HummockKeys.u64(added.getEpochs(0)));
        }
        touch(journal, table, epoch);
        journal.put(log.parts(), epoch, added);
    }

    private void drop(Journal journal, int table) {
        Log log = tables.get(table);
        if (log != null) {
            touch(journal, table);
            log.parts().keySet().forEach(epoch -> touch(journal, table, epoch));
            journal.remove(tables, table);
        }
    }

    /** Removes what is before the epoch. */
    private void truncate(Journal journal, int table, long epoch) {
        Log log = tables.get(table);
        if (log == null) {
            return;
        }
        for (long old : new ArrayList<>(log.parts().headMap(epoch, false).keySet())) {
            touch(journal, table, old);
            journal.remove(log.parts(), old);
        }
        if (log.parts().isEmpty()) {
            return;
        }
        EpochNewChangeLog first = log.parts().firstEntry().getValue();
        List<Long> epochs = new ArrayList<>(first.getEpochsList());
        if (epochs.removeIf(each -> Long.compareUnsigned(each, epoch) < 0)) {
            touch(journal, table, log.parts().firstKey());
            journal.put(
                    log.parts(),
                    log.parts().firstKey(),
                    first.toBuilder().clearEpochs().addAllEpochs(epochs).build());
        }
    }

    private void touch(Journal journal, int table) {
        EntryKey key = HummockKeys.ofTable(HummockKeys.CHANGE_LOG, table);
        journal.touch(key, () -> {
            Log log = tables.get(table);
            return log == null ? null : new Entry(key, log.rest().toByteString(), ByteString.EMPTY);
        });
    }

    private void touch(Journal journal, int table, long epoch) {
        EntryKey key = HummockKeys.changeLog(table, epoch);
        journal.touch(key, () -> {
            Log log = tables.get(table);
            @Nullable EpochNewChangeLog part = log == null ? null : log.parts().get(epoch);
            return part == null ? null : new Entry(key, part.toByteString(), ByteString.EMPTY);
        });
    }
}
