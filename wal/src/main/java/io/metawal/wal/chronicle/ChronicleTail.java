package io.metawal.wal.chronicle;

import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.port.LogReader;
import io.metawal.storage.repository.SealedJson;
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

    /** Whose log it is; empty where there is none, or none that says so. */
    public static Optional<String> clusterId(Path directory) {
        Path file = directory.resolve(LogIdentity.KEY.value());
        try {
            return Files.exists(file)
                    ? Optional.of(SealedJson.read(LogIdentity.KEY, Files.readAllBytes(file), LogIdentity.class)
                            .clusterId())
                    : Optional.empty();
        } catch (CorruptException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    /** Whether there are files for commits, whatever can be read of them. */
    public static boolean hasFiles(Path directory) {
        try {
            return !Cycles.list(directory.resolve("queue")).isEmpty();
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    /**
     * Shows all commits that are there, in order, up to the end of the log. {@link LogReader} is for the log's writer; this is for others,
     * and excludes a writer meanwhile.
     *
     * @throws io.metawal.metadata.fault.BusyException where a writer has the log open
     * @throws UnreachableException where it cannot be read from where it begins up to {@code upTo}, or has another commit there
     */
    public static void forEach(Path directory, Position upTo, Consumer<CommitRecord> each) {
        if (!Files.isWritable(directory)) {
            throw new UnreachableException(
                    "the hot log " + directory + " cannot be locked: its directory is read-only");
        }
        try (DirectoryLock held = DirectoryLock.take(directory)) {
            held.check();
            Position before = ChronicleOrigin.of(directory);
            if (before == null) {
                throw new UnreachableException("the hot log " + directory + " does not say where it begins");
            }
            Position last = read(directory.resolve("queue"), before, upTo, each);
            if (last.seq() < upTo.seq()) {
                throw new UnreachableException("the hot log " + directory + " can be read up to seq " + last.seq()
                        + ", but seq " + upTo.seq() + " was acknowledged");
            }
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    private static Position read(Path queueDirectory, Position before, Position upTo, Consumer<CommitRecord> each)
            throws IOException {
        NavigableMap<Integer, Path> files = Cycles.list(queueDirectory);
        Position last = before;
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
                    each.accept(record);
                    if (record.seq() == last.seq() + 1) {
                        last = joined(last, record, upTo);
                    }
                }
            }
            return last;
        } catch (StreamCorruptedException | RuntimeException | AssertionError | VirtualMachineError e) {
            // Chronicle throws what it likes on damaged files.
            throw new UnreachableException(
                    "the hot log " + queueDirectory + " cannot be read past seq " + last.seq() + ": " + e, e);
        }
    }

    private static Position joined(Position last, CommitRecord record, Position upTo) {
        Position at = Position.of(record);
        boolean acknowledged = at.seq() != upTo.seq() || at.chain().matches(upTo.chain());
        if (!record.follows(last.chain()) || !acknowledged) {
            throw new CorruptException("the chain is broken at seq " + record.seq());
        }
        return at;
    }

    private static UnreachableException unreadable(Path directory, IOException e) {
        return new UnreachableException("the hot log " + directory + " cannot be read: " + e, e);
    }
}
