package io.metawal.connectors.sql.postgres;

import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.cdc.BaseRead;
import io.metawal.connectors.sql.cdc.CdcDialect;
import io.metawal.connectors.sql.cdc.FeedRecord;
import io.metawal.connectors.sql.cdc.FieldForm;
import io.metawal.connectors.sql.cdc.SqlPosition;
import io.metawal.connectors.sql.cdc.SqlSourceOptions;
import io.metawal.connectors.sql.jdbc.JdbcDialect;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlTable;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's logical replication. A position is the LSN behind a commit. Debezium is begun there by a hand-made offset that holds nothing
 * but that LSN: then it does not search the log for a place of its own, and the server itself skips exactly what was committed before. The
 * slot is never told to forget what our log does not hold.
 */
final class PostgresCdc implements CdcDialect {
    private static final String LSN = "lsn";
    private static final String COMMIT_LSN = "lsn_commit";
    private static final String COMMIT_MICROS = "ts_usec";
    private static final String PREFIX = "metawal";
    private static final long MICROS_PER_MILLI = 1_000;

    private final SqlUrl url;
    private final SqlSourceOptions options;
    private final SqlInterpretation interpretation;
    private final PgNames names;
    private final PgLink link;
    private final PgSlot slot;
    private final PgPast past;
    private final PgChecks checks;
    private final String run = UUID.randomUUID().toString();
    private long marks;
    private @Nullable PgServer server;

    PostgresCdc(SqlUrl url, SqlSourceOptions options, SqlInterpretation interpretation) {
        this.url = url;
        this.options = options;
        this.interpretation = interpretation;
        this.names = PgNames.of(url, options);
        this.link = new PgLink(url);
        this.slot = new PgSlot(url, names.slot(), link);
        this.past = new PgPast(url, names, link);
        this.checks = new PgChecks(url, link, new PgPublication(url, names.publication(), link));
    }

    @Override
    public void reconnect() {
        link.close();
        server = null;
    }

    @Override
    public String toString() {
        return url.toString();
    }

    private PgServer server() {
        PgServer found = server;
        if (found == null) {
            found = PgServer.ask(url, link);
            server = found;
        }
        return found;
    }

    @Override
    public String identity() {
        return server().identity();
    }

    @Override
    public Optional<String> lost(SqlPosition at) {
        server = PgServer.ask(url, link);
        server().check(url, at);
        Optional<String> lost = slot.lost(at);
        if (lost.isEmpty() && !at.unfinished()) {
            past.check(at);
        }
        return lost;
    }

    @Override
    public Optional<String> lostMeanwhile(SqlPosition at) {
        return slot.ahead(at);
    }

    @Override
    public List<SqlTable> describe() {
        checks.closed()
                .ifPresent(names ->
                        checks.prepare(names.stream().filter(this::wanted).toList()));
        List<SqlTable> tables = link.with(
                "describing the tables",
                c -> JdbcDialect.of(SqlEngine.POSTGRESQL).describe(c, url.schema(), this::wanted));
        PgValues.check(url, link, tables);
        return tables;
    }

    private boolean wanted(String table) {
        return !options.excludedTables().contains(table) && interpretation.wants(url.schema(), table);
    }

    @Override
    public String layout() {
        return PgLayout.ask(link, url.schema(), names.publication(), this::wanted);
    }

    @Override
    public Optional<String> untold(Collection<SqlTable> tables, String before, String now) {
        return PgLayout.untold(before, now, tables, names.publication());
    }

    @Override
    public SqlPosition keeping(SqlPosition at, String layout) {
        return layout.isEmpty() ? at : at.with(PgLayout.FACT, PgLayout.kept(layout));
    }

    @Override
    public String kept(SqlPosition at) {
        return at.facts().getOrDefault(PgLayout.FACT, "");
    }

    @Override
    public Optional<String> prepare(Collection<SqlTable> tables) {
        return checks.prepare(tables.stream().map(SqlTable::name).toList());
    }

    @Override
    public BaseRead openBase(Collection<SqlTable> tables) {
        Connection replication = PgLink.replication(url);
        try {
            PgSlot.Made made = slot.make(replication);
            return new PgSnapshot(
                    url,
                    replication,
                    made,
                    position(made.lsn()),
                    tables.stream().map(SqlTable::name).collect(Collectors.toSet()));
        } catch (SQLException e) {
            PgLink.close(replication);
            throw PgLink.fault(url, "reading a base", e);
        } catch (RuntimeException e) {
            PgLink.close(replication);
            throw e;
        }
    }

    private SqlPosition position(long lsn) {
        PgServer here = server();
        return SqlPosition.at(
                SqlEngine.POSTGRESQL,
                here.identity(),
                PgServer.print(lsn),
                lsn,
                Map.of(LSN, lsn),
                Map.of(PgServer.TIMELINE, String.valueOf(here.timeline())));
    }

    @Override
    public Properties feed(SqlPosition from, Collection<SqlTable> tables) {
        return PgSettings.of(url, options, names, tables);
    }

    @Override
    public String transaction(String told) {
        // <transaction id>:<LSN of the change>
        int end = told.indexOf(':');
        return end < 0 ? told : told.substring(0, end);
    }

    @Override
    public SqlPosition after(Map<String, ?> endOffset) {
        SqlPosition end = told(endOffset);
        return endOffset.get(COMMIT_MICROS) instanceof Number micros
                ? end.with(PgPast.COMMITTED, String.valueOf(micros.longValue()))
                : end;
    }

    private SqlPosition told(Map<String, ?> endOffset) {
        Object commit = endOffset.get(COMMIT_LSN);
        Object lsn = commit == null ? endOffset.get(LSN) : commit;
        return position(((Number) Objects.requireNonNull(lsn)).longValue());
    }

    @Override
    public long commitMicros(Map<String, ?> endOffset, long endMillis) {
        return endOffset.get(COMMIT_MICROS) instanceof Number micros
                ? micros.longValue()
                : endMillis * MICROS_PER_MILLI;
    }

    @Override
    public Object value(SqlColumn column, FieldForm form, Object value) {
        return PgValues.of(column, form, value);
    }

    @Override
    public LogMark mark() {
        String token = run + "/" + ++marks;
        link.value("SELECT pg_logical_emit_message(false, '" + PREFIX + "', ?::text)", token);
        return new LogMark(token);
    }

    @Override
    public @Nullable SqlPosition reached(LogMark mark, FeedRecord record) {
        if (record.kind() != FeedRecord.Kind.MESSAGE
                || !record.messagePrefix().equals(PREFIX)
                || !new String(record.message(), StandardCharsets.UTF_8).equals(mark.token())) {
            return null;
        }
        return told(record.offset());
    }

    @Override
    public void close() {
        link.close();
    }
}
