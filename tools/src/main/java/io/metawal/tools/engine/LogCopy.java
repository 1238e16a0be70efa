package io.metawal.tools.engine;

import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.port.LogReader;
import io.metawal.metadata.port.MetadataLog;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Brings one hot log to where another is: the same commits in the same bytes, since their place and chain decide them. What the
 * target has already must be the same history; then the rest follows, so that a copy that was broken off is gone on with.
 */
public final class LogCopy {
    private static final int IN_FLIGHT_MAX = 1024;

    private final LogMedium from;
    private final LogMedium to;

    public LogCopy(LogMedium from, LogMedium to) {
        this.from = from;
        this.to = to;
    }

    /** How many commits there are in both now, of which so many were copied; and where both end. */
    public record Copied(long commits, long copied, Position head) {}

    /** @param archived where the archive ends */
    public Copied run(Position archived) {
        if (!from.exists()) {
            throw new UsageException("there is no hot log at " + from.name() + ": nothing to copy");
        }
        try (MetadataLog source = from.open(archived)) {
            Position origin = from.origin(source);
            try (MetadataLog target = to.open(to.exists() ? archived : origin)) {
                Copied copied = copy(source, origin, target);
                if (from instanceof ChronicleMedium left && to instanceof ChronicleMedium taken) {
                    HotLogId.move(left.writer(), taken.writer());
                }
                return copied;
            }
        }
    }

    private Copied copy(MetadataLog source, Position origin, MetadataLog target) {
        Position at = target.head();
        checkPrefix(source, origin, at);
        Queue<Expected> flying = new ArrayDeque<>();
        long last = source.head().seq();
        try (LogReader reader = source.read(at.seq() + 1)) {
            for (long seq = at.seq() + 1; seq <= last; seq++) {
                CommitRecord record = read(reader, seq);
                Commit commit = record.commit();
                CommitDraft draft = new CommitDraft(record.kind(), record.clocks(), commit.body());
                flying.add(new Expected(record.header(), target.append(draft)));
                if (flying.size() > IN_FLIGHT_MAX) {
                    flying.remove().check();
                }
            }
        }
        flying.forEach(Expected::check);
        return new Copied(last - origin.seq(), last - at.seq(), target.head());
    }

    private record Expected(CommitHeader header, CompletableFuture<CommitHeader> written) {
        void check() {
            CommitHeader found = written.join();
            if (!found.equals(header)) {
                throw new MismatchException("seq " + header.seq() + " came out as " + found + ", expected " + header
                        + ": the copy is not the same history");
            }
        }
    }

    private CommitRecord read(LogReader reader, long seq) {
        CommitRecord record = reader.poll();
        if (record == null) {
            throw new UnreachableException("seq " + seq + " of " + from.name() + " does not come: try again");
        }
        return record;
    }

    /** The target's commits must be the source's first ones. */
    private void checkPrefix(MetadataLog source, Position origin, Position end) {
        Position same = end.seq() == origin.seq() ? origin : at(source, end.seq());
        if (same == null || same.timeline() != end.timeline() || !same.chain().matches(end.chain())) {
            throw new MetawalException(
                    ExitCode.TARGET_NOT_EMPTY,
                    to.name() + " is not empty, and what it has, up to seq " + end.seq() + " of timeline "
                            + end.timeline() + ", is not how " + from.name() + " begins (seq " + (origin.seq() + 1)
                            + " to " + source.head().seq() + " of timeline " + origin.timeline()
                            + "): name an empty target");
        }
    }

    private @Nullable Position at(MetadataLog source, long seq) {
        if (seq < source.firstSeq() || seq > source.head().seq()) {
            return null;
        }
        try (LogReader reader = source.read(seq)) {
            return Position.of(read(reader, seq));
        }
    }
}
