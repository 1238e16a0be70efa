package io.metawal.connectors.sql.binlog;

import com.github.shyiko.mysql.binlog.event.Event;
import com.github.shyiko.mysql.binlog.event.EventHeaderV4;
import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.MariadbGtidEventData;
import com.github.shyiko.mysql.binlog.event.QueryEventData;
import com.github.shyiko.mysql.binlog.event.RotateEventData;
import com.github.shyiko.mysql.binlog.event.XAPrepareEventData;
import io.metawal.connectors.sql.binlog.BinlogGroup.Statement;
import io.metawal.connectors.sql.binlog.Gtids.Gtid;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Events put together to transactions. A transaction begins with its GTID and ends with a commit, a rollback, or, where it is a
 * statement that commits by itself, with that. One that was prepared (XA) is kept until it is decided. For one thread.
 */
final class GroupAssembler {
    private static final int STANDALONE = 1;

    private final Map<String, Open> prepared = new HashMap<>();
    private BinlogPlace complete;
    private @Nullable Open open;

    /** A transaction of which not all has come. */
    private static final class Open {
        private final @Nullable Gtid gtid;
        private final boolean standalone;
        private final List<BinlogRows> rows = new ArrayList<>();
        private final List<Statement> statements = new ArrayList<>();
        private String untold = "";

        Open(@Nullable Gtid gtid, boolean standalone) {
            this.gtid = gtid;
            this.standalone = standalone;
        }

        void untold(String why) {
            untold = untold.isEmpty() ? why : untold;
        }
    }

    GroupAssembler(BinlogPlace from) {
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
                reach(new BinlogPlace(next.getBinlogFilename(), next.getBinlogPosition()));
            }
            case MARIADB_GTID -> {
                MariadbGtidEventData id = event.getData();
                open = new Open(
                        new Gtid(id.getDomainId(), header.getServerId(), id.getSequence()),
                        (id.getFlags() & STANDALONE) != 0);
            }
            case GTID, ANONYMOUS_GTID, TRANSACTION_PAYLOAD ->
                throw new UnsupportedFormatException(
                        "at " + complete + " the binary log is one of MySQL's, which is not read");
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
                prepared.put(xid(prepare), decided);
                return finish(header, new Open(decided.gtid, true));
            }
            case HEARTBEAT, FORMAT_DESCRIPTION, MARIADB_GTID_LIST, BINLOG_CHECKPOINT -> pass(header);
            case TABLE_MAP, ANNOTATE_ROWS, STOP, INTVAR, RAND, USER_VAR -> {}
            case INCIDENT -> {
                Open lost = opened();
                lost.untold("the server says in its binary log that events are missing from it");
                return finish(header, lost);
            }
            default -> change(header, event);
        }
        return null;
    }

    private void change(EventHeaderV4 header, Event event) {
        if (event.getData() instanceof RowsDeserializer.Rows rows) {
            if (rows.rows() != null) {
                opened().rows.add(rows.rows());
            }
        } else if (open != null) {
            open.untold(
                    "the binary log holds an event " + header.getEventType() + ", which says not what it did to rows");
        }
    }

    private @Nullable BinlogGroup statement(EventHeaderV4 header, QueryEventData query) {
        String sql = query.getSql().strip();
        String words = (sql.length() > 40 ? sql.substring(0, 40) : sql).toUpperCase(Locale.ROOT);
        Open now = opened();
        if (words.equals("BEGIN") || words.startsWith("XA END") || words.startsWith("SAVEPOINT")) {
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
            return finish(header, new Open(now.gtid, true));
        }
        Open decided = new Open(now.gtid, true);
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
            now = new Open(null, true);
            open = now;
        }
        return now;
    }

    private BinlogGroup finish(EventHeaderV4 header, Open group) {
        open = null;
        reach(new BinlogPlace(complete.file(), header.getNextPosition()));
        return new BinlogGroup(
                complete, group.gtid, header.getTimestamp() / 1000, group.rows, group.statements, group.untold);
    }

    private void pass(EventHeaderV4 header) {
        if (open == null && header.getNextPosition() > complete.offset()) {
            reach(new BinlogPlace(complete.file(), header.getNextPosition()));
        }
    }

    private void reach(BinlogPlace place) {
        complete = place;
    }
}
