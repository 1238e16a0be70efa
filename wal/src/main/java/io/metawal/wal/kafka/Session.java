package io.metawal.wal.kafka;

import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.FencedException;
import io.metawal.metadata.fault.SourceChangedException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One writer's time at the topic, from its claim until another claims it. For one thread.
 *
 * <ul>
 *   <li>Whoever claimed last is the writer. A producer is fenced by another writer, and also by the broker when a transaction took too
 *       long: which it was, the topic says.
 *   <li>After any failure the outcome is unknown. {@link TransactionWriter#fence} settles it, and reading on from what is known
 *       says which way.
 * </ul>
 */
final class Session implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    private static final int CLAIMS_MAX = 10;
    private static final int TRIES_WHEN_CLOSING_MAX = 3;
    private static final long PAUSE_NANOS = 100_000_000L;

    private final KafkaLogConfig config;
    private final KafkaClients clients;
    private final KafkaTopic topic;
    private final LogState state;
    private final TransactionWriter transactions;
    private final UUID writer = UUID.randomUUID();

    Session(KafkaLogConfig config, KafkaClients clients, KafkaTopic topic, LogState state) {
        this.config = config;
        this.clients = clients;
        this.topic = topic;
        this.state = state;
        this.transactions = new TransactionWriter(clients, topic.partition());
    }

    /** Becomes the writer, and reads the whole log; returns the offset where that began. */
    long begin() {
        byte[] claim = new Frame.Claim(writer, config.clusterId()).write();
        for (int tries = 1; ; tries++) {
            try {
                transactions.fence();
                transactions.write(List.of(claim), 0);
                break;
            } catch (KafkaException e) {
                // The one before, finding itself fenced, takes the name back to look who was there: then it leaves.
                if (KafkaFaults.kind(e) != KafkaFaults.Kind.AGAIN || tries == CLAIMS_MAX) {
                    throw e;
                }
                LOG.debug("claiming {} again: {}", config.url(), e.toString());
            }
        }
        long beginning = topic.beginning();
        readOn(beginning);
        checkWriter();
        return beginning;
    }

    private void readOn(long from) {
        try (TopicTail tail = new TopicTail(clients, topic)) {
            tail.fold(state, from, topic.end());
        }
    }

    private void checkWriter() {
        if (!writer.equals(state.writer())) {
            throw new FencedException("another writer has taken the log " + config.url()
                    + ": this one writes nothing more; see that only one metawal writes to it");
        }
    }

    /** Lets the log begin anew at a position. Where the outcome is unknown it is said again: that changes nothing. */
    void restartAt(Position at) {
        List<byte[]> mark = List.of(new Frame.Mark(at, config.clusterId(), true).write());
        for (int tries = 1; ; tries++) {
            try {
                TransactionWriter.Written written = transactions.write(mark, state.nextOffset());
                state.restart(at);
                state.nextOffset(written.lastOffset() + 1);
                return;
            } catch (KafkaException e) {
                if (KafkaFaults.kind(e) != KafkaFaults.Kind.AGAIN || tries == CLAIMS_MAX) {
                    throw e;
                }
                transactions.fence();
                readOn(state.nextOffset());
                checkWriter();
            }
        }
    }

    /**
     * Writes a group, once, however often the brokers go away meanwhile.
     *
     * @param closing whether to end with the failure after some tries, instead of trying for as long as it takes
     */
    void write(Group group, BooleanSupplier closing) {
        List<byte[]> values = group.values(config.clusterId());
        boolean written = false;
        while (!written) {
            try {
                note(group, transactions.write(values, state.nextOffset()));
                written = true;
            } catch (KafkaException e) {
                written = settled(group, e, closing);
            }
        }
    }

    private void note(Group group, TransactionWriter.Written written) {
        for (CommitRecord record : group.records()) {
            state.add(record, written.firstOffset());
        }
        state.nextOffset(written.lastOffset() + 1);
    }

    /** Finds out what became of a group; true where it is in the log, false where it is to be written again. */
    private boolean settled(Group group, KafkaException failure, BooleanSupplier closing) {
        LOG.warn(
                "writing to {} after seq {} failed: {}",
                config.url(),
                group.before().seq(),
                failure.toString());
        KafkaException cause = failure;
        for (int tries = 0; ; tries++) {
            boolean enough = closing.getAsBoolean() && tries >= TRIES_WHEN_CLOSING_MAX;
            if (KafkaFaults.kind(cause) != KafkaFaults.Kind.AGAIN || enough) {
                throw cause;
            }
            try {
                topic.checkSame();
                transactions.fence();
                readOn(state.nextOffset());
                break;
            } catch (KafkaException e) {
                LOG.warn("{} cannot be written yet: {}", config.url(), e.toString());
                cause = e;
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        checkWriter();
        if (group.after().equals(state.end())) {
            return true;
        }
        if (group.before().equals(state.end())) {
            return false;
        }
        throw new SourceChangedException("the log " + config.url() + " ends with " + state.end() + ", expected "
                + group.before() + " or " + group.after() + ": somebody else changed it");
    }

    @Override
    public void close() {
        transactions.close();
    }
}
