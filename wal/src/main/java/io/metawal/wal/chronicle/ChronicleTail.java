package io.metawal.wal.chronicle;

import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.port.LogReader;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.function.Consumer;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;

/** Reads a hot log that its writer left, without changing it. */
public final class ChronicleTail {
    private ChronicleTail() {}

    /** The last commit that was acknowledged; empty where there is no log, or its note says nothing. */
    public static Optional<Position> acked(Path directory) {
        try {
            return AckNote.peek(directory);
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    /**
     * Shows the commits after a seq, in order, up to the end of the log. {@link LogReader} is for the log's writer; this is for others, and
     * excludes a writer meanwhile.
     *
     * @throws io.metawal.metadata.fault.BusyException where a writer has the log open
     * @throws UnreachableException where it cannot be read up to {@code upTo}
     */
    public static void forEach(Path directory, long after, Position upTo, Consumer<CommitRecord> each) {
        if (!Files.isWritable(directory)) {
            throw new UnreachableException(
                    "the hot log " + directory + " cannot be locked: its directory is read-only");
        }
        try (DirectoryLock held = DirectoryLock.take(directory)) {
            held.check();
            long last = read(directory.resolve("queue"), after, each);
            if (last < upTo.seq()) {
                throw new UnreachableException("the hot log " + directory + " can be read up to seq " + last
                        + ", but seq " + upTo.seq() + " was acknowledged");
            }
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    private static long read(Path queueDirectory, long after, Consumer<CommitRecord> each) throws IOException {
        NavigableMap<Integer, Path> files = Cycles.list(queueDirectory);
        long last = after;
        if (files.isEmpty()) {
            return last;
        }
        try (SingleChronicleQueue queue = QueueFiles.open(queueDirectory, new CycleClock(files.lastKey()));
                ExcerptTailer tailer = QueueFiles.tailer(queue)) {
            RecordReader reader = new RecordReader(tailer);
            for (int cycle : files.keySet()) {
                if (!reader.moveToStart(cycle)) {
                    continue;
                }
                for (CommitRecord record = reader.next(); record != null; record = reader.next()) {
                    if (record.seq() == last + 1) {
                        each.accept(record);
                        last = record.seq();
                    }
                }
            }
            return last;
        } catch (StreamCorruptedException | RuntimeException | AssertionError | VirtualMachineError e) {
            // Chronicle throws what it likes on damaged files.
            throw new UnreachableException(
                    "the hot log " + queueDirectory + " cannot be read past seq " + last + ": " + e, e);
        }
    }

    private static UnreachableException unreadable(Path directory, IOException e) {
        return new UnreachableException("the hot log " + directory + " cannot be read: " + e, e);
    }
}
