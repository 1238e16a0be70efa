package io.metawal.connectors.risingwave.sql;

import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.EntrySorter;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.risingwave.backup.StoreModel;
import io.metawal.connectors.risingwave.snapshot.RowJson;
import io.metawal.connectors.risingwave.snapshot.SnapshotLayout;
import io.metawal.connectors.sql.row.RowCodec;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.TableEntries;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.port.ForwardingTarget;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * In front of a target that takes RisingWave's snapshots apart and makes them: rows as they were captured become rows of a snapshot of version
 * 2, {@link RwSpaces#STORE} says so, and the tables' descriptions are left out. An image of an imported snapshot, or of etcd, passes.
 *
 * <p>What an image is, and what its tables look like, is told behind its first rows: all entries wait in files until it is published.
 */
public final class SnapshotForm extends ForwardingTarget {
    private static final long MEMORY_BYTES_MAX = 16 << 20;

    private final Path scratch;
    private final @Nullable RwVersion asked;
    private final EntrySorter waiting;
    private final Map<String, SqlTable> tables = new HashMap<>();
    private final Map<String, Long> leftOut = new TreeMap<>();
    private @Nullable RwSqlStore store;

    /**
     * @param scratch a directory for temporary files: as much as the image
     * @param asked release that the snapshot is for; null for that the image is of, as far as its migrations tell
     */
    public SnapshotForm(RestoreTarget target, Path scratch, @Nullable RwVersion asked) {
        this(target, scratch, asked, MEMORY_BYTES_MAX);
    }

    SnapshotForm(RestoreTarget target, Path scratch, @Nullable RwVersion asked, long memoryBytesMax) {
        super(target);
        this.scratch = scratch;
        this.asked = asked;
        this.waiting = new EntrySorter(
                scratch, memoryBytesMax, key -> new CorruptException("the image has " + key + " twice"));
    }

    @Override
    public void write(Entry entry) {
        EntryKey key = entry.entryKey();
        if (key.equals(RwSpaces.STORE)) {
            store = RwSqlStore.parse(entry.value()).orElse(null);
        } else if (key.space().equals(TableEntries.SPACE)) {
            SqlTable table = TableEntries.parse(entry);
            tables.put(table.name(), table);
        }
        waiting.add(entry);
    }

    @Override
    public RestoreReport publish(Runnable beforeVisible) {
        RwSqlStore captured = store != null && store.captured() ? store : null;
        try (EntryIterator entries = waiting.entries()) {
            while (entries.hasNext()) {
                Entry entry = entries.next();
                if (captured == null) {
                    super.write(entry);
                } else {
                    convert(entry, captured);
                }
            }
        }
        RestoreReport report = super.publish(beforeVisible);
        List<String> notes = new ArrayList<>(report.notes());
        leftOut.forEach((table, rows) -> notes.add(
                "left out " + rows + " rows of " + table + ": the snapshots of that release do not hold this table"));
        long rows = leftOut.values().stream().mapToLong(Long::longValue).sum();
        return new RestoreReport(report.entries(), report.skipped() + rows, notes);
    }

    private void convert(Entry entry, RwSqlStore captured) {
        EntryKey key = entry.entryKey();
        SqlModel model = SqlModel.ofSpace(key.space()).orElse(null);
        RwVersion version = version(captured);
        if (key.equals(RwSpaces.STORE)) {
            super.write(new StoreModel(2, version).entry());
        } else if (model != null
                && version != null
                && !SnapshotLayout.of(2, version).holds(model)) {
            leftOut.merge(model.table(), 1L, Long::sum);
        } else if (model != null) {
            super.write(row(model, entry));
        } else if (!key.space().equals(TableEntries.SPACE)) {
            super.write(entry);
        }
    }

    /** The migrations tell the first release that has them: a later one with the same tables may be asked for. */
    private @Nullable RwVersion version(RwSqlStore captured) {
        RwVersion first = captured.version();
        boolean sameLayout =
                first == null || asked != null && SnapshotLayout.of(2, asked) == SnapshotLayout.of(2, first);
        return asked != null && sameLayout ? asked : first;
    }

    private Entry row(SqlModel model, Entry entry) {
        SqlTable table = tables.get(model.table());
        if (table == null) {
            throw new CorruptException("the image has rows of " + model.table() + ", but no description of that table"
                    + " in " + TableEntries.SPACE);
        }
        ByteString json = RowsToSnapshot.row(model, table, RowCodec.decode(entry.value()));
        EntryKey key = new EntryKey(model.space(), ByteString.copyFromUtf8(RowJson.key(model, json)));
        return new Entry(key, json, entry.meta());
    }

    @Override
    public String toString() {
        return describe() + " by way of " + scratch;
    }
}
