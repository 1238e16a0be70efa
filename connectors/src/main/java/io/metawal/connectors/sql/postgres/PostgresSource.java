package io.metawal.connectors.sql.postgres;

import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.BaseRequest;
import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.cdc.SqlCapture;
import io.metawal.connectors.sql.cdc.SqlSourceOptions;
import io.metawal.connectors.sql.compare.SqlComparison;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.metadata.port.CommitSink;
import io.metawal.metadata.port.SelfCheck;
import io.metawal.metadata.port.Source;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A running PostgreSQL, captured: one transaction is one commit. See {@code docs/formats/sql-source.md}. */
public final class PostgresSource implements Source {
    private final SqlUrl url;
    private final SqlSourceOptions options;
    private final SqlInterpretation interpretation;
    private final InstantSource clock;
    private final BaseRequest baseRequest = new BaseRequest();
    private volatile @Nullable PgWatch watch;

    public PostgresSource(SqlUrl url, SqlSourceOptions options, SqlInterpretation interpretation, InstantSource clock) {
        this.url = url;
        this.options = options;
        this.interpretation = interpretation;
        this.clock = clock;
    }

    @Override
    public String origin() {
        return interpretation.origin();
    }

    @Override
    public String identity() {
        try (PostgresCdc dialect = new PostgresCdc(url, options, interpretation)) {
            return dialect.identity();
        }
    }

    @Override
    public void capture(ByteString resumeAt, CommitSink sink) {
        try (PostgresCdc dialect = new PostgresCdc(url, options, interpretation);
                PgWatch watching = new PgWatch(url, options)) {
            watch = watching;
            new SqlCapture(new SqlCapture.Wiring(dialect, options, interpretation, clock, baseRequest), sink)
                    .run(resumeAt);
        } catch (InterruptedException e) {
            // To be interrupted is how a capture ends; whoever runs the thread still sees that it was.
            Thread.currentThread().interrupt();
        } finally {
            watch = null;
        }
    }

    /** {@code slot_retained_bytes}: of its log, what the server keeps for the slot; NaN before it was asked. {@code slot_retained_bytes_max}. */
    @Override
    public Map<String, Double> gauges() {
        PgWatch watching = watch;
        Map<String, Double> all = new TreeMap<>(interpretation.gauges());
        all.putAll(watching == null ? PgWatch.gauges(Double.NaN, options) : watching.gauges());
        return all;
    }

    @Override
    public Duration observeEvery() {
        return Duration.ofMillis(options.heartbeatMillis());
    }

    @Override
    public Optional<SelfCheck> selfCheck() {
        return Optional.of(new SqlComparison(url, interpretation));
    }

    @Override
    public void requestBase(String gapReason) {
        baseRequest.ask(gapReason);
    }

    @Override
    public void close() {}
}
