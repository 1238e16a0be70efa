package io.metawal.connectors.sql.binlog;

import com.github.shyiko.mysql.binlog.event.Event;
import com.github.shyiko.mysql.binlog.event.EventHeaderV4;
import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.GtidEventData;
import com.github.shyiko.mysql.binlog.event.MariadbGtidEventData;
import com.github.shyiko.mysql.binlog.event.QueryEventData;
import com.github.shyiko.mysql.binlog.event.RotateEventData;
import com.github.shyiko.mysql.binlog.event.TransactionPayloadEventData;
import com.github.shyiko.mysql.binlog.event.XAPrepareEventData;
import io.metawal.connectors.sql.binlog.BinlogGroup.Statement;
import io.metawal.connectors.sql.binlog.BinlogGroup.Time;
import io.metawal.connectors.sql.binlog.MariaGtids.Gtid;
import io.metawal.metadata.fault.SourceChangedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Events put together to transactions. A transaction begins with its GTID, which MySQL may leave anonymous, and ends with a commit, a
 * rollback, or, where it is a statement that commits by itself, with that. One that was prepared (XA) is kept until it is decided. For one thread.
 */
final class GroupAssembler {
    private static final int STANDALONE = 1;
    private static final int IGNORABLE = 0x80;

    private final String where;
    private final Map<String, Open> prepared = new HashMap<>();
    private BinlogPlace complete;
    private @Nullable Open open;

    /** A transaction of which not all has come. */
    private static final class Open {
        private final String gtid;
        private final long micros;
        private boolean standalone;
        private final List<BinlogRows> rows = new ArrayList<>();
        private final List<Statement> statements = new ArrayList<>();
        private String untold = "";

        Open(String gtid, long micros, boolean standalone) {
            this.gtid = gtid;
            this.micros = micros;
            this.standalone = standalone;
        }

        /** The same transaction, without what it did. */
        Open emptied() {
            return new Open(gtid, micros, true);
        }

        void untold(String why) {
            untold = untold.isEmpty() ? why : untold;
        }
    }

    /** @param where for messages */
    GroupAssembler(String where, BinlogPlace from) {
        this.where = where;
        complete = from;
    }

    BinlogPlace complete() {
        return complete;
    }

    /** The transaction that this event ends; null where it ends none. */
    @Nullable
    BinlogGroup take(Event event) {
        EventHeaderV4 header = event.getHeader();
        EventType type = header.getEventType();
        switch (type) {
            case ROTATE -> {
                RotateEventData next = event.getData();
                // No transaction spans files: what is open now was cut off when the server died.
                open = null;
                boolean same = next.getBinlogFilename().equals(complete.file());
                complete = new BinlogPlace(
                        next.getBinlogFilename(), next.getBinlogPosition(), same ? complete.begun() : 0);
            }
            case MARIADB_GTID -> {
                MariadbGtidEventData id = event.getData();
                open = new Open(
                        new Gtid(id.getDomainId(), header.getServerId(), id.getSequence()).toString(),
                        0,
                        (id.getFlags() & STANDALONE) != 0);
            }
            case GTID -> {
                GtidEventData id = event.getData();
                open = new Open(id.getMySqlGtid().toString(), id.getImmediateCommitTimestamp(), true);
            }
            case ANONYMOUS_GTID -> {
                GtidEventData id = event.getData();
                open = new Open("", id.getImmediateCommitTimestamp(), true);
            }
            case TRANSACTION_PAYLOAD -> {
                return compressed(header, event.getData());
            }
            case QUERY -> {
                QueryEventData query = event.getData();
                return statement(header, query);
            }
            case XID -> {
                return finish(header, opened());
            }
            case XA_PREPARE -> {
                Open decided = opened();
                XAPrepareEventData prepare = event.getData();
                if (prepare.isOnePhase()) {
                    return finish(header, decided);
                }
                prepared.put(xid(prepare), decided);
                return finish(header, decided.emptied());
            }
            case FORMAT_DESCRIPTION -> {
                begun(header.getTimestamp() / 1000);
                pass(header);
            }
            case HEARTBEAT, MARIADB_GTID_LIST, PREVIOUS_GTIDS, BINLOG_CHECKPOINT -> pass(header);
            case TABLE_MAP, ANNOTATE_ROWS, ROWS_QUERY, STOP, INTVAR, RAND, USER_VAR, TRANSACTION_CONTEXT, VIEW_CHANGE -> {}
            case INCIDENT -> {
                Open lost = opened();
                lost.untold("the server says in its binary log that events are missing from it");
                return finish(header, lost);
            }
            default -> change(header, event);
        }
        return null;
    }

