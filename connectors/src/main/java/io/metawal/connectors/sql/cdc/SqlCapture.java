package io.metawal.connectors.sql.cdc;

import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.BaseRequest;
import io.metawal.connectors.capture.CheckedSink;
import io.metawal.connectors.net.Backoff;
import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.TableEntries;
import io.metawal.metadata.fault.BusyException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.CommitSink;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a capture. Before the log is followed, it makes sure that the source is the one that the position is of, and still has all that
 * came after; where it does not, it takes a new base, which records the gap. What breaks off is begun again behind the last transaction
 * that the sink took. For one thread.
 */
public final class SqlCapture {
    private static final Logger LOG = LoggerFactory.getLogger(SqlCapture.class);
    private static final int LOGGED_EVERY = 20;

    private final Wiring wiring;
    private final SourceLog dialect;
    private final SqlInterpretation interpretation;
    private final CommitSink sink;
    private final CheckedSink checked;
    private final Counters counters;
    private final Backoff backoff = new Backoff();
    private @Nullable SqlPosition position;
    private @Nullable List<SqlTable> known;
    private @Nullable String gap;
    private String layout = "";
    private int failures;

    /**
     * What a capture works with.
     *
     * @param baseRequest how those who compare ask for a base
     */
    public record Wiring(
            SourceLog dialect,
            SqlSourceOptions options,
            SqlInterpretation interpretation,
            InstantSource clock,
            BaseRequest baseRequest) {
        /** Throws where a base is asked for. */
        public void checkRequests() throws NewBaseException {
            String reason = baseRequest.reason();
            if (reason != null) {
                throw new NewBaseException(reason);
            }
        }
    }

    public SqlCapture(Wiring wiring, CommitSink sink) {
        this.wiring = wiring;
        this.dialect = wiring.dialect();
        this.interpretation = wiring.interpretation();
        this.sink = sink;
        this.checked = new CheckedSink(sink);
        this.counters = new Counters(interpretation);
    }

    /** Runs until interrupted; {@code resumeAt} as of the port {@code Source}. */
    public void run(ByteString resumeAt) throws InterruptedException {
        position = resumeAt.isEmpty() ? null : SqlPosition.parse(resumeAt);
        while (true) {
            try {
                checked.check();
                ready();
                follow();
            } catch (NewBaseException e) {
                LOG.warn("{}: {}; a new base is taken", dialect, e.reason());
                gap = e.reason();
            } catch (UnreachableException | BusyException e) {
                checked.check();
                if (failures++ % LOGGED_EVERY == 0) {
                    LOG.warn("{}; trying again", e.text());
                }
                dialect.reconnect();
                if (!backoff.pause(failures)) {
                    return;
                }
            }
        }
    }

    /** Sees to it that the log can be followed from the position. */
    private void ready() throws InterruptedException {
        SqlPosition at = position;
        Optional<String> lost = at == null ? Optional.empty() : dialect.lost(at);
        if (at == null) {
            base("");
        } else if (at.unfinished()) {
            base(at.complete().isEmpty() ? "" : "a base that was begun after " + at.complete() + " was not finished");
        } else if (lost.isPresent()) {
            base(lost.get());
        } else if (gap != null) {
            base(gap);
        } else if (known == null) {
            resume(at);
        }
    }

    private void resume(SqlPosition at) throws InterruptedException {
        try (ImageView image = checked.image()) {
            interpretation.resume(image);
            List<SqlTable> tables = TableEntries.of(image);
            counters.load(image, tables);
            known = tables;
        }
        // Not what the tables look like now: the first heartbeat compares them.
        layout = dialect.kept(at);
        LOG.info("{}: the capture goes on behind {}", dialect, at.log());
    }

    private void base(String gapReason) throws InterruptedException {
        SqlPosition before = position;
        String after = before == null ? "" : before.complete();
        String asked = wiring.baseRequest().reason();
        String recorded = gapReason.isEmpty() ? "" : Objects.requireNonNull(BaseRequest.with(gapReason, asked));
        List<SqlTable> wanted = wanted();
        String was;
        do {
            was = dialect.layout();
        } while (dialect.prepare(wanted).isPresent());
        LOG.info("{}: reading a base of {} tables; captured so far up to {}", dialect, wanted.size(), after);
        try (SqlBase base = SqlBase.read(wiring, wanted, was, counters)) {
            // Should it break off: this is where the log was complete, whatever pieces it took.
            position = base.position().inBase(after);
            base.commit(after, recorded, checked);
            sink.observed(interpretation.epoch(base.position().clock()), base.askedMicros());
            position = base.position();
            known = base.tables();
        }
        layout = was;
        gap = null;
        wiring.baseRequest().done(asked);
    }

    private List<SqlTable> wanted() {
        List<SqlTable> tables = dialect.describe();
        List<String> keyless = tables.stream()
                .filter(table -> table.primaryKey().isEmpty())
                .map(SqlTable::toString)
                .toList();
        if (!keyless.isEmpty()) {
            throw new UsageException(dialect + ": " + String.join(", ", keyless) + " without primary key cannot be"
                    + " captured, since nothing tells one row from another. Give each one (ALTER TABLE … ADD PRIMARY KEY),"
                    + " or leave them out with --exclude-table "
                    + String.join(
                            ",",
                            tables.stream()
                                    .filter(table -> table.primaryKey().isEmpty())
                                    .map(SqlTable::name)
                                    .toList()));
        }
        return tables;
    }

    private void follow() throws InterruptedException, NewBaseException {
        SqlPosition from = java.util.Objects.requireNonNull(position);
        List<SqlTable> tables = java.util.Objects.requireNonNull(known);
        LogFollower stream =
                dialect.follow(new LogFollower.Start(wiring, sink, checked, counters, from, tables, layout));
        try {
            stream.run(() -> failures = 0);
        } finally {
            position = stream.position();
            known = stream.tables();
            layout = stream.layout();
        }
    }
}
