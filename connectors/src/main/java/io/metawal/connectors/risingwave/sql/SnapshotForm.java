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
import io.metawal.storage.temp.TempFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * In front of a target that takes RisingWave's snapshots apart and makes them: rows as they were captured become rows of a snapshot of version
 * 2, {@link RwSpaces#STORE} says so, and the tables' descriptions are left out. An image of an imported snapshot, or of etcd, passes.
 *
 * <p>What an image is, and what its tables look like, is told behind its first rows: all entries wait in files until it is published.
 */
public final class SnapshotForm extends ForwardingTarget {
    private static final long MEMORY_BYTES_MAX = 16 << 20;

    private final TempFolder scratch;
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
        this.scratch = TempFolder.in(scratch, "rows");
        this.asked = asked;
        this.waiting = new EntrySorter(
                this.scratch.folder(), memoryBytesMax, key -> new CorruptException("the image has " + key + " twice"));
    }

    @Override
    public void examine(Entry entry) {
        write(entry);
    }

    @Override
    public RestoreReport ready() {
        convertAll(super::examine);
        return reported(super.ready());
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
        convertAll(super::write);
        return reported(super.publish(beforeVisible));
    }

    private void convertAll(Consumer<Entry> to) {
        RwSqlStore captured = store != null && store.captured() ? store : null;
        try (EntryIterator entries = waiting.entries()) {
            while (entries.hasNext()) {
                Entry entry = entries.next();
                if (captured == null) {
                    to.accept(entry);
                } else {
                    convert(entry, captured, to);
                }
            }
        }
    }

    private RestoreReport reported(RestoreReport report) {
        List<String> notes = new ArrayList<>(report.notes());
        leftOut.forEach((table, rows) -> notes.add(
                "left out " + rows + " rows of " + table + ": the snapshots of that release do not hold this table"));
        long rows = leftOut.values().stream().mapToLong(Long::longValue).sum();
        return new RestoreReport(report.entries(), report.skipped() + rows, report.ephemeral(), notes);
    }

    private void convert(Entry entry, RwSqlStore captured, Consumer<Entry> to) {
        EntryKey key = entry.entryKey();
        SqlModel model = SqlModel.ofSpace(key.space()).orElse(null);
        RwVersion version = version(captured);
        if (key.equals(RwSpaces.STORE)) {
            to.accept(new StoreModel(2, version).entry());
        } else if (model != null
                && version != null
                && !SnapshotLayout.of(2, version).holds(model)) {
            leftOut.merge(model.table(), 1L, Long::sum);
        } else if (model != null) {
            to.accept(row(model, entry));
        } else if (!key.space().equals(TableEntries.SPACE)) {
            to.accept(entry);
        }
    }

    /** The migrations imply the first release that has them; a later one that has the same may be asked for. */
    private @Nullable RwVersion version(RwSqlStore captured) {
        RwVersion first = captured.version();
        boolean mayBeAsked =
                first == null || asked != null && !SnapshotLayout.isNewer(asked) && sameStore(first, asked);
        return asked != null && mayBeAsked ? asked : first;
    }

    private static boolean sameStore(RwVersion first, RwVersion asked) {
        return MigrationLevel.same(first, asked) && SnapshotLayout.of(2, asked) == SnapshotLayout.of(2, first);
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
    public void close() {
        try {
            super.close();
        } finally {
            scratch.close();
        }
    }
}
