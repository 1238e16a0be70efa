package io.metawal.wal.chronicle;

import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;
import io.metawal.wal.DurableFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import net.openhft.chronicle.bytes.Bytes;
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
    /** Small records share an excerpt up to so many bytes: what Chronicle does per excerpt costs as much as a small record. */
    private static final int EXCERPT_BYTES = 128 << 10;

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

    /** Appends records that follow each other, as many as fit together in one excerpt. */
    void append(List<CommitRecord> records) throws IOException {
        int from = 0;
        int bytes = 0;
        for (int n = 0; n < records.size(); n++) {
            int length = records.get(n).length();
            boolean fileFull = fileBytes + bytes > 0 && fileBytes + bytes + length > rollBytes;
            if (n > from && (fileFull || bytes + length > EXCERPT_BYTES)) {
                appendTogether(records.subList(from, n), bytes);
                from = n;
                bytes = 0;
            }
            if (fileFull) {
                leaveFile();
                clock.next();
            }
            bytes += length;
        }
        appendTogether(records.subList(from, records.size()), bytes);
    }

    private void appendTogether(List<CommitRecord> records, int bytes) throws IOException {
        CommitRecord first = records.get(0);
        if (first.length() > Frame.PIECE_MAX) {
            appendInPieces(first);
            return;
        }
        try (DocumentContext document = appender.writingDocument()) {
            Bytes<?> out = place(document);
            for (CommitRecord record : records) {
                new Frame(record.length(), record.seq(), 0, record.length()).write(out, record);
            }
        }
        added(appender.lastIndexAppended(), first, records.get(records.size() - 1), bytes);
    }

    private void appendInPieces(CommitRecord record) throws IOException {
        long firstIndex = 0;
        for (int offset = 0; offset < record.length(); offset += Frame.PIECE_MAX) {
            int length = Math.min(Frame.PIECE_MAX, record.length() - offset);
            try (DocumentContext document = appender.writingDocument()) {
                new Frame(record.length(), record.seq(), offset, length).write(place(document), record);
            }
            if (offset == 0) {
                firstIndex = appender.lastIndexAppended();
            }
        }
        added(firstIndex, record, record, record.length());
    }

    private static Bytes<?> place(DocumentContext document) throws IOException {
        Wire wire = document.wire();
        if (wire == null) {
            throw new IOException("Chronicle gave no place to write to");
        }
        return wire.bytes();
    }

    private void added(long firstIndex, CommitRecord first, CommitRecord last, int bytes) {
        fileBytes += bytes;
        index.add(clock.cycle(), firstIndex, first.seq(), Position.of(last), bytes);
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
