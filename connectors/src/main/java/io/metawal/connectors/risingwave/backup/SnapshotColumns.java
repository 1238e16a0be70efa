package io.metawal.connectors.risingwave.backup;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.InvalidProtocolBufferException;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.hummock.Epochs;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.StateTableInfo;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.image.Entry;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * For an operator who knows {@code rw_catalog.rw_meta_snapshot}: the row of it that a snapshot of an image would have. Entries are given to
 * {@link #add} in any order, those of other spaces too.
 */
public final class SnapshotColumns {
    private HummockVersion version = HummockVersion.getDefaultInstance();
    private final Map<Integer, StateTableInfo> tables = new TreeMap<>(Integer::compareUnsigned);
    private @Nullable RwVersion captured;
    private long kept;
    private String stale = "";

    public void add(Entry entry) {
        String key = entry.entryKey().key().toStringUtf8();
        try {
            switch (entry.entryKey().space().name()) {
                case "hummock.version" -> version = HummockVersion.parseFrom(entry.value());
                case "hummock.table" ->
                    tables.put(Integer.parseUnsignedInt(key), StateTableInfo.parseFrom(entry.value()));
                default -> store(entry);
            }
        } catch (InvalidProtocolBufferException | NumberFormatException e) {
            throw new CorruptException(entry.entryKey().space() + " " + key + " cannot be read: " + e.getMessage(), e);
        }
    }

    private void store(Entry entry) {
        kept += entry.entryKey().space().equals(RwSpaces.UNAPPLIED) ? 1 : 0;
        if (entry.entryKey().equals(RwSpaces.VERSION_STALE)) {
            stale = entry.value().toStringUtf8();
        }
        if (entry.entryKey().equals(RwSpaces.STORE)) {
            captured = StoreModel.parse(entry.value()).version();
        }
    }

    /**
     * Names and values, in the table's order: those of v1.6 to v1.9 where the version's tables have no state of their own, else those
     * from v1.10 on. Numbers are decimal text, an epoch's time is RFC 3339 in UTC.
     *
     * @param snapshotId that the snapshot would get; null where that is not known
     * @param asked null for that the image was captured from
     */
    public Map<String, String> columns(@Nullable Long snapshotId, String remarks, @Nullable RwVersion asked) {
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put("meta_snapshot_id", snapshotId == null ? "" : Long.toUnsignedString(snapshotId));
        columns.put("hummock_version_id", Long.toUnsignedString(version.getId()));
        if (tables.isEmpty()) {
            epoch(columns, "safe_epoch", version.getSafeEpoch());
            epoch(columns, "max_committed_epoch", version.getMaxCommittedEpoch());
            columns.put("remarks", remarks);
            return columns;
        }
        RwVersion by = asked == null ? captured : asked;
        columns.put("remarks", remarks);
        columns.put("state_table_info", stateTableInfo());
        columns.put("rw_version", by == null ? "" : by.toString());
        return columns;
    }

    private static void epoch(Map<String, String> columns, String name, long epoch) {
        columns.put(name, Long.toUnsignedString(epoch));
        columns.put(name + "_ts", Epochs.isReal(epoch) ? Timestamps.print(Epochs.timeMicros(epoch)) : "");
    }

    private String stateTableInfo() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        tables.forEach((table, info) -> json.putObject(Integer.toUnsignedString(table))
                .put("committed_epoch", new BigInteger(Long.toUnsignedString(info.getCommittedEpoch())))
                .put("compaction_group_id", new BigInteger(Long.toUnsignedString(info.getCompactionGroupId()))));
        return json.toString();
    }

    /** Why the meta node's version is not known at this point; empty where it is. */
    public Optional<String> unknown() {
        if (!stale.isEmpty()) {
            return Optional.of(stale);
        }
        return kept == 0
                ? Optional.empty()
                : Optional.of(kept + " version deltas did not fit and are kept as they are behind version "
                        + Long.toUnsignedString(version.getId()));
    }

    /** A table's committed epoch, unsigned; null where the table is not there. */
    public @Nullable Long committedEpoch(int table) {
        StateTableInfo info = tables.get(table);
        return info == null ? null : info.getCommittedEpoch();
    }
}
