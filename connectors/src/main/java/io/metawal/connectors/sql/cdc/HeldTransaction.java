package io.metawal.connectors.sql.cdc;

import io.metawal.connectors.capture.CheckedSink;
import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.row.RowChange;
import io.metawal.metadata.commit.Change;
import java.util.ArrayList;
import java.util.List;

/**
 * One transaction while it is told: each row is made into what it is in the commit as it comes, and the record it came in is let go of.
 * The source tells only what was committed, so nothing has to wait for the end. Once all of it would weigh more than it may, it is let go
 * of too, and the rest is only measured.
 */
final class HeldTransaction implements TransactionAssembler.Rows {
    /** What a change weighs in the heap beside its key, value and meta: seven objects, and its place in the index of rows. */
    static final int CHANGE_BYTES = 200;

    private final RowTranslator translator;
    private final SqlInterpretation.Taking taking;
    private final Counters.Raising raising;
    private final TransactionRows rows;
    private final long bytesMax;
    private List<Change> changes = new ArrayList<>();
    private long bytes;
    private boolean tooLarge;

    HeldTransaction(
            RowTranslator translator,
            SqlInterpretation interpretation,
            Counters counters,
            CheckedSink sink,
            long bytesMax) {
        this.translator = translator;
        this.taking = interpretation.begin();
        this.raising = counters.raising();
        this.rows = new TransactionRows(interpretation, sink);
        this.bytesMax = bytesMax;
    }

    @Override
    public void add(FeedRecord record) throws InterruptedException {
        if (tooLarge) {
            bytes += CHANGE_BYTES + record.rowBytes();
            return;
        }
        long before = bytes;
        translator.translate(record, rows, this::mean);
        if (bytes == before) {
            // What it means is kept elsewhere until the end.
            weigh(CHANGE_BYTES + record.rowBytes());
        }
    }

    private void mean(RowChange row) {
        if (tooLarge) {
            bytes += CHANGE_BYTES;
            return;
        }
        raising.row(row);
        taking.row(row, this::hold);
    }

    private void hold(Change change) {
        weigh(CHANGE_BYTES
                + change.entryKey().key().size()
                + change.value().size()
                + change.meta().size());
        if (!tooLarge) {
            changes.add(change);
            rows.done(change);
        }
    }

    private void weigh(long more) {
        bytes += more;
        if (!tooLarge && bytes > bytesMax) {
            tooLarge = true;
            changes = List.of();
            rows.forget();
        }
    }

    /** What the transaction changes, at its end; {@link #tooLarge} is asked after that. */
    List<Change> changes() throws InterruptedException {
        if (!tooLarge) {
            taking.end(this::hold);
        }
        if (!tooLarge) {
            raising.end().forEach(this::hold);
        }
        return changes;
    }

    boolean tooLarge() {
        return tooLarge;
    }

    /** What it weighs; of the part that was not held, about that. */
    long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        rows.close();
    }
}
