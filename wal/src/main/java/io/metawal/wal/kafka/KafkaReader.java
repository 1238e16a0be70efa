package io.metawal.wal.kafka;

import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.metadata.port.LogReader;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads acknowledged commits one by one. Where brokers do not give what was acknowledged within the reader's patience, it says that there is
 * nothing yet, having looked whether the topic is still the same.
 */
final class KafkaReader implements LogReader {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaReader.class);

    private final TopicTail tail;
    private final KafkaTopic topic;
    private final SpanIndex index;
    private final LongSupplier ackedSeq;
    private final RecordAssembler assembler = new RecordAssembler();
    private final int triesMax;
    private long next;
    private boolean placed;
    private boolean begun;
    private volatile boolean closed;

    KafkaReader(KafkaLogConfig config, KafkaParts parts, LongSupplier ackedSeq, long fromSeq) {
        this.tail = new TopicTail(parts.clients(), parts.topic());
        this.topic = parts.topic();
        this.index = parts.state().index();
        this.ackedSeq = ackedSeq;
        this.next = fromSeq;
        this.triesMax = (int) Math.max(1, config.limits().patience().toMillis() / TopicTail.ONE_POLL.toMillis());
    }

    @Override
    public synchronized @Nullable CommitRecord poll() {
        if (closed || next > ackedSeq.getAsLong()) {
            return null;
        }
        try {
            place();
            return wanted();
        } catch (WakeupException e) {
            return null;
        } catch (KafkaException e) {
            throw KafkaFaults.typed("reading seq " + next + " of " + topic.partition(), e);
        }
    }

    private void place() {
        if (placed) {
            return;
        }
        Long offset = index.near(next);
        if (offset == null) {
            throw new CorruptException("seq " + next + " was trimmed from the hot log while it was still to be read");
        }
        tail.moveTo(offset);
        placed = true;
    }

    private @Nullable CommitRecord wanted() {
        int tries = 0;
        while (tries < triesMax && !closed) {
            ConsumerRecord<byte[], byte[]> read = tail.next();
            if (read == null) {
                tries++;
                continue;
            }
            CommitRecord record = take(read);
            if (record != null && record.seq() >= next) {
                return checked(record);
            }
        }
        if (!closed) {
            suspect();
        }
        return null;
    }

    private @Nullable CommitRecord take(ConsumerRecord<byte[], byte[]> read) {
        String where = topic.partition() + " at offset " + read.offset();
        Frame frame = Frame.read(read.value(), where);
        if (frame instanceof Frame.Piece piece && (begun || piece.offset() == 0)) {
            begun = true;
            return assembler.take(piece, where);
        }
        return null;
    }

    private CommitRecord checked(CommitRecord record) {
        if (record.seq() > next) {
            throw new SourceChangedException("the topic " + topic.partition().topic() + " goes on with seq "
                    + record.seq() + " where seq " + next + " is to come: it was truncated by somebody else");
        }
        next++;
        return record;
    }

    /** Nothing comes though something should: either the brokers are away, or the topic is. */
    private void suspect() {
        LOG.warn("seq {} of {} was acknowledged, but does not come; it is asked for again", next, topic.partition());
        try {
            topic.checkSame();
        } catch (KafkaException away) {
            LOG.warn("the brokers of {} do not answer: {}", topic.partition(), away.toString());
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        tail.wakeup();
        synchronized (this) {
            tail.close();
        }
    }
}
