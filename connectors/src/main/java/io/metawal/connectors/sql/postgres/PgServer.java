package io.metawal.connectors.sql.postgres;

import io.metawal.connectors.sql.cdc.SqlPosition;
import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.metadata.fault.UnreachableException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/** Which server and database answers, and where its log is. */
record PgServer(String identity, long timeline, long end) {
    static final String TIMELINE = "timeline";

    private static final String DATABASE = "SELECT d.oid, pg_is_in_recovery() AS standby,"
            + " CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_current_wal_flush_lsn() END AS flushed"
            + " FROM pg_database d WHERE d.datname = current_database()";

    /** Asks; a standby is not captured, it is waited for until it is one no longer. */
    static PgServer ask(SqlUrl url, PgLink link) {
        Query.Row database = link.rows(DATABASE).get(0);
        if (database.holds("standby")) {
            throw new UnreachableException(url + " is a standby in recovery: it is captured once it is promoted. Name"
                    + " the primary server");
        }
        long end = lsn(database.text("flushed"));
        try (Connection connection = PgLink.replication(url);
                Statement statement = connection.createStatement();
                ResultSet system = statement.executeQuery("IDENTIFY_SYSTEM")) {
            system.next();
            String identity = system.getString("systemid") + "/" + database.text("oid");
            return new PgServer(identity, system.getLong("timeline"), end);
        } catch (SQLException e) {
            throw PgLink.fault(url, "IDENTIFY_SYSTEM", e);
        }
    }

    /** Throws where this is not the one that a position is of, or where it is no longer. */
    void check(SqlUrl url, SqlPosition at) {
        if (!at.engine().equals("postgresql") || !at.identity().equals(identity)) {
            throw new SourceChangedException(
                    url + " is server and database " + identity + ", but the log was captured from "
                            + at.engine() + " " + at.identity()
                            + ": give the right address, or begin a new repository for this database");
        }
        long then = Long.parseLong(at.facts().getOrDefault(TIMELINE, String.valueOf(timeline)));
        if (timeline < then) {
            throw wentBack(url, at, "it is on timeline " + timeline + ", but the log holds timeline " + then);
        }
        if (timeline > then) {
            long fork = fork(url, then);
            if (Long.compareUnsigned(at.clock(), fork) > 0) {
                throw wentBack(
                        url,
                        at,
                        "its timeline " + timeline + " left timeline " + then + " at " + print(fork)
                                + ", but the log holds it up to " + at.log());
            }
        }
        if (Long.compareUnsigned(end, at.clock()) < 0) {
            throw wentBack(url, at, "its log ends at " + print(end) + ", but ours holds it up to " + at.log());
        }
    }

    static SourceChangedException wentBack(SqlUrl url, SqlPosition at, String how) {
        return new SourceChangedException(url + ", server and database " + at.identity() + ", went back: " + how
                + ". Was it restored from a backup, or did a standby take over that lacked the newest transactions?"
                + " Begin a new repository, or a new timeline");
    }

    /** Where a timeline was left by the ones that led to this one. */
    private long fork(SqlUrl url, long left) {
        try (Connection connection = PgLink.replication(url);
                Statement statement = connection.createStatement();
                ResultSet history = statement.executeQuery("TIMELINE_HISTORY " + timeline)) {
            history.next();
            byte[] content = Objects.requireNonNull(history.getBytes(2));
            String text = new String(content, StandardCharsets.UTF_8);
            for (String line : text.lines().toList()) {
                String[] parts = line.strip().split("\\s+");
                if (parts.length >= 2 && parts[0].equals(String.valueOf(left))) {
                    return lsn(parts[1]);
                }
            }
            throw new SourceChangedException(
                    url + " is on timeline " + timeline + ", which does not come from timeline " + left
                            + " that the log was captured from. Begin a new repository");
        } catch (SQLException e) {
            throw PgLink.fault(url, "TIMELINE_HISTORY " + timeline, e);
        }
    }

    static long lsn(@Nullable String text) {
        return text == null ? 0 : LogSequenceNumber.valueOf(text).asLong();
    }

    static String print(long lsn) {
        return LogSequenceNumber.valueOf(lsn).asString();
    }
}
