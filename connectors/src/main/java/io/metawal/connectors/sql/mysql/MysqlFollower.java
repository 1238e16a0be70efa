package io.metawal.connectors.sql.mysql;

import io.metawal.connectors.capture.Interval;
import io.metawal.connectors.sql.binlog.BinlogGroup;
import io.metawal.connectors.sql.binlog.BinlogPlace;
import io.metawal.connectors.sql.binlog.BinlogReader;
import io.metawal.connectors.sql.cascade.KnownRows;
import io.metawal.connectors.sql.cdc.LogFollower;
import io.metawal.connectors.sql.cdc.NewBaseException;
import io.metawal.connectors.sql.cdc.SqlPosition;
import io.metawal.connectors.sql.row.RowChange;
import io.metawal.connectors.sql.row.SchemaChange;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.TableEntries;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitClocks;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.image.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One transaction of the binary log, one commit. */
final class MysqlFollower implements LogFollower {
    private static final Logger LOG = LoggerFactory.getLogger(MysqlFollower.class);
    private static final long POLL_MILLIS = 50;
    private static final long SECOND_MICROS = 1_000_000;
    private static final long GAUGES_EVERY_MICROS = 10_000_000;

    private final MysqlLog log;
    private final Start start;
    private final String schema;
    private final RowTranslation rows;
    private List<SqlTable> tables;
    private MysqlPosition at;
    private SqlPosition position;
    private @Nullable BinlogPlace mark;
    private long markedMicros;
    private final Interval marks;
    private final Interval gauges = new Interval(GAUGES_EVERY_MICROS);
    private boolean warned;

    MysqlFollower(MysqlLog log, Start start) {
        this.log = log;
        this.start = start;
        this.marks = new Interval(start.wiring().options().heartbeatMillis() * 1000);
        this.schema = log.server().url().schema();
        this.tables = start.tables();
        this.position = start.from();
        this.at = MysqlPosition.of(start.from());
        this.rows = new RowTranslation(log, start.wiring().interpretation(), start.checked(), tables);
    }

    @Override
    public void run(Runnable onNews) throws InterruptedException, NewBaseException {
        // Nothing of the log may be read with descriptions that do not fit; those that fit now do so up to the first
        // statement that changes them.
        if (start.layout().isEmpty() && described(at, now(at), "while the capture was away")) {
            return;
        }
        Map<String, LoggedColumns> columns = LoggedColumns.read(log.server(), tables);
        try (BinlogReader reader = new BinlogReader(log.address(), at.place())) {
            while (true) {
                start.checked().check();
                start.wiring().checkRequests();
                mark(reader.complete());
                BinlogGroup group = reader.poll(POLL_MILLIS);
                if (group != null) {
                    onNews.run();
                    if (!take(group, columns)) {
                        return;
                    }
                } else {
                    pass(reader.complete());
                }
                tell(reader.complete());
            }
        } catch (BinlogReader.LostException e) {
            // Whether it is lost for good is judged by the files that are left.
            throw new UnreachableException(e.text(), e);
        }
    }

    /** Whether it can continue with the same descriptions. */
    private boolean take(BinlogGroup group, Map<String, LoggedColumns> columns)
            throws InterruptedException, NewBaseException {
        if (!group.untold().isEmpty()) {
            throw new NewBaseException("at " + group.end() + " " + group.untold());
        }
        List<RowChange> changes = new ArrayList<>();
        boolean described = false;
        try (KnownRows known = rows.known()) {
            for (BinlogGroup.Statement statement : group.statements()) {
                described |= statement(statement, group, known, changes);
            }
            rows.translate(group, columns, known, changes);
        }
        MysqlPosition behind = at.behind(group.end(), group.gtid());
        if (described) {
            return !described(behind, clocks(behind, group.time()), "with a statement in the log at " + group.end());
        }
        if (changes.isEmpty()) {
            at = behind;
        } else {
            List<Change> all = new ArrayList<>(start.wiring().interpretation().take(changes));
            all.addAll(start.counters().raisedBy(changes));
            commit(
                    behind,
                    clocks(behind, group.time()),
                    start.wiring().interpretation().gap(),
                    all);
        }
        return true;
    }

    /** Whether the tables must be described again. */
    private boolean statement(
            BinlogGroup.Statement statement, BinlogGroup group, KnownRows known, List<RowChange> changes)
            throws InterruptedException, NewBaseException {
        MysqlDdl ddl = MysqlDdl.of(statement, schema);
        switch (ddl.kind()) {
            case NOTHING -> {}
            case TRUNCATE -> rows.truncate(ddl.table(), known, changes);
            case DESCRIPTION -> {
                return true;
            }
            case TABLES ->
                throw new NewBaseException(SchemaChange.between(tables, log.describe())
                                .map(SchemaChange::text)
                                .orElse("a statement stands in the log without the rows that it changed")
                        + " (at " + group.end() + ": " + ddl.words() + ")");
        }
        return false;
    }

