package io.metawal.connectors.sql.cdc;

import io.metawal.metadata.fault.MismatchException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Puts records together into the source's transactions, each exactly between its {@code BEGIN} and its {@code END}, and counts them: a
 * transaction is never split, never merged, and never short of a row.
 */
final class TransactionAssembler {
    private final String where;
    private final UnaryOperator<String> name;
    private @Nullable String open;
    private List<FeedRecord> held = new ArrayList<>();

    /**
     * A whole transaction.
     *
     * @param records rows and truncations, in its order
     */
    record Transaction(List<FeedRecord> records, FeedRecord end) {}

    /** @param name what is the same in all names that a transaction is told by */
    TransactionAssembler(String where, UnaryOperator<String> name) {
        this.where = where;
        this.name = name;
    }

    /** The transaction that this record completes; null where it completes none. */
    @Nullable
    Transaction take(FeedRecord record) {
        switch (record.kind()) {
            case BEGIN -> begin(record);
            case ROW, TRUNCATE -> add(record);
            case END -> {
                return end(record);
            }
            case MESSAGE, HEARTBEAT, OTHER -> {
                return null;
            }
        }
        return null;
    }

    private void begin(FeedRecord record) {
        if (open != null) {
            throw new MismatchException(where + ": transaction " + record.transaction() + " begins while " + open
                    + " has not ended" + next());
        }
        open = of(record);
    }

    private void add(FeedRecord record) {
        if (open == null || !open.equals(of(record))) {
            throw new MismatchException(
                    where + ": a row of " + record.table() + " belongs to transaction " + record.transaction()
                            + ", but the one that is told is " + (open == null ? "none" : open) + next());
        }
        held.add(record);
    }

    private Transaction end(FeedRecord record) {
        if (open == null || !open.equals(of(record))) {
            throw new MismatchException(where + ": transaction " + record.transaction() + " ends, but the one that is"
                    + " told is " + (open == null ? "none" : open) + next());
        }
        if (record.eventCount() != held.size()) {
            throw new MismatchException(where + ": transaction " + open + " has " + record.eventCount()
                    + " changes by its end, but " + held.size() + " were told" + next());
        }
        Transaction whole = new Transaction(held, record);
        open = null;
        held = new ArrayList<>();
        return whole;
    }

    private String of(FeedRecord record) {
        String told = record.transaction();
        return told == null ? "none" : name.apply(told);
    }

    private static String next() {
        return ". Nothing of it was taken; start the capture again, and report it where it happens again";
    }
}