    /** MySQL's {@code binlog_transaction_compression}: a whole transaction behind its GTID, whose events have no places of their own. */
    private @Nullable BinlogGroup compressed(EventHeaderV4 header, TransactionPayloadEventData payload) {
        Open whole = opened();
        for (Event event : payload.getUncompressedEvents()) {
            BinlogGroup ended = take(event);
            if (ended != null) {
                reach(header.getNextPosition());
                return new BinlogGroup(
                        complete, ended.gtid(), ended.time(), ended.rows(), ended.statements(), ended.untold());
            }
        }
        whole.untold("the binary log holds a compressed transaction without an end");
        return finish(header, whole);
    }

    private void change(EventHeaderV4 header, Event event) {
        if (event.getData() instanceof RowsDeserializer.Rows rows) {
            if (rows.rows() != null) {
                opened().rows.add(rows.rows());
            }
        } else if (open != null || (header.getFlags() & IGNORABLE) == 0) {
            opened()
                    .untold("the binary log holds an event " + header.getEventType()
                            + ", which says not what it did to rows");
        }
    }

    private @Nullable BinlogGroup statement(EventHeaderV4 header, QueryEventData query) {
        String sql = query.getSql().strip();
        String words = (sql.length() > 40 ? sql.substring(0, 40) : sql).toUpperCase(Locale.ROOT);
        Open now = opened();
        if (words.equals("BEGIN") || words.startsWith("XA START")) {
            now.standalone = false;
            return null;
        }
        if (words.startsWith("XA END") || words.startsWith("SAVEPOINT")) {
            return null;
        }
        if (words.equals("COMMIT")) {
            return finish(header, now);
        }
        if (words.startsWith("ROLLBACK")) {
            // Written only where tables that cannot roll back were changed.
            now.untold("a transaction was rolled back that had changed tables of an engine without transactions");
            return words.equals("ROLLBACK") ? finish(header, now) : null;
        }
        if (words.startsWith("XA ")) {
            return distributed(header, sql, now);
        }
        now.statements.add(new Statement(query.getDatabase() == null ? "" : query.getDatabase(), sql));
        return now.standalone ? finish(header, now) : null;
    }

    private @Nullable BinlogGroup distributed(EventHeaderV4 header, String sql, Open now) {
        String[] parts = sql.split("\\s+", 3);
        String verb = parts.length > 1 ? parts[1].toUpperCase(Locale.ROOT) : "";
        String xid = parts.length > 2 ? parts[2] : "";
        Open before = prepared.remove(xid);
        if (!verb.equals("COMMIT")) {
            return finish(header, now.emptied());
        }
        Open decided = now.emptied();
        if (before == null) {
            decided.untold(
                    "the transaction " + xid + " was committed, which had been prepared before the log was read");
        } else {
            decided.rows.addAll(before.rows);
            decided.statements.addAll(before.statements);
            decided.untold(before.untold);
        }
        return finish(header, decided);
    }

    /** As {@code XA COMMIT} names it in the log. */
    private static String xid(XAPrepareEventData prepare) {
        HexFormat hex = HexFormat.of();
        int global = prepare.getGtridLength();
        byte[] data = prepare.getData();
        return "X'" + hex.formatHex(data, 0, global) + "',X'"
                + hex.formatHex(data, global, global + prepare.getBqualLength()) + "'," + prepare.getFormatID();
    }

    private Open opened() {
        Open now = open;
        if (now == null) {
            now = new Open("", 0, true);
            open = now;
        }
        return now;
    }

    private BinlogGroup finish(EventHeaderV4 header, Open group) {
        open = null;
        reach(header.getNextPosition());
        return new BinlogGroup(
                complete,
                group.gtid,
                new Time(header.getTimestamp() / 1000, group.micros),
                group.rows,
                group.statements,
                group.untold);
    }

    private void pass(EventHeaderV4 header) {
        if (open == null && header.getNextPosition() > complete.offset()) {
            reach(header.getNextPosition());
        }
    }

    private void reach(long offset) {
        complete = new BinlogPlace(complete.file(), offset, complete.begun());
    }

    private void begun(long seconds) {
        if (complete.begun() != 0 && complete.begun() != seconds) {
            throw new SourceChangedException(where + " does not have the history that was captured: its binary log's file "
                    + complete.file() + " was begun at " + Instant.ofEpochSecond(seconds) + ", the one that was captured at "
                    + Instant.ofEpochSecond(complete.begun())
                    + ". Was it restored from a backup, or was its log reset (RESET MASTER)? Give the right address, or begin a new"
                    + " repository, or a new timeline");
        }
        complete = new BinlogPlace(complete.file(), complete.offset(), seconds);
    }
}
