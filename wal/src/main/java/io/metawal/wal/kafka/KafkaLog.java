package io.metawal.wal.kafka;

import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.Interruptible;
import io.metawal.metadata.port.LogReader;
import io.metawal.metadata.port.MetadataLog;
import io.metawal.wal.Inbox;
import io.metawal.wal.LogFullException;
import io.metawal.wal.Pending;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The hot log on a topic of one partition. {@code docs/formats/kafka-log.md} has the records; {@code docs/decisions/0004-kafka.md}
 * says what Kafka gives and what is done here instead.
 *
 * <ul>
 *   <li>A group of commits is one transaction: acknowledged once it is committed, seen whole or not at all.
 *   <li>Opening fences the writer before, reads everything, and compares with the archive's end and this machine's note: what was
 *       acknowledged and is neither here nor there is named, and nothing is written.
 *   <li>While brokers are away appends wait; none is lost, and none is there twice.
 * </ul>
 */
public final class KafkaLog implements MetadataLog {
    private final KafkaLogConfig config;
    private final KafkaParts parts;
    private final Inbox inbox;
    private final Sequencer sequencer;
    private final Queue<KafkaReader> readers = new ConcurrentLinkedQueue<>();

    private KafkaLog(KafkaLogConfig config, KafkaParts parts) {
        this.config = config;
        this.parts = parts;
        this.inbox = new Inbox(config.limits().inFlightBytesMax(), this::admit);
        this.sequencer = new Sequencer(inbox, parts, config);
    }

    /** Opens the log, or begins one at the config's start position. */
    public static KafkaLog open(KafkaLogConfig config) {
        return open(config, new KafkaClients(config));
    }

    static KafkaLog open(KafkaLogConfig config, KafkaClients clients) {
        return new KafkaLog(config, KafkaParts.open(config, clients));
    }

    /**
     * Leaves what is there and begins anew at the config's start. For a log whose acknowledged commits are all in the archive, and
     * for taking up another timeline.
     */
    public static KafkaLog reset(KafkaLogConfig config) {
        return new KafkaLog(config, KafkaParts.reset(config, new KafkaClients(config)));
    }

    /** Whether there is a topic, fit or not. */
    public static boolean exists(KafkaLogConfig config) {
        return KafkaTopic.exists(config);
    }

    /** The position before the first commit that the log held when it was opened. */
    public Position origin() {
        return parts.origin();
    }

    /** Which topic it is: one that was deleted and made anew is another. */
    public String topicId() {
        return parts.topic().id().toString();
    }

    @Override
    public CompletableFuture<CommitHeader> append(CommitDraft draft) {
        Pending pending = Pending.of(draft);
        return Interruptible.run("waiting for the hot log", () -> {
            inbox.put(pending);
            return pending.future();
        });
    }

    /** Refuses a draft that does not fit beside what is kept and what is on its way there. */
    private void admit(long flying, int length) {
        long held = bytesOnDisk() + flying;
        long most = config.limits().bytesOnDiskMax();
        if (held + length > most) {
            throw new LogFullException(
                    "the hot log " + config.url() + " holds " + held + " bytes of at most " + most
                            + ": nothing more is taken until the archive comes forward; see to the store, or raise --wal-bytes-max");
        }
    }

    @Override
    public Position head() {
        return sequencer.acked();
    }

    @Override
    public long firstSeq() {
        return parts.state().index().firstSeqOr(head().seq() + 1);
    }

    @Override
    public LogReader read(long fromSeq) {
        long first = firstSeq();
        if (fromSeq < first || fromSeq > head().seq() + 1) {
            throw new IllegalArgumentException(
                    "the hot log holds seq " + first + " to " + head().seq() + ": it cannot be read from " + fromSeq);
        }
        KafkaReader reader = new KafkaReader(config, parts, () -> head().seq(), fromSeq);
        readers.add(reader);
        return reader;
    }

    @Override
    public void trimBefore(long seq) {
        sequencer.trimBefore(seq);
    }

    /** What was not let go of yet; replicas are not counted. */
    @Override
    public long bytesOnDisk() {
        return parts.state().index().bytes();
    }

    @Override
    public void close() {
        sequencer.close();
        readers.forEach(KafkaReader::close);
        parts.close();
    }
}
