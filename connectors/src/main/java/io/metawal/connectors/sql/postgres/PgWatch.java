package io.metawal.connectors.sql.postgres;

import io.metawal.connectors.sql.cdc.SqlSourceOptions;
import io.metawal.connectors.sql.cdc.SqlSourceOptions.AtBound;
import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.metadata.fault.MetawalException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks, on a thread and a connection of its own, how much of its log the server keeps for the slot: also while the capture waits for its
 * sink. At the bound it does what the options say.
 */
final class PgWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PgWatch.class);
    private static final double WARNED_FROM = 0.8;
    private static final long JOIN_MILLIS = 5_000;
    private static final int DROPS_MAX = 50;
    private static final long DROP_MILLIS = 100;
    private static final String RETAINED =
            "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint AS retained,"
                    + " pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)::bigint AS behind"
                    + " FROM pg_replication_slots WHERE slot_name = ? AND NOT pg_is_in_recovery() AND restart_lsn IS NOT NULL";

    private final SqlUrl url;
    private final SqlSourceOptions options;
    private final String slot;
    private final PgLink link;
    private final Thread thread;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile double retained = Double.NaN;
    private boolean warned;

    PgWatch(SqlUrl url, SqlSourceOptions options) {
        this.url = url;
        this.options = options;
        this.slot = PgNames.of(url, options).slot();
        this.link = new PgLink(url);
        this.thread = new Thread(this::run, "metawal-slot-watch");
        thread.setDaemon(true);
        thread.start();
    }

    /** As of the port {@code Source}. */
    Map<String, Double> gauges() {
        return gauges(retained, options);
    }

    static Map<String, Double> gauges(double retained, SqlSourceOptions options) {
        return Map.of("slot_retained_bytes", retained, "slot_retained_bytes_max", (double) options.retainedBytesMax());
    }

    private void run() {
        try {
            while (!ended.await(options.heartbeatMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    look();
                } catch (MetawalException e) {
                    LOG.debug("{}: what the slot keeps is not known: {}", url, e.text());
                    link.close();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            link.close();
        }
    }

    private void look() throws InterruptedException {
        List<Query.Row> rows = link.rows(RETAINED, slot);
        if (rows.isEmpty()) {
            retained = 0;
            return;
        }
        long bytes = rows.get(0).number("retained");
        retained = bytes;
        if (bytes >= options.retainedBytesMax() && options.atBound() == AtBound.DROP) {
            drop(bytes, why(rows.get(0)));
        } else if (bytes >= options.retainedBytesMax() * WARNED_FROM) {
            warn(bytes, rows.get(0));
        } else {
            warned = false;
        }
    }

    /** Who is to blame: the capture, or a transaction of somebody's, which keeps the log of all databases from where it began. */
    private String why(Query.Row slot) {
        return slot.number("behind") > slot.number("retained") / 2
                ? "The capture does not come forward: is its repository slow, or full?"
                : "The capture is not behind; what keeps the log is the oldest open transaction, "
                        + PgSlot.oldestTransaction(link) + ": end it";
    }

    private void warn(long bytes, Query.Row row) {
        if (!warned) {
            warned = true;
            LOG.warn(
                    "{}: PostgreSQL keeps {} bytes of its log for the replication slot \"{}\"; the bound is {} bytes, and at it {}."
                            + " {}",
                    url,
                    bytes,
                    slot,
                    options.retainedBytesMax(),
                    options.atBound() == AtBound.DROP
                            ? "the slot is dropped, which leaves a gap in the history"
                            : "nothing is done, so that the server's disk may fill up",
                    why(row));
        }
    }

    private void drop(long bytes, String why) throws InterruptedException {
        LOG.warn(
                "{}: PostgreSQL keeps {} bytes of its log for the replication slot \"{}\", and the bound is {} bytes: the slot is"
                        + " dropped to protect the database. What is not captured by now is a gap in the history; a new base"
                        + " is taken as soon as the capture can. {}",
                url,
                bytes,
                slot,
                options.retainedBytesMax(),
                why);
        for (int attempt = 0; attempt < DROPS_MAX; attempt++) {
            link.rows(
                    "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = ? AND active",
                    slot);
            List<Query.Row> free =
                    link.rows("SELECT slot_name FROM pg_replication_slots WHERE slot_name = ? AND NOT active", slot);
            if (!free.isEmpty()) {
                link.rows("SELECT pg_drop_replication_slot(?)", slot);
                retained = 0;
                return;
            }
            if (ended.await(DROP_MILLIS, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    @Override
    public void close() {
        ended.countDown();
        boolean interrupted = Thread.interrupted();
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
