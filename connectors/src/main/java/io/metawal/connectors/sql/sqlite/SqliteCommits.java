package io.metawal.connectors.sql.sqlite;

import io.metawal.connectors.capture.BaseCommits;
import io.metawal.connectors.capture.CheckedSink;
import io.metawal.connectors.capture.EntryDiff;
import io.metawal.connectors.capture.EntrySorter;
import io.metawal.connectors.capture.EntrySource;
import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.SqlSpaces;
import io.metawal.connectors.sql.row.RowChange;
import io.metawal.connectors.sql.row.RowCodec;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.TableEntries;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a read differs in from the log's image, as commits. */
final class SqliteCommits {
    /** Spaces whose rows hold sequences and counters. */
    private static final String ONLY_GROWS = "id.";

    private final SqlInterpretation interpretation;
    private final CheckedSink sink;

    SqliteCommits(SqlInterpretation interpretation, CheckedSink sink) {
        this.interpretation = interpretation;
        this.sink = sink;
    }

    /** A base: the interpretation was told of it before the read began. */
    void base(SqliteRead read, SqlitePosition position, long after, long timeMicros, String gapReason)
            throws InterruptedException {
        EntrySorter entries = read.entries();
        interpretation.endBase(entries::add);
        read.tables().forEach(table -> entries.add(TableEntries.entry(table)));
        BaseCommits commits = new BaseCommits(
                new BaseCommits.Place(
                        interpretation.origin(),
                        interpretation.epoch(position.reads()),
                        timeMicros,
                        position.inBase(after).bytes(),
                        position.bytes(),
                        gapReason),
                sink);
        try (ImageView image = sink.image()) {
            forEach(entries, image, this::ofBase, commits::add);
            for (Change raised : raised(read, image)) {
                commits.add(raised);
            }
        }
        commits.finish();
    }

    private boolean ofBase(EntryKey key) {
        Space space = key.space();
        return !space.equals(SqlSpaces.AUTO_INCREMENT)
                && (space.equals(TableEntries.SPACE) || interpretation.owns(key));
    }

    /** One commit of all that differs; false where nothing does, and nothing was committed. */
    boolean data(SqliteRead read, SqlitePosition position, long timeMicros) throws InterruptedException {
        Map<Space, SqlTable> tables = new HashMap<>();
        read.tables().forEach(table -> tables.put(interpretation.space(table), table));
        List<Change> changes;
        try (ImageView image = sink.image()) {
            List<RowChange> rows = new ArrayList<>();
            forEach(
                    read.entries(),
                    image,
                    key -> tables.containsKey(key.space()),
                    change -> rows.add(row(
                            Objects.requireNonNull(tables.get(change.entryKey().space())), change, image)));
            rows.addAll(read.others());
            changes = new ArrayList<>(interpretation.take(rows));
            changes.addAll(raised(read, image));
        }
        if (changes.isEmpty()) {
            return false;
        }
        CommitBody body = new CommitBody("", interpretation.origin(), position.bytes(), interpretation.gap(), changes);
        sink.commit(CommitDraft.of(interpretation.epoch(position.reads()), timeMicros, body));
        return true;
    }

    private static RowChange row(SqlTable table, Change change, ImageView image) {
        Entry before = image.find(change.entryKey());
        if (change.op() == Op.PUT) {
            SqlRow after = RowCodec.decode(change.value());
            if (before != null && change.entryKey().space().name().startsWith(ONLY_GROWS)) {
                requireGrown(table, RowCodec.decode(before.value()), after);
            }
            return new RowChange(table, after, after);
        }
        Entry gone = Objects.requireNonNull(before, "the image had it a moment ago");
        return new RowChange(table, RowCodec.decode(gone.value()), null);
    }

    /** A file may be an older copy, and yet of the same cluster: then what only grows is less than it was. */
    private static void requireGrown(SqlTable table, SqlRow before, SqlRow after) {
        for (Map.Entry<String, @Nullable Object> value : after.values().entrySet()) {
            if (value.getValue() instanceof Long now
                    && before.value(value.getKey()) instanceof Long then
                    && now < then) {
                throw new SourceChangedException("the SQLite file went back: " + value.getKey() + " of the row "
                        + after.key(table.primaryKey()) + " of " + table + ", which only grows, is " + now
                        + ", the log was captured up to " + then + ". Was it restored from a copy? Begin a new"
                        + " repository, or a new timeline");
            }
        }
    }

    /** Counters never go back, whatever became of the rows. */
    private static List<Change> raised(SqliteRead read, ImageView image) {
        List<Change> raised = new ArrayList<>();
        for (Entry counter : read.counters()) {
            Entry known = image.find(counter.entryKey());
            if (known == null || number(known) < number(counter)) {
                raised.add(Change.put(counter.entryKey(), counter.value()));
            }
        }
        return raised;
    }

    private static long number(Entry counter) {
        return Long.parseLong(counter.value().toStringUtf8());
    }

    private interface Taker {
        void take(Change change) throws InterruptedException;
    }

    private static void forEach(EntrySorter wanted, ImageView image, Predicate<EntryKey> concerned, Taker taker)
            throws InterruptedException {
        try (EntryIterator read = wanted.entries();
                EntryIterator present = image.entries()) {
            EntryDiff diff = new EntryDiff(EntrySource.of(read), present, concerned);
            for (Change change = diff.next(); change != null; change = diff.next()) {
                taker.take(change);
            }
        }
    }
}
