package io.metawal.wal.chronicle;

import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.CorruptException;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableMap;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log from its first file to its last and finds how far it is whole: every record's CRC, a dense seq, an unbroken chain,
 * across files. What cannot be read ends a file, and the next must go on from there: what follows damage and was acknowledged
 * does not fit any more, and is missed.
 */
final class LogScan {
    private final CycleIndex index = new CycleIndex();
    private Position end;
    private @Nullable String damage;
    private @Nullable Throwable cause;

    private LogScan(Position start) {
        this.end = start;
    }

    static LogScan of(Path queueDirectory, NavigableMap<Integer, Path> files, Position start) throws IOException {
        LogScan scan = new LogScan(start);
        if (files.isEmpty()) {
            return scan;
        }
        try (SingleChronicleQueue queue = QueueFiles.open(queueDirectory, new CycleClock(files.lastKey()));
                ExcerptTailer tailer = QueueFiles.tailer(queue)) {
            RecordReader reader = new RecordReader(tailer);
            for (Map.Entry<Integer, Path> file : files.entrySet()) {
                scan.read(reader, file.getKey(), file.getValue());
            }
        } catch (StreamCorruptedException | RuntimeException | AssertionError | VirtualMachineError e) {
            scan.damaged(queueDirectory + " cannot be opened", e);
        }
        return scan;
    }

    private void read(RecordReader reader, int cycle, Path file) {
        try {
            if (!reader.moveToStart(cycle)) {
                return;
            }
            for (CommitRecord record = reader.next(); record != null; record = reader.next()) {
                if (!take(record, cycle, reader.firstIndex(), file)) {
                    return;
                }
            }
        } catch (Exception | AssertionError | VirtualMachineError e) {
            // Chronicle throws what it likes, checked or not, on damaged files; whether that matters is told by what
            // was acknowledged.
            damaged(file + " cannot be read past seq " + end.seq(), e);
        }
    }

    private boolean take(CommitRecord record, int cycle, long firstIndex, Path file) {
        boolean nothingYet = index.firstSeqOr(Long.MAX_VALUE) == Long.MAX_VALUE;
        if (nothingYet && record.seq() <= end.seq()) {
            // Trimmed, but its file is still there: the process died between the note and the deed.
            return true;
        }
        if (record.seq() != end.seq() + 1 || record.timeline() != end.timeline()) {
            damaged(
                    file + " goes on with seq " + record.seq() + " of timeline " + record.timeline() + ", expected seq "
                            + (end.seq() + 1) + " of timeline " + end.timeline(),
                    null);
            return false;
        }
        if (!record.follows(end.chain())) {
            throw new CorruptException("the chain is broken at seq " + record.seq());
        }
        end = Position.of(record);
        index.add(cycle, firstIndex, end.seq(), end, record.length());
        return true;
    }

    private void damaged(String where, @Nullable Throwable e) {
        if (damage == null) {
            damage = where + (e == null ? "" : " (" + e + ")");
            cause = e;
        }
    }

    /** Where the whole part ends. */
    Position end() {
        return end;
    }

    CycleIndex index() {
        return index;
    }

    /** The first damage met. */
    String damage() {
        return damage == null ? "the files end there" : damage;
    }

    @Nullable
    Throwable cause() {
        return cause;
    }
}
