package io.metawal.wal.chronicle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;

/** Opens Chronicle's queue on a directory as this log needs it. */
final class QueueFiles {
    /** Small blocks keep the cost of a sync flat as a file grows; a piece must fit in one. */
    private static final int BLOCK_BYTES = 4 << 20;
    /** How long Chronicle waits on a header that a dead process left half written. */
    private static final long TIMEOUT_MILLIS = 500;

    private QueueFiles() {}

    static SingleChronicleQueue open(Path directory, CycleClock clock) throws IOException {
        Files.createDirectories(directory);
        // Chronicle's own list of files and locks: it can be torn like any file, and is made anew from the directory.
        // This
        // process holds the log's lock, so nobody else uses it.
        Files.deleteIfExists(directory.resolve("metadata.cq4t"));
        return SingleChronicleQueueBuilder.binary(directory)
                .rollCycle(Cycles.ROLL)
                .blockSize(BLOCK_BYTES)
                .timeoutMS(TIMEOUT_MILLIS)
                .timeProvider(clock)
                .build();
    }

    /** A reader that any one thread at a time may use. */
    static ExcerptTailer tailer(ChronicleQueue queue) {
        ExcerptTailer tailer = queue.createTailer();
        tailer.singleThreadedCheckDisabled(true);
        return tailer;
    }
}
