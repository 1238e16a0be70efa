package io.metawal.connectors.sql.sqlite;

import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.BaseRequest;
import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.compare.SqlComparison;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.port.CommitSink;
import io.metawal.metadata.port.SelfCheck;
import io.metawal.metadata.port.Source;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * A SQLite file that others write, captured: at an interval, and only where another connection committed since, all rows are read in one
 * transaction, and what differs from the log's image is one commit.
 *
 * <p>The file is never written. While a read lasts, a writer in rollback-journal mode waits; in WAL mode it does not.
 */
public final class SqliteSource implements Source {
    private static final Duration SHORTEST = Duration.ofMillis(10);

    private final Path file;
    private final Duration every;
    private final SqlInterpretation interpretation;
    private final InstantSource clock;
    private final BaseRequest baseRequest = new BaseRequest();
    private final Path scratch;

    /** @param every time between two reads */
    public SqliteSource(Path file, Duration every, SqlInterpretation interpretation, InstantSource clock) {
        this(file, every, interpretation, clock, Path.of(System.getProperty("java.io.tmpdir")));
    }

    /** @param scratch where rows are put in order, where they are more than fit into memory */
    public SqliteSource(
            Path file, Duration every, SqlInterpretation interpretation, InstantSource clock, Path scratch) {
        if (every.compareTo(SHORTEST) < 0) {
            throw new UsageException("sqlite:" + file + " cannot be read every " + every.toMillis()
                    + " ms: expected at least " + SHORTEST.toMillis() + " ms");
        }
        this.file = file.toAbsolutePath();
        this.every = every;
        this.interpretation = interpretation;
        this.clock = clock;
        this.scratch = scratch;
    }

    @Override
    public String origin() {
        return interpretation.origin();
    }

    /** The cluster's id where the rows say one, else what the file system tells the file by. */
    @Override
    public String identity() {
        try (SqliteFile open = SqliteFile.open(file, SqliteCapture.says(interpretation))) {
            FileState state = open.state();
            return state.identity().isEmpty() ? state.inode() : state.identity();
        }
    }

    @Override
    public void capture(ByteString resumeAt, CommitSink sink) {
        try (SqliteCapture capture = new SqliteCapture(
                new SqliteCapture.Wiring(file, every, interpretation, clock, scratch, baseRequest), sink)) {
            capture.run(resumeAt);
        } catch (InterruptedException e) {
            // To be interrupted is how a capture ends; whoever runs the thread still sees that it was.
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Duration observeEvery() {
        return every;
    }

    @Override
    public Optional<SelfCheck> selfCheck() {
        SqlUrl url = new SqlUrl(SqlEngine.SQLITE, "", 0, "", SqliteFile.SCHEMA, "", "", Map.of(), file);
        return Optional.of(new SqlComparison(url, interpretation));
    }

    @Override
    public void requestBase(String gapReason) {
        baseRequest.ask(gapReason);
    }

    @Override
    public void close() {}
}
