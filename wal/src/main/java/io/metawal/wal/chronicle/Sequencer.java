package io.metawal.wal.chronicle;

import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.LocalFaults;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.wal.Inbox;
import io.metawal.wal.Pending;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that gives commits their places. All that waits is one group: written, forced once, noted once, then
 * acknowledged, in this order. A write or a force that fails ends the log until it is opened anew: what the disk holds after a
 * failed force is not known, and trying again would only hide that.
 */
final class Sequencer implements AutoCloseable {
    private final Inbox inbox;
    private final SegmentedAppender appender;
    private final AckNote note;
    private final boolean durable;
    private final InstantSource clock;
    private final Thread thread;
    private @Nullable CommitRecord last;
    private volatile Position acked;

    Sequencer(Inbox inbox, SegmentedAppender appender, AckNote note, Position start, ChronicleLogConfig config) {
        this.inbox = inbox;
        this.appender = appender;
        this.note = note;
        this.durable = config.durability() == ChronicleLogConfig.Durability.LOCAL;
        this.clock = config.clock();
        this.acked = start;
        this.thread = new Thread(this::run, "metawal-sequencer");
        thread.setDaemon(true);
        thread.start();
    }

    /** The last acknowledged commit. */
    Position acked() {
        return acked;
    }

    private void run() {
        List<Pending> group = List.of();
        try {
            while (true) {
                group = inbox.take(Long.MAX_VALUE);
                if (group.isEmpty()) {
                    return;
                }
                sequence(group);
            }
        } catch (IOException | RuntimeException | Error e) {
            String failed = "the hot log cannot be written after seq " + acked.seq();
            MetawalException failure = e instanceof IOException io
                    ? LocalFaults.of(failed, io)
                    : new MetawalException(
                            ExitCode.FAILED,
                            failed + ": " + e + "; nothing more is taken: see to the disk, then start again",
                            e);
            inbox.fail(group, failure);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sequence(List<Pending> group) throws IOException {
        long now = Timestamps.micros(clock.instant());
        List<CommitRecord> records = new ArrayList<>(group.size());
        for (Pending pending : group) {
            CommitRecord before = last;
            last = before == null ? pending.recordAfter(acked, now) : pending.recordAfter(before, now);
            records.add(last);
        }
        appender.append(records);
        Position written = Position.of(records.get(records.size() - 1));
        if (durable) {
            appender.force();
            note.write(written);
        }
        acked = written;
        for (int n = 0; n < records.size(); n++) {
            group.get(n).future().complete(records.get(n).header());
        }
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
