package io.metawal.connectors.risingwave.hummock;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.StateTableInfo;
import io.metawal.connectors.risingwave.proto.StateTableInfoDelta;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which tables there are, how far each is committed, and which group it is in: from v1.10 on. */
final class StateTables {
    private final NavigableMap<Integer, StateTableInfo> tables = new TreeMap<>(Integer::compareUnsigned);
    private final Map<Long, Map<Integer, Boolean>> members = new HashMap<>();
    private final Map<Integer, Boolean> withSafeEpoch = new HashMap<>();
    /** How many tables stand at an epoch, of those epochs that tell a time. */
    private final NavigableMap<Long, Integer> epochs = new TreeMap<>(Long::compareUnsigned);

    void load(VersionParts parts) {
        Journal unused = new Journal();
        parts.tables().forEach((table, info) -> put(unused, table, info));
    }

    NavigableMap<Integer, StateTableInfo> all() {
        return tables;
    }

    boolean isEmpty() {
        return tables.isEmpty();
    }

    @Nullable
    StateTableInfo find(int table) {
        return tables.get(table);
    }

    Set<Integer> membersOf(long group) {
        return members.getOrDefault(group, Map.of()).keySet();
    }

    /** The greatest that tells a time; 0 for none. */
    long committedEpoch() {
        return epochs.isEmpty() ? 0 : epochs.lastKey();
    }

    /**
     * What a delta did to the tables.
     *
     * @param isCommit whether a table is new, or further than it was
     * @param advanced tables that were there, and are further now
     */
    record Outcome(boolean isCommit, Set<Integer> advanced) {}

    Outcome apply(Journal journal, HummockVersionDelta delta) {
        Set<Integer> removed = new HashSet<>(delta.getRemovedTableIdsList());
        removed.forEach(table -> remove(journal, table));
        boolean isCommit = false;
        Set<Integer> advanced = new HashSet<>();
        for (Map.Entry<Integer, StateTableInfoDelta> each :
                delta.getStateTableInfoDeltaMap().entrySet()) {
            int table = each.getKey();
            if (removed.contains(table)) {
                continue;
            }
            StateTableInfo info = info(table, each.getValue());
            StateTableInfo before = tables.get(table);
            int order = before == null ? 1 : Long.compareUnsigned(info.getCommittedEpoch(), before.getCommittedEpoch());
            if (before != null && order < 0) {
                throw new HummockFaultException(
                        "table " + HummockKeys.u32(table),
                        "a committed epoch from " + HummockKeys.u64(before.getCommittedEpoch()) + " on",
                        HummockKeys.u64(info.getCommittedEpoch()));
            }
            isCommit |= order > 0;
            if (before != null && order > 0) {
                advanced.add(table);
            }
            put(journal, table, info);
        }
        return new Outcome(isCommit, advanced);
    }

    /** The two messages have their fields in common, those that are not known here too. */
    private static StateTableInfo info(int table, StateTableInfoDelta delta) {
        try {
            return StateTableInfo.parseFrom(delta.toByteString());
        } catch (InvalidProtocolBufferException e) {
            throw new HummockFaultException(
                    "table " + HummockKeys.u32(table), "a StateTableInfo", String.valueOf(e.getMessage()));
        }
    }

    /** From v2.1 on tables have none. */
    void clearSafeEpochs(Journal journal) {
        for (int table : new ArrayList<>(withSafeEpoch.keySet())) {
            StateTableInfo info = tables.get(table);
            if (info != null) {
                put(journal, table, info.toBuilder().clearSafeEpoch().build());
            }
        }
    }

    void put(Journal journal, int table, StateTableInfo info) {
        remove(journal, table);
        touch(journal, table);
        journal.put(tables, table, info);
        if (info.getSafeEpoch() != 0) {
            journal.put(withSafeEpoch, table, Boolean.TRUE);
        }
        journal.put(members.computeIfAbsent(info.getCompactionGroupId(), any -> new TreeMap<>()), table, Boolean.TRUE);
        count(journal, info.getCommittedEpoch(), 1);
    }

    private void remove(Journal journal, int table) {
        StateTableInfo before = tables.get(table);
        if (before == null) {
            return;
        }
        touch(journal, table);
        journal.remove(tables, table);
        journal.remove(withSafeEpoch, table);
        Map<Integer, Boolean> of = members.get(before.getCompactionGroupId());
        if (of != null) {
            journal.remove(of, table);
        }
        count(journal, before.getCommittedEpoch(), -1);
    }

    private void count(Journal journal, long epoch, int by) {
        if (!Epochs.isReal(epoch)) {
            return;
        }
        int count = epochs.getOrDefault(epoch, 0) + by;
        if (count == 0) {
            journal.remove(epochs, epoch);
        } else {
            journal.put(epochs, epoch, count);
        }
    }

    private void touch(Journal journal, int table) {
        EntryKey key = HummockKeys.ofTable(HummockKeys.TABLE, table);
        journal.touch(key, () -> {
            StateTableInfo info = tables.get(table);
            return info == null ? null : new Entry(key, info.toByteString(), ByteString.EMPTY);
        });
    }
}