    /**
     * Whether the tables are described otherwise than before, which is a commit then.
     *
     * @param when for the history
     */
    private boolean described(MysqlPosition behind, CommitClocks clocks, String when)
            throws InterruptedException, NewBaseException {
        List<SqlTable> found = log.describe();
        SchemaChange change = SchemaChange.between(tables, found).orElse(null);
        if (change != null && change.rows()) {
            throw new NewBaseException(change.text() + ", " + when);
        }
        List<Change> changes = new ArrayList<>();
        for (SqlTable table : found) {
            if (!tables.contains(table)) {
                Entry entry = TableEntries.entry(table);
                changes.add(Change.put(entry.entryKey(), entry.value(), entry.meta()));
            }
        }
        if (changes.isEmpty()) {
            at = behind;
            return false;
        }
        commit(behind, clocks, "", changes);
        tables = found;
        return true;
    }

    private void commit(MysqlPosition behind, CommitClocks clocks, String gap, List<Change> changes)
            throws InterruptedException {
        SqlPosition written = behind.written(position.identity());
        CommitBody body = new CommitBody("", start.wiring().interpretation().origin(), written.bytes(), gap, changes);
        start.checked().commit(new CommitDraft(CommitKind.DATA, clocks, body));
        at = behind;
        position = written;
    }

    /**
     * MariaDB's log keeps whole seconds. What comes as it happens is given the moment in that second, and what comes later the second's end;
     * the log proves that nothing else was before that second.
     */
    private CommitClocks clocks(MysqlPosition behind, BinlogGroup.Time time) {
        long epoch = start.wiring().interpretation().epoch(behind.clock());
        if (time.micros() != 0) {
            return CommitClocks.ofLog(epoch, time.micros());
        }
        long second = time.seconds() * SECOND_MICROS;
        long micros = Math.max(second, Math.min(now(), second + SECOND_MICROS - 1));
        return CommitClocks.of(epoch, micros).observedUntil(second - 1);
    }

    /** Of what this machine adds: when it happened, the log does not say. */
    private CommitClocks now(MysqlPosition behind) {
        return CommitClocks.of(start.wiring().interpretation().epoch(behind.clock()), now());
    }

    /** Others' transactions fill the log: where a file was read to its end, the server must be able to throw it away without a gap. */
    private void pass(BinlogPlace complete) throws InterruptedException {
        if (complete.compareTo(at.place()) > 0) {
            at = at.passed(complete);
        }
        if (!at.place().file().equals(MysqlPosition.of(position).place().file())) {
            commit(at, now(at), "", List.of());
        }
    }

    /** A log that was reset under the connection's feet would be followed without end: it is compared with what was read. */
    private void mark(BinlogPlace complete) {
        long now = now();
        if (mark == null && marks.due(now)) {
            markedMicros = now;
            BinlogPlace end = log.server().end();
            if (end.compareTo(complete) < 0 || !log.server().flavour().knows(at.gtids())) {
                throw new UnreachableException(log + ": the binary log ends at " + end + ", but was read up to "
                        + complete + " and GTID " + at.gtids() + ": it is looked at again");
            }
            mark = end;
        }
        if (gauges.due(now)) {
            log.gauges().update(log.server().logs(), at.place());
            boolean oldest = log.gauges().inOldest();
            if (oldest && !warned) {
                LOG.warn(
                        "{}: the capture is at {}, in the oldest file of the binary log that is left: when the server purges it"
                                + " (expire_logs_days, binlog_expire_logs_seconds), the history gets a gap",
                        log,
                        at.place());
            }
            warned = oldest;
        }
    }

    private void tell(BinlogPlace complete) {
        BinlogPlace reached = mark;
        if (reached != null && complete.compareTo(reached) >= 0) {
            start.sink()
                    .observed(
                            start.wiring()
                                    .interpretation()
                                    .epoch(MysqlPosition.of(position).clock()),
                            markedMicros);
            mark = null;
        }
    }

    private long now() {
        return Timestamps.micros(start.wiring().clock().instant());
    }

    @Override
    public SqlPosition position() {
        return position;
    }

    @Override
    public List<SqlTable> tables() {
        return tables;
    }

    @Override
    public String layout() {
        return log.layout();
    }
}
