package io.metawal.connectors.sql.cdc;

import io.metawal.metadata.fault.MismatchException;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Puts records together into the source's transactions, each exactly between its {@code BEGIN} and its {@code END}, and counts them: a
 * transaction is never split, never merged, and never short of a row. It holds no record itself: each goes to the transaction's rows as it
 * comes.
 */
final class TransactionAssembler<R extends TransactionAssembler.Rows> implements AutoCloseable {
    private final String where;
    private final UnaryOperator<String> name;
    private final Supplier<R> rows;
    private @Nullable Open<R> open;

    /** What one transaction told; closed where it is not told to its end. */
    interface Rows extends AutoCloseable {
        /** A row or a truncation, in the transaction's order. */
        void add(FeedRecord record) throws InterruptedException;

        @Override
        void close();
    }

    /**
     * A whole transaction.
     *
     * @param count of its rows and truncations
     */
    record Transaction<R>(String name, R rows, long count, FeedRecord end) {}

    private static final class Open<R> {
        private final String name;
        private final R rows;
        private long count;

        Open(String name, R rows) {
            this.name = name;
            this.rows = rows;
        }
    }

    /**
     * @param name what is the same in all names that a transaction is told by
     * @param rows for the next transaction
     */
    TransactionAssembler(String where, UnaryOperator<String> name, Supplier<R> rows) {
        this.where = where;
        this.name = name;
        this.rows = rows;
    }

    /** The transaction that this record completes, whose rows the caller closes; null where it completes none. */
    @Nullable
    Transaction<R> take(FeedRecord record) throws InterruptedException {
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
            throw new MismatchException(where + ": transaction " + record.transaction() + " begins while " + open.name
                    + " has not ended" + next());
        }
        open = new Open<>(of(record), rows.get());
    }

    private void add(FeedRecord record) throws InterruptedException {
        Open<R> now = open;
        if (now == null || !now.name.equals(of(record))) {
            throw new MismatchException(
                    where + ": a row of " + record.table() + " belongs to transaction " + record.transaction()
                            + ", but the one that is told is " + (now == null ? "none" : now.name) + next());
        }
        now.count++;
        now.rows.add(record);
    }

    private Transaction<R> end(FeedRecord record) {
        Open<R> now = open;
        if (now == null || !now.name.equals(of(record))) {
            throw new MismatchException(where + ": transaction " + record.transaction() + " ends, but the one that is"
                    + " told is " + (now == null ? "none" : now.name) + next());
        }
        if (record.eventCount() != now.count) {
            throw new MismatchException(where + ": transaction " + now.name + " has " + record.eventCount()
                    + " changes by its end, but " + now.count + " were told" + next());
        }
        open = null;
        return new Transaction<>(now.name, now.rows, now.count, record);
    }

    private String of(FeedRecord record) {
        String told = record.transaction();
        return told == null ? "none" : name.apply(told);
    }

    private static String next() {
        return ". Nothing of it was taken; start the capture again, and report it where it happens again";
    }

    @Override
    public void close() {
        if (open != null) {
            open.rows.close();
            open = null;
        }
    }
}
