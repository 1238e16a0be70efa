package io.metawal.connectors.sql.compare;

import com.google.protobuf.ByteString;
import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.compare.SqlComparison.Differences;
import io.metawal.connectors.sql.row.RowCodec;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.TableEntries;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.port.Captured;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The slices of one table: first its rows, in the order of the database, each of which the image must have; then, where they were more than one
 * slice, the image's keys, each of which the table must have. For one thread.
 */
final class TableSlices {
    /** A slice ends once its rows weigh so much. */
    private static final long SLICE_BYTES_MAX = 16L << 20;
    /** Keys that are looked up by one statement. */
    private static final int LOOKED_UP_MAX = 200;

    private final SqlTable table;
    private final SqlInterpretation interpretation;
    private final TableReader reader;
    private Phase phase = Phase.ROWS;
    private @Nullable SqlRow after;
    private @Nullable EntryKey firstKey;
    private Step step = new Step(Phase.ROWS, null, null);

    private enum Phase {
        ROWS,
        KEYS,
        DONE
    }

    /** Where the next slice begins, once this one was equal. */
    private record Step(
            Phase phase, @Nullable SqlRow after, @Nullable EntryKey firstKey) {}

    TableSlices(SqlTable table, SqlInterpretation interpretation, TableReader reader) {
        this.table = table;
        this.interpretation = interpretation;
        this.reader = reader;
    }

    /** The slice was equal; whether it was the last one. */
    boolean next() {
        phase = step.phase();
        after = step.after();
        firstKey = step.firstKey();
        return phase == Phase.DONE;
    }

    /** Compares the slice; null where it could not be compared now. */
    @Nullable
    Differences compare(int keysMax, Captured captured) throws InterruptedException {
        try (Captured.ChangedKeys since = captured.watch()) {
            // What is equal is so as of the read, which is not before this.
            Provenance from = position(captured);
            Differences found = phase == Phase.ROWS
                    ? rows(keysMax, from, captured, since)
                    : keys(Math.min(keysMax, LOOKED_UP_MAX), from, captured, since);
            // What a base changed, or a description that changed, is seen in the keys that changed.
            return since.all() || since.contains(TableEntries.key(table.schema(), table.name())) ? null : found;
        }
    }

    static Provenance position(Captured captured) throws InterruptedException {
        try (ImageView image = captured.image()) {
            return image.provenance();
        }
    }

    private @Nullable Differences rows(int keysMax, Provenance from, Captured captured, Captured.ChangedKeys since)
            throws InterruptedException {
        TableReader.Rows slice = reader.after(table, after, new TableReader.Bounds(keysMax, SLICE_BYTES_MAX));
        if (!captured.catchUp()) {
            return null;
        }
        SortedMap<EntryKey, String> differences = new TreeMap<>();
        Set<EntryKey> seen = new HashSet<>();
        try (ImageView image = captured.image()) {
            if (changedMeanwhile(image)) {
                return null;
            }
            for (SqlRow row : slice.rows()) {
                Entry there = interpretation.comparable(table, row);
                seen.add(there.entryKey());
                Entry here = image.find(there.entryKey());
                if (!since.contains(there.entryKey()) && !there.equals(here)) {
                    differences.put(
                            there.entryKey(),
                            name(there.entryKey()) + (here == null ? " is not in the image" : " has another value"));
                }
            }
            boolean whole = slice.end() && after == null;
            if (whole) {
                missing(image, seen, since, differences);
            }
            SqlRow last = slice.rows().isEmpty()
                    ? null
                    : slice.rows().get(slice.rows().size() - 1);
            step = !slice.end() && last != null && !last.equals(after)
                    ? new Step(Phase.ROWS, last, null)
                    : new Step(whole ? Phase.DONE : Phase.KEYS, null, null);
            return new Differences(from, slice.rows().size(), differences);
        }
    }

    /** Of a table that was read as a whole: keys that only the image has. */
    private void missing(
            ImageView image, Set<EntryKey> seen, Captured.ChangedKeys since, SortedMap<EntryKey, String> differences) {
        try (EntryIterator entries = image.entries(interpretation.space(table))) {
            while (entries.hasNext()) {
                EntryKey key = entries.next().entryKey();
                if (!seen.contains(key) && !since.contains(key)) {
                    differences.put(key, name(key) + " is not in the source");
                }
            }
        }
    }

    private @Nullable Differences keys(int keysMax, Provenance from, Captured captured, Captured.ChangedKeys since)
            throws InterruptedException {
        List<Entry> asked = new ArrayList<>();
        EntryKey following = null;
        EntryKey begin = firstKey == null ? new EntryKey(interpretation.space(table), ByteString.EMPTY) : firstKey;
        try (ImageView image = captured.image();
                EntryIterator entries = image.entriesFrom(begin)) {
            while (entries.hasNext() && following == null) {
                Entry entry = entries.next();
                if (asked.size() < keysMax) {
                    asked.add(entry);
                } else {
                    following = entry.entryKey();
                }
            }
        }
        Set<String> absent = absent(asked);
        if (!captured.catchUp()) {
            return null;
        }
        SortedMap<EntryKey, String> differences = new TreeMap<>();
        try (ImageView image = captured.image()) {
            if (changedMeanwhile(image)) {
                return null;
            }
            for (Entry entry : asked) {
                EntryKey key = entry.entryKey();
                boolean gone = absent.contains(key.key().toStringUtf8()) && !since.contains(key);
                if (gone && image.find(key) != null) {
                    differences.put(key, name(key) + " is not in the source");
                }
            }
            withoutMisread(differences);
            step = new Step(following == null ? Phase.DONE : Phase.KEYS, null, following);
            return new Differences(from, asked.size(), differences);
        }
    }

    private Set<String> absent(List<Entry> asked) {
        Set<String> keys = asked.stream()
                .map(entry -> entry.entryKey().key().toStringUtf8())
                .collect(Collectors.toSet());
        if (keys.isEmpty()) {
            return keys;
        }
        List<SqlRow> rows =
                asked.stream().map(entry -> RowCodec.decode(entry.value())).toList();
        keys.removeAll(reader.present(table, rows));
        return keys;
    }

    /** Before a key counts as absent: a condition may mean another value than the one that was printed, so all rows are read. */
    private void withoutMisread(SortedMap<EntryKey, String> differences) {
        if (!differences.isEmpty()) {
            Set<String> keys = differences.keySet().stream()
                    .map(key -> key.key().toStringUtf8())
                    .collect(Collectors.toSet());
            Set<String> found = reader.scanned(table, keys);
            differences.keySet().removeIf(key -> found.contains(key.key().toStringUtf8()));
        }
    }

    private boolean changedMeanwhile(ImageView image) {
        Entry described = image.find(TableEntries.key(table.schema(), table.name()));
        return described == null || !TableEntries.parse(described).equals(table);
    }

    private static String name(EntryKey key) {
        return key.space() + "/" + key.key().toStringUtf8();
    }
}
