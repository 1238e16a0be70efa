package io.metawal.connectors.sql.postgres;

import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.BaseRequest;
import io.metawal.connectors.sql.SqlInterpretation;
import io.metawal.connectors.sql.cdc.SqlCapture;
import io.metawal.connectors.sql.cdc.SqlSourceOptions;
import io.metawal.metadata.port.CommitSink;
import io.metawal.metadata.port.Source;
import java.time.InstantSource;

/** A capture whose dialect fails. */
record FaultySource(FaultyDialect dialect, SqlSourceOptions options) implements Source {
    @Override
    public String origin() {
        return "postgresql";
    }

    @Override
    public String identity() {
        return dialect.identity();
    }

    @Override
    public void capture(ByteString resumeAt, CommitSink sink) throws InterruptedException {
        new SqlCapture(
                        new SqlCapture.Wiring(
                                dialect,
                                options,
                                new SqlInterpretation.Plain("postgresql"),
                                InstantSource.system(),
                                new BaseRequest()),
                        sink)
                .run(resumeAt);
    }

    @Override
    public void close() {
        dialect.close();
    }
}
