package io.metawal.connectors.sql.postgres;

import io.metawal.connectors.sql.cdc.SqlPosition;
import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UsageException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The replication slot: what makes the server keep its log for us. */
final class PgSlot {
    private static final Logger LOG = LoggerFactory.getLogger(PgSlot.class);
    private static final String LOST = "lost";
    private static final int FAILOVER_SINCE = 170_000;
    private static final long SAID_AFTER_SECONDS = 5;
    private static final long SAID_EVERY_SECONDS = 60;
    private static final String OLDEST =
            "SELECT pid::text, coalesce(datname, '') AS datname, coalesce(usename, '') AS usename,"
                    + " xact_start::text FROM pg_stat_activity WHERE backend_xid IS NOT NULL ORDER BY xact_start LIMIT 1";

    private final SqlUrl url;
    private final String name;
    private final PgLink link;

    /** A slot just made: the log behind {@code lsn} is ours, what came before is in the snapshot. */
    record Made(long lsn, String snapshot) {}

    PgSlot(SqlUrl url, String name, PgLink link) {
        this.url = url;
        this.name = name;
        this.link = link;
    }

    private Optional<Query.Row> row() {
        List<Query.Row> rows = link.rows("SELECT * FROM pg_replication_slots WHERE slot_name = ?", name);
        return rows.stream().findFirst();
    }

    /** Why the log cannot be followed from a position; empty where it can. */
    Optional<String> lost(SqlPosition at) {
        Query.Row slot = row().orElse(null);
        if (slot == null) {
            return Optional.of("the replication slot \"" + name
                    + "\" is gone, and with it what PostgreSQL's log held behind " + at.log());
        }
        ours(slot);
        if (slot.text("wal_status").equals(LOST) || slot.isNull("restart_lsn")) {
            String why = slot.isNull("invalidation_reason") ? "" : " (" + slot.text("invalidation_reason") + ")";
            return Optional.of("the replication slot \"" + name + "\" was invalidated" + why
                    + ", and with it what PostgreSQL's log held behind " + at.log());
        }
        return ahead(at, slot);
    }

    /** As {@link #lost}, while it streams. */
    Optional<String> ahead(SqlPosition at) {
        return row().flatMap(slot -> ahead(at, slot));
    }

    private Optional<String> ahead(SqlPosition at, Query.Row slot) {
        long confirmed = PgServer.lsn(slot.text("confirmed_flush_lsn"));
        return Long.compareUnsigned(confirmed, at.clock()) <= 0
                ? Optional.empty()
                : Optional.of("the replication slot \"" + name + "\" stands at " + PgServer.print(confirmed)
                        + ", behind " + at.log() + " where our log ends: what lies between is no longer told");
    }

    private void ours(Query.Row slot) {
        if (!slot.text("plugin").equals("pgoutput") || !slot.text("database").equals(url.database())) {
            throw new UsageException(url + ": the replication slot \"" + name + "\" is of plugin " + slot.text("plugin")
                    + " and database \"" + slot.text("database") + "\": expected pgoutput and \"" + url.database()
                    + "\". Name another slot");
        }
        free(slot);
    }

    private void free(Query.Row slot) {
        if (slot.holds("active")) {
            throw new UnreachableException(
                    url + ": the replication slot \"" + name + "\" is in use by the process " + slot.text("active_pid")
                            + " of the server. Is another capture running? Stop it, or name another slot");
        }
    }

    /** Makes the slot anew, over a replication connection that must stay open while the snapshot is used. */
    Made make(Connection replication) {
        row().ifPresent(slot -> {
            ours(slot);
            link.rows("SELECT pg_drop_replication_slot(?)", name);
        });
        boolean failover = outlivesFailover();
        FutureTask<Made> making = new FutureTask<>(() -> create(replication, failover));
        Thread thread = new Thread(making, "metawal-slot");
        thread.setDaemon(true);
        thread.start();
        try {
            return waited(making);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SQLException refused) {
                throw fault(refused);
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            abort(replication);
            throw new UnreachableException(
                    url + ": interrupted while the replication slot \"" + name + "\" was made", e);
        }
    }

    private Made waited(FutureTask<Made> making) throws ExecutionException, InterruptedException {
        for (long seconds = SAID_AFTER_SECONDS; ; seconds = SAID_EVERY_SECONDS) {
            try {
                return making.get(seconds, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                LOG.warn(
                        "{}: the replication slot \"{}\" can be made once all transactions have ended that are open in the server"
                                + " now; the oldest is {}",
                        url,
                        name,
                        oldestTransaction(link));
            }
        }
    }

    /** That of all databases of the server, since each of them keeps the log. */
    static String oldestTransaction(PgLink link) {
        List<Query.Row> rows = link.rows(OLDEST);
        if (rows.isEmpty()) {
            return "not seen: it may be a prepared one (pg_prepared_xacts)";
        }
        Query.Row oldest = rows.get(0);
        return "that of process " + oldest.text("pid") + " in database " + oldest.text("datname") + ", of user "
                + oldest.text("usename") + ", open since " + oldest.text("xact_start");
    }

    /** Whether a standby that is told to (sync_replication_slots) keeps the slot too, and goes on with it once it is promoted. */
    private boolean outlivesFailover() {
        String version = link.value("SELECT current_setting('server_version_num')");
        return version != null && Integer.parseInt(version) >= FAILOVER_SINCE;
    }

    /** The server answers only when all transactions have ended that are open now, which may take as long as they like. */
    private Made create(Connection replication, boolean failover) throws SQLException {
        String create = "CREATE_REPLICATION_SLOT " + PgLink.quoted(name) + " LOGICAL pgoutput "
                + (failover ? "(SNAPSHOT 'export', FAILOVER true)" : "EXPORT_SNAPSHOT");
        try (Statement statement = replication.createStatement();
                ResultSet made = statement.executeQuery(create)) {
            made.next();
            return new Made(PgServer.lsn(made.getString("consistent_point")), made.getString("snapshot_name"));
        }
    }

    private RuntimeException fault(SQLException e) {
        if ("53400".equals(e.getSQLState())) {
            return new UsageException(
                    url
                            + ": all replication slots are in use: raise max_replication_slots, and max_wal_senders with it,"
                            + " or drop one that nobody needs (SELECT slot_name, active FROM pg_replication_slots)",
                    e);
        }
        return PgLink.fault(url, "CREATE_REPLICATION_SLOT " + PgLink.quoted(name), e);
    }

    private static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            PgLink.close(connection);
        }
    }
}
