package io.metawal.connectors.sql.cdc;

import io.metawal.connectors.capture.BaseCommits;
import io.metawal.connectors.capture.CheckedSink;
import io.metawal.connectors.capture.EntryDiff;
import io.metawal.connectors.capture.EntrySorter;
import io.metawal.connectors.capture.EntrySource;
import io.metawal.connectors.file.Scratch;
import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.SqlSpaces;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.TableEntries;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import java.util.Collection;
import java.util.List;

/** A base of what a database holds at one position of its log. Everything is read first; only then is the log given anything. */
final class SqlBase implements AutoCloseable {
    private static final long SORTED_BYTES_MAX = 64L << 20;

    private final SqlInterpretation interpretation;
    private final Scratch scratch;
    private final EntrySorter entries;
    private final SqlPosition position;
    private final List<SqlTable> tables;
    private final long askedMicros;
    private final long timeMicros;

    private SqlBase(
            SqlCapture.Wiring wiring, Collection<SqlTable> wanted, String layout, Counters counters, Scratch scratch)
            throws InterruptedException {
        this.interpretation = wiring.interpretation();
        this.scratch = scratch;
        this.entries = new EntrySorter(scratch.folder(), SORTED_BYTES_MAX, SqlBase::twice);
        interpretation.beforeBase();
        askedMicros = Timestamps.micros(wiring.clock().instant());
        try (BaseRead read = wiring.dialect().openBase(wanted)) {
            timeMicros = Timestamps.micros(wiring.clock().instant());
            position = wiring.dialect().keeping(read.position(), layout);
            tables = read.tables();
            interpretation.beginBase(tables);
            for (SqlTable table : tables) {
                entries.add(TableEntries.entry(table));
                read.counter(table).ifPresent(value -> counters.raise(table, value));
                read.read(table, row -> {
                    if (Thread.currentThread().isInterrupted()) {
                        throw new UnreachableException("interrupted while " + table + " was read");
                    }
                    counters.seen(table, row);
                    interpretation.baseRow(table, row, entries::add);
                });
            }
        }
        interpretation.endBase(entries::add);
        counters.entries(tables).forEach(entries::add);
    }

    /**
     * Reads it.
     *
     * @param layout of the tables before
     */
    static SqlBase read(SqlCapture.Wiring wiring, Collection<SqlTable> wanted, String layout, Counters counters)
            throws InterruptedException {
        Scratch scratch = new Scratch(wiring.options().scratch(), "base");
        try {
            return new SqlBase(wiring, wanted, layout, counters, scratch);
        } catch (RuntimeException | InterruptedException e) {
            scratch.close();
            throw e;
        }
    }

    private static MismatchException twice(EntryKey key) {
        return new MismatchException("two rows of one read have the key " + key.space() + " "
                + key.key().toStringUtf8() + ": the keys of a space must differ. Leave one of the tables out");
    }

    /** The place in the log that it goes on from. */
    SqlPosition position() {
        return position;
    }

    /** Up to when the database had nothing but this base. */
    long askedMicros() {
        return askedMicros;
    }

    List<SqlTable> tables() {
        return tables;
    }

    /** Gives the log what takes its image to this base. */
    void commit(String after, String gapReason, CheckedSink sink) throws InterruptedException {
        BaseCommits commits = new BaseCommits(
                new BaseCommits.Place(
                        interpretation.origin(),
                        interpretation.epoch(position.clock()),
                        timeMicros,
                        position.inBase(after).bytes(),
                        position.bytes(),
                        gapReason),
                sink);
        try (ImageView image = sink.image();
                EntryIterator present = image.entries();
                EntryIterator read = entries.entries()) {
            commits.addAll(new EntryDiff(EntrySource.of(read), present, this::concerns));
        }
        commits.finish();
    }

    private boolean concerns(EntryKey key) {
        String space = key.space().name();
        return space.equals(TableEntries.SPACE.name())
                || space.equals(SqlSpaces.AUTO_INCREMENT.name())
                || interpretation.owns(key);
    }

    @Override
    public void close() {
        scratch.close();
    }
}
