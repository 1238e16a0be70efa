package io.metawal.bench;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.LegacyRollCycles;
import net.openhft.chronicle.wire.DocumentContext;
import net.openhft.chronicle.wire.Wire;
import org.jspecify.annotations.Nullable;

/**
 * Chronicle Queue alone, set up as the hot log sets it up: blocks of 4 MiB, a new file after 64 MiB. Each excerpt has as many
 * bytes as the hot log's: the record and 24 bytes of frame.
 */
final class RawChronicle {
    private static final int BLOCK_BYTES = 4 << 20;
    private static final long ROLL_BYTES = 64L << 20;
    private static final int FRAME_BYTES = 24;

    private final Setting setting;
    private final boolean forced;

    private RawChronicle(Setting setting, boolean forced) {
        this.setting = setting;
        this.forced = forced;
    }

    /** One thread; into the page cache. */
    static Contender buffered(String name, Setting setting, int appends) {
        return Contender.of(name, () -> new RawChronicle(setting, false).nanos(appends));
    }

    /** One thread; {@code FileChannel.force(false)} on the file after every append. */
    static Contender forced(String name, Setting setting, int appends) {
        return Contender.of(name, () -> new RawChronicle(setting, true).nanos(appends));
    }

    private long nanos(int appends) throws IOException {
        Path directory = setting.fresh("chronicle");
        byte[] excerpt = new byte[LogAppends.record().length + FRAME_BYTES];
        AtomicLong minute = new AtomicLong(1);
        try (ChronicleQueue queue = SingleChronicleQueueBuilder.binary(directory)
                        .rollCycle(LegacyRollCycles.MINUTELY)
                        .blockSize(BLOCK_BYTES)
                        .timeProvider(() -> TimeUnit.MINUTES.toMillis(minute.get()))
                        .build();
                ExcerptAppender appender = queue.createAppender()) {
            write(appender, excerpt);
            long start = System.nanoTime();
            append(directory, appender, excerpt, minute, appends);
            return System.nanoTime() - start;
        } finally {
            Setting.remove(directory);
        }
    }

    private void append(Path directory, ExcerptAppender appender, byte[] excerpt, AtomicLong minute, int appends)
            throws IOException {
        long fileBytes = 0;
        FileChannel channel = null;
        try {
            for (int n = 0; n < appends; n++) {
                if (fileBytes + excerpt.length > ROLL_BYTES) {
                    minute.incrementAndGet();
                    fileBytes = 0;
                    close(channel);
                    channel = null;
                }
                write(appender, excerpt);
                fileBytes += excerpt.length;
                if (forced) {
                    channel = channel == null ? newest(directory) : channel;
                    channel.force(false);
                }
            }
        } finally {
            close(channel);
        }
    }

    private static void close(@Nullable FileChannel channel) throws IOException {
        if (channel != null) {
            channel.close();
        }
    }

    private static void write(ExcerptAppender appender, byte[] excerpt) throws IOException {
        try (DocumentContext document = appender.writingDocument()) {
            Wire wire = document.wire();
            if (wire == null) {
                throw new IOException("Chronicle gave no place to write to");
            }
            wire.bytes().write(excerpt);
        }
    }

    private static FileChannel newest(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            Path newest = files.filter(file -> file.toString().endsWith(".cq4"))
                    .max(Path::compareTo)
                    .orElseThrow();
            return FileChannel.open(newest, StandardOpenOption.READ, StandardOpenOption.WRITE);
        }
    }
}
