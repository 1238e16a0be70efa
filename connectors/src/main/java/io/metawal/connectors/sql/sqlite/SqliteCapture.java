package io.metawal.connectors.sql.sqlite;

import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.BaseRequest;
import io.metawal.connectors.capture.CheckedSink;
import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.row.SchemaChange;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.TableEntries;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.BusyException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.CommitSink;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a capture. A file that is locked, gone, or just being replaced is tried again; one that is another, or older, ends the capture.
 * For one thread.
 */
final class SqliteCapture implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteCapture.class);
    private static final int LOGGED_EVERY = 20;
    private static final int MALFORMED_MAX = 10;
    private static final long UNREAD = -1;

    private final Wiring wiring;
    private final CommitSink given;
    private final CheckedSink sink;
    private final SqliteCommits commits;
    private @Nullable SqliteFile file;
    private @Nullable SqlitePosition position;
    private List<SqlTable> tables = List.of();
    private long dataVersion = UNREAD;
    private String unfinished = "";
    private int failures;
    private int malformed;

    /** What a capture works with. */
    record Wiring(
            Path file,
            Duration every,
            SqlInterpretation interpretation,
            InstantSource clock,
            Path scratch,
            BaseRequest baseRequest) {}

    SqliteCapture(Wiring wiring, CommitSink sink) {
        this.wiring = wiring;
        this.given = sink;
        this.sink = new CheckedSink(sink);
        this.commits = new SqliteCommits(wiring.interpretation(), this.sink);
    }

    /** A plain database names no cluster. */
    static SqliteFile.Identity says(SqlInterpretation interpretation) {
        return interpretation instanceof SqlInterpretation.Plain
                ? SqliteFile.Identity.NONE
                : SqliteFile.Identity.CLUSTER_ID;
    }

    /** Runs until interrupted. */
    void run(ByteString resumeAt) throws InterruptedException {
        position = resumeAt.isEmpty() ? null : SqlitePosition.parse(resumeAt);
        SqlitePosition at = position;
        if (at != null && !at.unfinished()) {
            try (ImageView image = sink.image()) {
                wiring.interpretation().resume(image);
                tables = TableEntries.of(image);
            }
        }
        while (true) {
            try {
                step();
                failures = 0;
                malformed = 0;
            } catch (MetawalException e) {
                again(e);
            }
            var unused = new CountDownLatch(1).await(wiring.every().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void again(MetawalException fault) {
        boolean unreadable = fault.code() == ExitCode.UNSUPPORTED_FORMAT && fault.getCause() instanceof SQLException;
        boolean later = fault instanceof UnreachableException
                || fault instanceof BusyException
                // Half of a file that is being copied there looks like that.
                || unreadable && ++malformed < MALFORMED_MAX;
        if (!later) {
            throw fault;
        }
        if (failures++ % LOGGED_EVERY == 0) {
            LOG.warn("{}; trying again", fault.text());
        }
        close();
    }

    private void step() throws InterruptedException {
        sink.check();
        SqliteFile open = opened();
        open.check();
        long askedMicros = Timestamps.micros(wiring.clock().instant());
        if (dataVersion == UNREAD
                || open.dataVersion() != dataVersion
                || wiring.baseRequest().reason() != null) {
            take(open, askedMicros);
        }
        SqlitePosition at = position;
        if (at != null) {
            given.observed(wiring.interpretation().epoch(at.reads()), askedMicros);
        }
    }

    private SqliteFile opened() {
        SqliteFile open = file;
        if (open == null) {
            open = SqliteFile.open(wiring.file(), says(wiring.interpretation()));
            file = open;
            dataVersion = UNREAD;
        }
        return open;
    }

    private void take(SqliteFile open, long timeMicros) throws InterruptedException {
        SqlitePosition at = position;
        boolean first = at == null || at.unfinished();
        if (first) {
            wiring.interpretation().beforeBase();
        }
        String reason = "";
        try (SqliteRead read = SqliteRead.take(open, wiring.interpretation(), wiring.scratch())) {
            if (at != null) {
                read.state().follows(at.state());
            }
            String asked = wiring.baseRequest().reason();
            reason = first
                    ? ""
                    : asked != null
                            ? asked
                            : SchemaChange.between(tables, read.tables())
                                    .map(change -> "the schema changed: " + change.text())
                                    .orElse("");
            if (reason.isEmpty()) {
                commit(read, first, timeMicros);
                return;
            }
        }
        LOG.info("{}: {}; a new base is read", open, reason);
        wiring.interpretation().beforeBase();
        try (SqliteRead read = SqliteRead.take(open, wiring.interpretation(), wiring.scratch())) {
            read.state().follows(java.util.Objects.requireNonNull(at).state());
            base(read, timeMicros, reason + "; what the tables hold now is here");
        }
    }

    private void commit(SqliteRead read, boolean first, long timeMicros) throws InterruptedException {
        if (first) {
            SqlitePosition at = position;
            boolean lost = at != null && at.complete() > 0 && unfinished.isEmpty();
            base(
                    read,
                    timeMicros,
                    lost ? "a base after a change of the schema was not finished; it is here" : unfinished);
            return;
        }
        SqlitePosition next = next(read);
        if (commits.data(read, next, timeMicros)) {
            position = next;
        }
        dataVersion = read.dataVersion();
    }

    private void base(SqliteRead read, long timeMicros, String gapReason) throws InterruptedException {
        SqlitePosition at = position;
        SqlitePosition next = next(read);
        long after = at == null ? 0 : at.complete();
        String asked = wiring.baseRequest().reason();
        String recorded =
                gapReason.isEmpty() ? "" : java.util.Objects.requireNonNull(BaseRequest.with(gapReason, asked));
        // Should it break off: this is where the log was complete, whatever pieces it took.
        position = next.inBase(after);
        unfinished = recorded;
        commits.base(read, next, after, timeMicros, recorded);
        position = next;
        unfinished = "";
        tables = List.copyOf(read.tables());
        dataVersion = read.dataVersion();
        wiring.baseRequest().done(asked);
    }

    private SqlitePosition next(SqliteRead read) {
        SqlitePosition at = position;
        return SqlitePosition.at(read.state(), (at == null ? 0 : at.complete()) + 1, wiring.every());
    }

    @Override
    public void close() {
        SqliteFile open = file;
        file = null;
        dataVersion = UNREAD;
        if (open != null) {
            open.close();
        }
    }
}
