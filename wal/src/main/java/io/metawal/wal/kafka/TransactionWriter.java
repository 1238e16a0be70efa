package io.metawal.wal.kafka;

import io.metawal.metadata.fault.SourceChangedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The producer: one transaction at a time. After any failure it must be {@link #fence}d before it writes again. For one thread. */
final class TransactionWriter implements AutoCloseable {
    private final KafkaClients clients;
    private final TopicPartition partition;
    private @Nullable Producer<byte[], byte[]> producer;

    TransactionWriter(KafkaClients clients, TopicPartition partition) {
        this.clients = clients;
        this.partition = partition;
    }

    /** Where a transaction's records lie. */
    record Written(long firstOffset, long lastOffset) {}

    /**
     * Takes the writer's name: whoever had it can write no more, and a transaction that was open is ended, one way or the other,
     * when this returns.
     */
    void fence() {
        close();
        Producer<byte[], byte[]> fresh = clients.producer();
        producer = fresh;
        fresh.initTransactions();
    }

    /**
     * Writes all or nothing.
     *
     * @param fromOffset they must come to lie here or later
     */
    Written write(List<byte[]> values, long fromOffset) {
        Producer<byte[], byte[]> current = producer;
        if (current == null) {
            throw new IllegalStateException("no producer yet");
        }
        current.beginTransaction();
        Future<RecordMetadata> first = send(current, values.get(0));
        Future<RecordMetadata> last = first;
        for (byte[] value : values.subList(1, values.size())) {
            last = send(current, value);
        }
        current.flush();
        Written written = new Written(
                KafkaFaults.answer(first).offset(), KafkaFaults.answer(last).offset());
        if (written.firstOffset() < fromOffset) {
            close();
            throw new SourceChangedException(
                    "the topic " + partition.topic() + " gave offset " + written.firstOffset() + " after offset "
                            + (fromOffset - 1) + ": it was made anew; commits that were not archived are lost");
        }
        current.commitTransaction();
        return written;
    }

    private Future<RecordMetadata> send(Producer<byte[], byte[]> to, byte[] value) {
        return to.send(new ProducerRecord<>(partition.topic(), partition.partition(), null, value));
    }

    @Override
    public void close() {
        Producer<byte[], byte[]> old = producer;
        producer = null;
        if (old != null) {
            old.close(Duration.ZERO);
        }
    }
}
