package io.metawal.wal.kafka;

import io.metawal.metadata.fault.SourceChangedException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A reader's place in the topic: committed records one by one, in batches from the broker. For one thread at a time. */
final class TopicTail implements AutoCloseable {
    static final Duration ONE_POLL = Duration.ofMillis(100);
    /** Polls without any progress before an open or a recovery is tried anew. */
    private static final int IDLE_POLLS_MAX = 150;

    private final Consumer<byte[], byte[]> consumer;
    private final TopicPartition partition;
    private Iterator<ConsumerRecord<byte[], byte[]>> batch = java.util.Collections.emptyIterator();

    TopicTail(KafkaClients clients, KafkaTopic topic) {
        this.consumer = clients.consumer();
        this.partition = topic.partition();
        consumer.assign(List.of(partition));
    }

    void moveTo(long offset) {
        batch = java.util.Collections.emptyIterator();
        consumer.seek(partition, offset);
    }

    /** The next committed record; null where none came within a moment. */
    @Nullable
    ConsumerRecord<byte[], byte[]> next() {
        if (!batch.hasNext()) {
            try {
                batch = consumer.poll(ONE_POLL).iterator();
            } catch (OffsetOutOfRangeException e) {
                throw new SourceChangedException(
                        "the topic " + partition.topic() + " was truncated by somebody else: " + e.getMessage(), e);
            }
        }
        return batch.hasNext() ? batch.next() : null;
    }

    /** Folds everything from the state's end to an offset, which open transactions may not keep back. */
    void fold(LogState state, long from, long to) {
        moveTo(from);
        state.nextOffset(from);
        int idle = 0;
        long reached = from;
        while (reached < to) {
            for (ConsumerRecord<byte[], byte[]> record = next(); record != null; record = next()) {
                state.take(record.offset(), record.value());
                if (!batch.hasNext()) {
                    break;
                }
            }
            // Beyond the last record: what ends a transaction has an offset too.
            long now = consumer.position(partition);
            idle = now > reached ? 0 : idle + 1;
            reached = now;
            if (idle > IDLE_POLLS_MAX) {
                throw new TimeoutException("the topic " + partition.topic() + " can be read up to offset " + reached
                        + " only, but goes to " + to
                        + ": the brokers do not answer, or somebody else has a transaction open on it");
            }
        }
        state.checkEnd();
        state.nextOffset(reached);
    }

    /** Ends a poll that another thread is in. */
    void wakeup() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(1)));
    }
}
