package io.metawal.connectors.sql.cdc;

import io.metawal.connectors.capture.Interval;
import io.metawal.connectors.sql.cdc.CdcDialect.LogMark;
import io.metawal.connectors.sql.row.SchemaChange;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.commit.Timestamps;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Once in an interval: the end of the source's log is marked at T, and after that the tables are looked at. When the log has come to the
 * mark, everything committed before T was reported, and no table had changed until then; or one had, and then the old descriptions are right
 * for the log up to here. One mark is out at a time.
 */
final class Heartbeat {
    private final CdcDialect dialect;
    private final InstantSource clock;
    private final Interval interval;
    private final Collection<SqlTable> known;
    private String layout;
    private @Nullable LogMark mark;
    private @Nullable SchemaChange change;
    private List<SqlTable> changed = List.of();
    private String found = "";
    private long markedMicros;

    /**
     * The log has come to a mark.
     *
     * @param at the position of it
     * @param quietUntil until when the source had nothing but what was reported; null where a table changed before
     * @param change how tables changed before the mark; null where none did
     * @param tables as they are now
     * @param layout of them
     */
    record Reached(
            SqlPosition at,
            @Nullable Long quietUntil,
            @Nullable SchemaChange change,
            List<SqlTable> tables,
            String layout) {}

    /** @param layout of the tables as they are known */
    Heartbeat(CdcDialect dialect, SqlCapture.Wiring wiring, Collection<SqlTable> known, String layout) {
        this.dialect = dialect;
        this.clock = wiring.clock();
        this.interval = new Interval(wiring.options().heartbeatMillis() * 1000);
        this.known = known;
        this.layout = layout;
    }

    /** Marks and looks where it is time to. */
    void step() throws NewBaseException {
        long now = Timestamps.micros(clock.instant());
        if (mark != null || !interval.due(now)) {
            return;
        }
        markedMicros = now;
        boolean unchanged = change == null;
        LogMark set = dialect.mark();
        look();
        // What has changed just now may be in the log after the mark.
        mark = unchanged && change != null ? dialect.mark() : set;
    }

    private void look() throws NewBaseException {
        found = dialect.layout();
        if (found.equals(layout)) {
            return;
        }
        List<SqlTable> tables = dialect.describe();
        Optional<SchemaChange> difference = SchemaChange.between(known, tables);
        if (difference.isEmpty()) {
            Optional<String> untold = dialect.prepare(known);
            if (untold.isPresent()) {
                throw new NewBaseException(untold.get());
            }
        }
        change = all(difference, dialect.untold(known, layout, found));
        if (change == null) {
            // Never what it is by now: what changed since then is found by the next look.
            layout = found;
        } else {
            changed = tables;
        }
    }

    /** The difference of the descriptions, and what they do not show; null where there is neither. */
    private static @Nullable SchemaChange all(Optional<SchemaChange> difference, Optional<String> untold) {
        SchemaChange shown = difference.orElse(null);
        if (untold.isEmpty() || shown != null && shown.rows()) {
            return shown;
        }
        return new SchemaChange(shown == null ? untold.get() : shown.text() + "; " + untold.get(), true);
    }

    /** What follows where this record shows that the log has come to the mark; null where it does not. */
    @Nullable
    Reached take(FeedRecord record) {
        LogMark set = mark;
        SqlPosition at = set == null ? null : dialect.reached(set, record);
        if (at == null) {
            return null;
        }
        mark = null;
        return new Reached(at, change == null ? markedMicros : null, change, changed, found);
    }

    /** The layout after which only what was reported has changed: it stays what it was while a change waits for its mark. */
    String layout() {
        return layout;
    }
}
