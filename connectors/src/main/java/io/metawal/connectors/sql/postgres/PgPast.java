package io.metawal.connectors.sql.postgres;

import io.metawal.connectors.sql.cdc.SqlPosition;
import io.metawal.connectors.sql.jdbc.JdbcDialect;
import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.metadata.fault.UnreachableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the server's log still holds what was captured last. Its slot stands before our position as a rule, and tells again what lies
 * between: there, something ended exactly where our log ends, and at the same time. A server whose disk was put back, and which wrote past
 * our position since, has something else there.
 */
final class PgPast {
    /** A fact of positions: when the transaction was committed that ends there, in µs since 1970. */
    static final String COMMITTED = "committed";

    private static final Logger LOG = LoggerFactory.getLogger(PgPast.class);
    private static final long DISTANCE_MAX = 1L << 30;
    private static final long POSTGRES_EPOCH_MICROS = 946_684_800_000_000L;
    private static final int HEX = 16;
    // A commit: 'C', flags, its place, its end, and at byte 19 its time. What is told bears the place where it ends; a
    // message, where it begins.
    private static final String PEEK =
            "SELECT CASE get_byte(data, 0) WHEN 67 THEN encode(substring(data FROM 19 FOR 8), 'hex') ELSE '' END AS committed"
                    + " FROM pg_logical_slot_peek_binary_changes(?, ?::pg_lsn + ?::int, NULL, 'proto_version', '1',"
                    + " 'publication_names', ?, 'messages', 'true') WHERE lsn = ?::pg_lsn AND get_byte(data, 0) IN (67, 77)";

    private final SqlUrl url;
    private final PgNames names;
    private final PgLink link;

    PgPast(SqlUrl url, PgNames names, PgLink link) {
        this.url = url;
        this.names = names;
        this.link = link;
    }

    /** Throws where it holds something else; the slot is there, and nobody reads it. */
    void check(SqlPosition at) {
        long stands = PgServer.lsn(
                link.value("SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = ?", names.slot()));
        long distance = at.clock() - stands;
        if (distance <= 0) {
            return;
        }
        if (distance > DISTANCE_MAX) {
            LOG.warn(
                    "{}: the replication slot stands {} bytes before {}: whether the log between is what was captured is not looked at",
                    url,
                    distance,
                    at.log());
            return;
        }
        peek(at).ifPresent(found -> compare(at, found));
    }

    private void compare(SqlPosition at, List<Query.Row> found) {
        if (found.isEmpty()) {
            throw PgServer.wentBack(url, at, "its log has nothing that ends at " + at.log() + ", where ours ends");
        }
        String then = at.facts().getOrDefault(COMMITTED, "");
        String hex = found.get(0).text(COMMITTED);
        if (!then.isEmpty() && !hex.isEmpty()) {
            long now = Long.parseLong(hex, HEX) + POSTGRES_EPOCH_MICROS;
            if (Long.parseLong(then) != now) {
                throw PgServer.wentBack(
                        url,
                        at,
                        "what ends at " + at.log() + " was committed " + now + " µs after 1970, and what was captured "
                                + then);
            }
        }
    }

    /** What the log holds there; empty where the server cannot tell it. */
    private Optional<List<Query.Row>> peek(SqlPosition at) {
        try (Connection connection = JdbcDialect.of(SqlEngine.POSTGRESQL).open(url)) {
            // A commit ends there. A mark begins there; and what lies beyond, standbys may have to confirm first.
            int beyond = at.facts().containsKey(COMMITTED) ? 0 : 1;
            FutureTask<List<Query.Row>> peeking = new FutureTask<>(() -> Query.rows(
                    connection, PEEK, names.slot(), at.log(), beyond, PgLink.quoted(names.publication()), at.log()));
            Thread thread = new Thread(peeking, "metawal-past");
            thread.setDaemon(true);
            thread.start();
            try {
                return Optional.of(peeking.get());
            } catch (ExecutionException e) {
                if (e.getCause() instanceof SQLException refused) {
                    return untold(refused);
                }
                throw new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                connection.abort(Runnable::run);
                throw new UnreachableException(url + ": interrupted while its log was looked at", e);
            }
        } catch (SQLException e) {
            throw PgLink.fault(url, "looking at what was captured last", e);
        }
    }

    private Optional<List<Query.Row>> untold(SQLException e) {
        RuntimeException fault = PgLink.fault(url, "looking at what was captured last", e);
        if (fault instanceof UnreachableException || "55006".equals(e.getSQLState())) {
            throw new UnreachableException(url + ": looking at what was captured last: " + e.getMessage(), e);
        }
        LOG.warn("{}: whether the log is still what was captured cannot be looked at: {}", url, e.getMessage());
        return Optional.empty();
    }
}
