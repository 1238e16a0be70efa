package io.metawal.connectors.sql.compare;

import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.TableEntries;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.port.Captured;
import io.metawal.metadata.port.SelfCheck;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Compares an image with the rows of a database, table by table, each in slices of its primary key.
 *
 * <p>A read of a slice is of one moment, R. Then the capture is waited for, until it has everything that was committed by R. The image that it
 * has then may have more: the keys that were committed since before R are known, and are left out. All others must be equal. Where some are
 * not, the slice is read again, twice: only a key that differs each time is a difference, so that a transaction which the database's log shows
 * before its reads do is none.
 *
 * <p>Cost: a range of the primary key for each slice, and for a table that is larger than a slice a look for the keys that the image has.
 * For one thread.
 */
public final class SqlComparison implements SelfCheck {
    private static final int READS = 3;

    private final SqlInterpretation interpretation;
    private final TableReader reader;
    private final Queue<TableSlices> left = new ArrayDeque<>();
    private boolean inRound;

    public SqlComparison(SqlUrl url, SqlInterpretation interpretation) {
        this.interpretation = interpretation;
        this.reader = new TableReader(url);
    }

    @Override
    public Slice compare(int keysMax, Captured captured) throws InterruptedException {
        if (!inRound) {
            begin(captured);
        }
        TableSlices table = left.peek();
        if (table == null) {
            return newest(captured);
        }
        Differences persistent = null;
        for (int read = 0; read < READS; read++) {
            Differences found = table.compare(keysMax, captured);
            if (found == null) {
                return Slice.unknown();
            }
            persistent = persistent == null ? found : persistent.and(found);
            if (persistent.keys().isEmpty()) {
                if (table.next()) {
                    left.remove();
                }
                return Slice.equal(Place.INSIDE, persistent.at(), persistent.compared());
            }
        }
        Differences sure = Objects.requireNonNull(persistent);
        String first = sure.keys().values().iterator().next();
        return Slice.different(sure.at(), sure.compared(), sure.keys().size(), first);
    }

    private void begin(Captured captured) throws InterruptedException {
        left.clear();
        try (ImageView image = captured.image()) {
            for (SqlTable table : TableEntries.of(image)) {
                if (interpretation.compares(table)) {
                    left.add(new TableSlices(table, interpretation, reader));
                }
            }
        }
        inRound = true;
    }

    /** What closes a round: the newest row of a table whose rows are kept in another form. */
    private Slice newest(Captured captured) throws InterruptedException {
        try (Captured.ChangedKeys since = captured.watch()) {
            Provenance from = TableSlices.position(captured);
            SqlTable table;
            try (ImageView image = captured.image()) {
                table = interpretation.newestCompared(TableEntries.of(image)).orElse(null);
            }
            SqlRow row = table == null ? null : reader.newest(table).orElse(null);
            if (row != null && !captured.catchUp()) {
                return Slice.unknown();
            }
            try (ImageView image = captured.image()) {
                Optional<String> found = table == null || row == null
                        ? Optional.empty()
                        : interpretation.contradiction(table, row, image);
                if (since.all()) {
                    return Slice.unknown();
                }
                if (found.isPresent()) {
                    return Slice.different(from, 1, 1, found.get());
                }
                inRound = false;
                return Slice.equal(Place.LAST, from, table == null ? 0 : 1);
            }
        }
    }

    @Override
    public void restart() {
        inRound = false;
    }

    @Override
    public void close() {
        reader.close();
    }

    /**
     * Keys that differ, each with how; in order.
     *
     * @param at the commit of the image before the source was read: what was wrong there is in what was found
     */
    record Differences(Provenance at, long compared, SortedMap<EntryKey, String> keys) {
        /** Those that both reads found. */
        Differences and(Differences later) {
            SortedMap<EntryKey, String> both = new TreeMap<>(later.keys());
            both.keySet().retainAll(keys.keySet());
            return new Differences(at, later.compared(), both);
        }
    }
}
