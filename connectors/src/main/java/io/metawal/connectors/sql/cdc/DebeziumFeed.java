package io.metawal.connectors.sql.cdc;

import io.debezium.embedded.Connect;
import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.spi.OffsetCommitPolicy;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnreachableException;
import java.io.IOException;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of Debezium's engine, on a thread of its own. Records come through a bounded queue; while it is full, the engine waits, and with
 * it the source. The source is told how far it may forget its log by {@link #acknowledge} alone. The engine never starts itself anew: what
 * ends it is thrown by {@link #poll}, behind the records that came before.
 */
final class DebeziumFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DebeziumFeed.class);
    private static final String NAME = "metawal";
    // Three times in a row: Debezium's queue, the batch that it hands over, and ours.
    private static final int QUEUE_MAX = 2_048;
    private static final int BATCH_MAX = 1_024;
    private static final int QUEUE_BYTES_MAX = 16 << 20;
    private static final long FULL_POLL_MILLIS = 50;
    private static final long STOP_MILLIS = 30_000;
    private static final long STOP_STEP_MILLIS = 20;

    private final String where;
    private final FeedQueue queue = new FeedQueue(QUEUE_MAX, QUEUE_BYTES_MAX);
    private final AtomicReference<@Nullable FeedRecord> acknowledged = new AtomicReference<>();
    private final DebeziumEngine<ChangeEvent<SourceRecord, SourceRecord>> engine;
    private final Thread thread;
    private volatile boolean closing;
    private volatile boolean ended;
    private volatile @Nullable Throwable failure;
    private volatile String failureText = "";

    /** @param settings of the connector, as {@link CdcDialect#feed} gives them */
    DebeziumFeed(String where, Properties settings, SqlPosition from, String placeholder) {
        this.where = where;
        this.engine = DebeziumEngine.create(Connect.class)
                .using(all(settings, from, placeholder))
                .using(OffsetCommitPolicy.always())
                .using((success, message, error) -> ended(message, error))
                .notifying(this::handle)
                .build();
        this.thread = new Thread(engine, "metawal-debezium");
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private static Properties all(Properties settings, SqlPosition from, String placeholder) {
        Properties all = new Properties();
        settings.forEach((name, value) -> all.setProperty((String) name, (String) value));
        String prefix = all.getProperty("topic.prefix", NAME);
        all.setProperty("name", NAME);
        all.setProperty("topic.prefix", prefix);
        // Asked for by the settings of a Kafka Connect worker, and used by nobody.
        all.setProperty("bootstrap.servers", "localhost:1");
        all.setProperty("offset.storage", PreloadedOffsets.class.getName());
        all.setProperty(PreloadedOffsets.KEY_SETTING, PreloadedOffsets.key(NAME, prefix));
        all.setProperty(PreloadedOffsets.VALUE_SETTING, PreloadedOffsets.value(from.offset()));
        all.setProperty("provide.transaction.metadata", "true");
        all.setProperty("tombstones.on.delete", "false");
        all.setProperty("skipped.operations", "none");
        all.setProperty("include.schema.changes", "false");
        all.setProperty("unavailable.value.placeholder", placeholder);
        all.setProperty("decimal.handling.mode", "string");
        all.setProperty("binary.handling.mode", "bytes");
        all.setProperty("event.processing.failure.handling.mode", "fail");
        all.setProperty("event.converting.failure.handling.mode", "fail");
        all.setProperty("errors.max.retries", "0");
        all.setProperty("max.batch.size", String.valueOf(BATCH_MAX));
        all.setProperty("max.queue.size", String.valueOf(QUEUE_MAX));
        all.setProperty("max.queue.size.in.bytes", String.valueOf(QUEUE_BYTES_MAX));
        all.setProperty("poll.interval.ms", "20");
        return all;
    }

    /** On the engine's thread. */
    private void handle(
            List<ChangeEvent<SourceRecord, SourceRecord>> records,
            DebeziumEngine.RecordCommitter<ChangeEvent<SourceRecord, SourceRecord>> committer)
            throws InterruptedException {
        pass(committer);
        for (ChangeEvent<SourceRecord, SourceRecord> record : records) {
            FeedRecord next = new FeedRecord(record);
            while (!queue.offer(next, FULL_POLL_MILLIS)) {
                if (closing) {
                    return;
                }
            }
        }
    }

    private void pass(DebeziumEngine.RecordCommitter<ChangeEvent<SourceRecord, SourceRecord>> committer)
            throws InterruptedException {
        FeedRecord record = acknowledged.getAndSet(null);
        if (record != null) {
            committer.markProcessed(record.event());
            committer.markBatchFinished();
        }
    }

    private void ended(@Nullable String message, @Nullable Throwable error) {
        failureText = message == null ? "" : message;
        failure = error;
        ended = true;
    }

    /**
     * The next record; null where none comes within the time.
     *
     * @throws UnreachableException where the engine has ended, and all records that it gave were taken
     */
    @Nullable
    FeedRecord poll(long millis) throws InterruptedException {
        boolean last = ended;
        FeedRecord record = queue.poll(last ? 0 : millis);
        if (record == null && last) {
            Throwable cause = failure;
            if (cause instanceof Error) {
                throw new MetawalException(ExitCode.FAILED, where + ": its log cannot be told: " + why(), cause);
            }
            throw new UnreachableException(where + ": its log is no longer told: " + why(), cause);
        }
        return record;
    }

    private String why() {
        StringBuilder all = new StringBuilder(failureText);
        int depth = 0;
        for (Throwable cause = failure; cause != null && depth < 8; cause = cause.getCause(), depth++) {
            String message = cause.getMessage();
            if (message != null && all.indexOf(message) < 0) {
                all.append(all.isEmpty() ? "" : ": ").append(message);
            }
        }
        return all.isEmpty() ? "the engine ended" : all.toString();
    }

    /** The source may forget its log up to this record: all of it is durable here. Told with the next records or heartbeat. */
    void acknowledge(FeedRecord record) {
        acknowledged.set(record);
    }

    @Override
    public void close() {
        closing = true;
        boolean interrupted = Thread.interrupted();
        long left = STOP_MILLIS;
        while (thread.isAlive() && left > 0) {
            left -= STOP_STEP_MILLIS;
            try {
                stop();
                queue.clear();
                thread.join(STOP_STEP_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (thread.isAlive()) {
            LOG.warn("{}: Debezium's engine does not end; it is left alone", where);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void stop() {
        try {
            engine.close();
        } catch (IllegalStateException starting) {
            // It may not be stopped while it starts, nor twice: it is asked again until its thread has ended.
            LOG.trace("{}: {}", where, starting.toString());
        } catch (IOException e) {
            LOG.debug("{}: while the engine was stopped: {}", where, e.toString());
        }
    }
}
