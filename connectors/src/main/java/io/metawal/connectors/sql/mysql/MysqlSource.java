package io.metawal.connectors.sql.mysql;

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
import java.util.Set;
import java.util.TreeMap;

/** A database of a running MariaDB or MySQL server, captured: one transaction is one commit. */
public final class MysqlSource implements Source {
    /** Of the URL: {@code server-id}, the number that the server knows the capture by; one at random where it is not given. */
    public static final Set<String> PARAMETERS = Set.of("server-id");

    private final SqlUrl url;
    private final SqlSourceOptions options;
    private final SqlInterpretation interpretation;
    private final InstantSource clock;
    private final BaseRequest baseRequest = new BaseRequest();
    private final MysqlGauges gauges = new MysqlGauges();

    public MysqlSource(SqlUrl url, SqlSourceOptions options, SqlInterpretation interpretation, InstantSource clock) {
        this.url = url;
        this.options = options;
        this.interpretation = interpretation;
        this.clock = clock;
    }

    @Override
    public String origin() {
        return interpretation.origin();
    }

    /**
     * The database, and MariaDB's GTID domain: nothing that tells a server from the replica that takes over from it. Which server it is, is judged
     * by its history.
     */
    @Override
    public String identity() {
        try (MysqlLog log = log()) {
            return log.identity();
        }
    }

    @Override
    public void capture(ByteString resumeAt, CommitSink sink) {
        try (MysqlLog log = log()) {
            new SqlCapture(new SqlCapture.Wiring(log, options, interpretation, clock, baseRequest), sink).run(resumeAt);
        } catch (InterruptedException e) {
            // To be interrupted is how a capture ends; whoever runs the thread still sees that it was.
            Thread.currentThread().interrupt();
        }
    }

    private MysqlLog log() {
        return new MysqlLog(url, options, interpretation, gauges);
    }

    /**
     * By name: {@code binlog_behind_bytes}, how much of the log is not captured; {@code binlog_files_before_position}, how many files the server
     * will throw away before it comes to the capture's; {@code binlog_position_in_oldest_file}, 1 where the next one is.
     */
    @Override
    public Map<String, Double> gauges() {
        Map<String, Double> all = new TreeMap<>(interpretation.gauges());
        all.putAll(gauges.values());
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
