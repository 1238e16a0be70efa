package io.metawal.tools.cli;

import io.metawal.metadata.commit.CategoryRules;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.BusyException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.pitr.plan.ResolvedPoint;
import io.metawal.pitr.restore.KnownIds;
import io.metawal.pitr.restore.NewestIds;
import io.metawal.storage.repository.Head;
import io.metawal.storage.repository.History;
import io.metawal.wal.chronicle.ChronicleTail;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What a restore knows of id generators after its point: from the repository, and from the hot log where that lies beside it. What may have
 * been given out and is in neither is refused, or covered by the margin that the operator chose.
 */
final class RestoreIds {
    private static final long LOOK_NANOS = 100_000_000L;
    /** How long a living writer is given to archive what it has acknowledged. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final History history;
    private final CategoryRules rules;
    private final IdsChoice choice;
    private final @Nullable Path hotLog;

    /** @param hotLog its directory; null for a repository that has none beside it */
    RestoreIds(History history, CategoryRules rules, IdsChoice choice, @Nullable Path hotLog) {
        this.history = history;
        this.rules = rules;
        this.choice = choice;
        this.hotLog = hotLog;
    }

    KnownIds after(ResolvedPoint point) {
        History now = history;
        Path directory = hotLog;
        Position acked = directory == null
                ? null
                : ChronicleTail.acked(directory).filter(at -> at.seq() > 0).orElse(null);
        if (directory == null || acked == null) {
            return chosen(unseen(NewestIds.after(point, now, rules), directory));
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            long archived = archived(now, acked.timeline());
            if (acked.seq() <= archived) {
                return chosen(NewestIds.after(point, now, rules));
            }
            NewestIds tail = NewestIds.collecting(now, rules);
            try {
                ChronicleTail.forEach(directory, archived, acked, tail::add);
                return chosen(NewestIds.after(point, now, rules).and(tail.known()));
            } catch (BusyException writing) {
                if (System.nanoTime() > deadline) {
                    tail.missing(lost(archived, acked, directory, "its writer has not archived them"));
                    return chosen(NewestIds.after(point, now, rules).and(tail.known()));
                }
                LockSupport.parkNanos(LOOK_NANOS);
                if (Thread.currentThread().isInterrupted()) {
                    throw new MetawalException(
                            ExitCode.INTERRUPTED, "interrupted while a writer archives what it acknowledged", writing);
                }
                now = History.load(history.repository());
            } catch (MetawalException e) {
                tail.missing(lost(archived, acked, directory, e.text()));
                return chosen(NewestIds.after(point, now, rules).and(tail.known()));
            }
        }
    }

    private static long archived(History history, int timeline) {
        return history.timelines().containsKey(timeline)
                ? history.line(timeline).lastSeq()
                : 0;
    }

    private static String lost(long archived, Position acked, Path directory, String why) {
        return "seq " + (archived + 1) + " to " + acked.seq() + " of timeline " + acked.timeline()
                + " are acknowledged in the hot log " + directory + " and not archived, and could not be read there ("
                + why + "); `metawal run` or `metawal append` archives them";
    }

    /** Commits that a writer elsewhere acknowledged, and did not archive, are in no place that is known here. */
    private KnownIds unseen(KnownIds ids, @Nullable Path directory) {
        Optional<Head> open = history.newestHead().filter(head -> !head.released());
        return open.map(head -> ids.noting("the hot log was not read"
                        + (directory == null
                                ? ": it does not lie beside the repository"
                                : ": there is none in " + directory)
                        + ". The writer of term " + head.term()
                        + " has not said that it stopped: what it acknowledged after seq "
                        + head.at().seq()
                        + " and has not archived is not counted. --ids newest+N adds a margin for it"))
                .orElse(ids);
    }

    private KnownIds chosen(KnownIds ids) {
        return choice.margin() > 0 ? ids.plus(choice.margin()) : ids.requireComplete();
    }
}
