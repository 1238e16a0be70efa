package io.metawal.wal.chronicle;

import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.port.LogReader;
import java.util.function.LongSupplier;
import net.openhft.chronicle.queue.ExcerptTailer;
import org.jspecify.annotations.Nullable;

/** Reads acknowledged commits one by one, from cycle to cycle by our own index. */
final class ChronicleReader implements LogReader {
    private final ExcerptTailer tailer;
    private final RecordReader records;
    private final CycleIndex index;
    private final LongSupplier ackedSeq;
    private long next;

    ChronicleReader(ExcerptTailer tailer, CycleIndex index, LongSupplier ackedSeq, long fromSeq) {
        this.tailer = tailer;
        this.records = new RecordReader(tailer);
        this.index = index;
        this.ackedSeq = ackedSeq;
        this.next = fromSeq;
    }

    @Override
    public @Nullable CommitRecord poll() {
        if (next > ackedSeq.getAsLong()) {
            return null;
        }
        CycleIndex.Place place = index.near(next);
        if (place == null) {
            throw new CorruptException("seq " + next + " was trimmed from the hot log while it was still being read");
        }
        if (records.cycle() != place.cycle() && !records.moveTo(place.cycle(), place.index())) {
            throw vanished();
        }
        for (CommitRecord record = records.next(); record != null; record = records.next()) {
            if (record.seq() == next) {
                next++;
                return record;
            }
            if (record.seq() > next) {
                throw vanished();
            }
        }
        throw vanished();
    }

    private CorruptException vanished() {
        return new CorruptException(
                "seq " + next
                        + " was acknowledged, but cannot be read from the hot log any more: its files were changed by somebody else");
    }

    @Override
    public void close() {
        tailer.close();
    }
}
