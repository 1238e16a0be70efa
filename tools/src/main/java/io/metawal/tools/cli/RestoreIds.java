package io.metawal.tools.cli;

import io.metawal.metadata.commit.CategoryRules;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.BusyException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.pitr.plan.ResolvedPoint;
import io.metawal.pitr.restore.ArchiveWatch;
import io.metawal.pitr.restore.KnownIds;
import io.metawal.pitr.restore.NewestIds;
import io.metawal.pitr.restore.UnreadLogs;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Leader;
import io.metawal.storage.repository.Term;
import io.metawal.tools.engine.HotLogId;
import io.metawal.wal.chronicle.ChronicleTail;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What a restore knows of id generators after its point: from the repository, and from the hot log where that is on this machine. What may
 * have been given out and is in neither is refused, or covered by the margin that the operator chose.
 */
final class RestoreIds {
    private static final long LOOK_NANOS = 100_000_000L;
    private static final long LEADER_LOOK_NANOS = 250_000_000L;
    /** How long a living writer is given to archive what it has acknowledged. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** How long a writer elsewhere is given to show that it lives: three heartbeats. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(6);

    private final History history;
    private final CategoryRules rules;
    private final IdsChoice choice;
    private final @Nullable Path hotLog;
    private final String readLog;

    /** @param directory of the writer whose hot log is read; null for none */
    RestoreIds(History history, CategoryRules rules, IdsChoice choice, @Nullable Path directory) {
        this.history = history;
        this.rules = rules;
        this.choice = choice;
        this.hotLog = directory == null ? null : directory.resolve("log");
        this.readLog = directory == null ? "" : HotLogId.read(directory);
    }

    KnownIds after(ResolvedPoint point) {
        Set<Long> living = archivedSince();
        History now = living.isEmpty() ? history : History.load(history.repository());
        KnownIds known = archivedAndHot(point, now);
        List<Term> unread = UnreadLogs.of(now, readLog, living);
        if (!unread.isEmpty()) {
            NewestIds lost = NewestIds.collecting(now, rules);
            unread.forEach(term -> lost.missing(UnreadLogs.text(now, term)));
            known = known.and(lost.known());
        }
        return choice.margin() > 0 ? known.plus(choice.margin()) : known.requireComplete();
    }

    /** The term of the newest writer, where it lives and has archived what it had acknowledged; a dead one is waited for in vain. */
    private Set<Long> archivedSince() {
        List<Term> unread = UnreadLogs.of(history, readLog, Set.of());
        Leader leader = Leader.look(history.repository(), Leader.NONE);
        long newest = leader.term();
        if (choice.margin() > 0 || unread.stream().noneMatch(term -> term.term() == newest)) {
            return Set.of();
        }
        ArchiveWatch watch = new ArchiveWatch(leader);
        long deadline = System.nanoTime() + SILENCE_MAX.toNanos();
        while (System.nanoTime() < deadline) {
            if (watch.archived(leader)) {
                return Set.of(newest);
            }
            pause(LEADER_LOOK_NANOS);
            leader = Leader.look(history.repository(), leader);
        }
        return Set.of();
    }

    private static void pause(long nanos) {
        LockSupport.parkNanos(nanos);
        if (Thread.currentThread().isInterrupted()) {
            throw new MetawalException(
                    ExitCode.INTERRUPTED, "interrupted while a writer archives what it acknowledged", null);
        }
    }

    private KnownIds archivedAndHot(ResolvedPoint point, History loaded) {
        Path directory = hotLog;
        Position acked = directory == null
                ? null
                : ChronicleTail.acked(directory).filter(at -> at.seq() > 0).orElse(null);
        if (directory == null || acked == null) {
            return NewestIds.after(point, loaded, rules);
        }
        History now = loaded;
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            long archived = archived(now, acked.timeline());
            if (acked.seq() <= archived) {
                return NewestIds.after(point, now, rules);
            }
            NewestIds tail = NewestIds.collecting(now, rules);
            try {
                ChronicleTail.forEach(directory, archived, acked, tail::add);
                return NewestIds.after(point, now, rules).and(tail.known());
            } catch (BusyException writing) {
                if (System.nanoTime() > deadline) {
                    tail.missing(lost(archived, acked, directory, "its writer has not archived them"));
                    return NewestIds.after(point, now, rules).and(tail.known());
                }
                pause(LOOK_NANOS);
                now = History.load(history.repository());
            } catch (MetawalException e) {
                tail.missing(lost(archived, acked, directory, e.text()));
                return NewestIds.after(point, now, rules).and(tail.known());
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
}
