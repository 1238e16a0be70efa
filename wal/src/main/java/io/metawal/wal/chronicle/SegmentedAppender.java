package io.metawal.wal.chronicle;

import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;
import io.metawal.wal.DurableFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.wire.DocumentContext;
import net.openhft.chronicle.wire.Wire;
import org.jspecify.annotations.Nullable;

/**
 * Writes records as excerpts, rolls when a file is full, and forces what it wrote. A file is forced before it is left for the
 * next one. For the sequencer's thread.
 */
final class SegmentedAppender implements AutoCloseable {
    private final ExcerptAppender appender;
    private final CycleClock clock;
    private final CycleIndex index;
    private final Forcer forcer;
    private final Path directory;
    private final long rollBytes;
    private final boolean forced;
    private @Nullable FileChannel channel;
    private @Nullable Path file;
    private long fileBytes;

    SegmentedAppender(SingleChronicleQueue queue, CycleClock clock, CycleIndex index, ChronicleLogConfig config) {
        this.appender = queue.createAppender();
        appender.singleThreadedCheckDisabled(true);
        // What Chronicle would do to the files before on the first append: a damaged one must show now, not then.
        appender.normaliseEOFs();
        this.clock = clock;
        this.index = index;
        this.forcer = config.forcer();
        this.directory = config.queueDirectory();
        this.rollBytes = config.limits().rollBytes();
        this.forced = config.durability() == ChronicleLogConfig.Durability.LOCAL;
    }

    /** Appends the record, whose position is {@code at}. */
    void append(CommitRecord record, Position at) throws IOException {
        if (fileBytes > 0 && fileBytes + record.length() > rollBytes) {
            leaveFile();
            clock.next();
        }
        long firstIndex = 0;
        for (int offset = 0; offset < record.length() || offset == 0; offset += Frame.PIECE_MAX) {
            int length = Math.min(Frame.PIECE_MAX, record.length() - offset);
            try (DocumentContext document = appender.writingDocument()) {
                Wire wire = document.wire();
                if (wire == null) {
                    throw new IOException("Chronicle gave no place to write to");
                }
                new Frame(record.length(), record.seq(), offset, length).write(wire.bytes(), record.array());
            }
            if (offset == 0) {
                firstIndex = appender.lastIndexAppended();
            }
        }
        fileBytes += record.length();
        index.add(clock.cycle(), firstIndex, at, record.length());
    }

    /** Makes durable what was appended since the last time. */
    void force() throws IOException {
        FileChannel open = channel;
        Path current = file;
        if (open == null || current == null) {
            current = Cycles.file(directory, clock.cycle());
            open = FileChannel.open(current, StandardOpenOption.READ, StandardOpenOption.WRITE);
            channel = open;
            file = current;
            forcer.force(current, open);
            DurableFile.forceDirectory(directory);
            return;
        }
        forcer.force(current, open);
    }

    private void leaveFile() throws IOException {
        if (forced) {
            force();
        }
        FileChannel open = channel;
        if (open != null) {
            open.close();
        }
        channel = null;
        file = null;
        fileBytes = 0;
    }

    @Override
    public void close() throws IOException {
        FileChannel open = channel;
        if (open != null) {
            open.close();
        }
        appender.close();
    }
}
