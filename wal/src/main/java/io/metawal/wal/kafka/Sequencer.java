package io.metawal.wal.kafka;

import io.metawal.metadata.commit.Position;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.wal.Inbox;
import io.metawal.wal.Pending;
import java.time.InstantSource;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that gives commits their places. What waits is one group and one transaction; once that is committed it is noted on this
 * machine and acknowledged, in this order. The log is trimmed here too: only after a transaction that was committed after the
 * archive's word, which proves that this was the writer still, so that whoever comes later finds in the archive what is gone here.
 */
final class Sequencer implements AutoCloseable {
    private final Inbox inbox;
    private final Session session;
    private final KafkaTopic topic;
    private final SpanIndex index;
    private final @Nullable AckedNote note;
    private final KafkaLogConfig config;
    private final InstantSource clock;
    private final Thread thread;
    private volatile Position acked;
    private volatile long archivedBefore;

    Sequencer(Inbox inbox, KafkaParts parts, KafkaLogConfig config) {
        this.inbox = inbox;
        this.session = parts.session();
        this.topic = parts.topic();
        this.index = parts.state().index();
        this.note = parts.note();
        this.config = config;
        this.clock = config.clock();
        this.acked = parts.end();
        this.thread = new Thread(this::run, "metawal-sequencer");
        thread.setDaemon(true);
        thread.start();
    }

    /** The last acknowledged commit. */
    Position acked() {
        return acked;
    }

    /** What is before this seq need not be kept. */
    synchronized void trimBefore(long seq) {
        if (seq > archivedBefore) {
            archivedBefore = seq;
        }
        if (index.trimOffset(seq) != null) {
            inbox.nudge();
        }
    }

    private void run() {
        List<Pending> taken = List.of();
        try {
            while (true) {
                taken = inbox.take(config.limits().groupBytesMax());
                if (taken.isEmpty() && inbox.closed()) {
                    return;
                }
                Long trimOffset = index.trimOffset(archivedBefore);
                if (!taken.isEmpty() || trimOffset != null) {
                    sequence(taken);
                }
                if (trimOffset != null) {
                    trim(trimOffset);
                }
            }
        } catch (RuntimeException | Error e) {
            inbox.fail(taken, failure(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sequence(List<Pending> taken) {
        Group group = Group.of(acked, taken, Timestamps.micros(clock.instant()));
        session.write(group, inbox::closed);
        if (note != null) {
            note.write(group.after());
        }
        acked = group.after();
        for (int n = 0; n < taken.size(); n++) {
            taken.get(n).future().complete(group.records().get(n).header());
        }
    }

    private void trim(long offset) {
        index.dropBefore(offset);
        if (config.settings().trimming() == KafkaSettings.Trimming.ARCHIVED) {
            topic.deleteBefore(offset);
        }
    }

    private RuntimeException failure(Throwable cause) {
        String doing = "the hot log " + config.url() + " cannot be written after seq " + acked.seq();
        if (cause instanceof MetawalException known) {
            return known;
        }
        if (cause instanceof KafkaException fault) {
            return KafkaFaults.typed(doing, fault);
        }
        return new MetawalException(ExitCode.FAILED, doing + ": " + cause + "; nothing more is taken", cause);
    }

    @Override
    public void close() {
        inbox.close(new IllegalStateException("the log is closed"));
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
