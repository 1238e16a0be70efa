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
import io.metawal.tools.engine.ArchivedChain;
import io.metawal.tools.engine.HotLogId;
import io.metawal.wal.chronicle.ChronicleTail;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
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
    /** How long a writer elsewhere is given to show that it lives, where it does not say how often it does: three heartbeats. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(6);
    /** How late a sign of life may be. */
    private static final Duration LATE = Duration.ofSeconds(2);

    private final History history;
    private final CategoryRules rules;
    private final IdsChoice choice;
    private final @Nullable Path directory;

    /** @param directory of the writer whose hot log is read; null for none */
    RestoreIds(History history, CategoryRules rules, IdsChoice choice, @Nullable Path directory) {
        this.history = history;
        this.rules = rules;
        this.choice = choice;
        this.directory = directory;
    }

    /**
     * What the hot log says.
     *
     * @param log its identity; empty where nothing proves that all that it acknowledged is archived or read
     * @param now the repository, with what it is known to have
     */
    private record Hot(String log, History now, KnownIds ids) {}

    KnownIds after(ResolvedPoint point) {
        Path writer = directory;
        Hot hot = writer == null
                ? new Hot("", history, NewestIds.collecting(history, rules).known())
                : hot(writer);
        Set<Long> living = archivedSince(hot);
        History now = living.isEmpty() ? hot.now() : History.load(history.repository());
        KnownIds known = NewestIds.after(point, now, rules).and(hot.ids());
        List<Term> unread = UnreadLogs.of(now, hot.log(), living);
        if (!unread.isEmpty()) {
            NewestIds lost = NewestIds.collecting(now, rules);
            unread.forEach(term -> lost.missing(UnreadLogs.text(now, term)));
            known = known.and(lost.known());
        }
        return choice.margin() > 0 ? known.plus(choice.margin()) : known.requireComplete();
    }

    /** The term of the newest writer, where it lives and has archived what it had acknowledged; a dead one is waited for in vain. */
    private Set<Long> archivedSince(Hot hot) {
        List<Term> unread = UnreadLogs.of(hot.now(), hot.log(), Set.of());
        Leader leader = Leader.look(history.repository(), Leader.NONE);
        long newest = leader.term();
        Optional<Term> writer =
                unread.stream().filter(term -> term.term() == newest).findFirst();
        if (choice.margin() > 0 || writer.isEmpty()) {
            return Set.of();
        }
        ArchiveWatch watch = new ArchiveWatch(leader);
        long deadline = System.nanoTime() + patience(writer.get()).toNanos();
        while (System.nanoTime() < deadline) {
            if (watch.archived(leader)) {
                return Set.of(newest);
            }
            pause(LEADER_LOOK_NANOS);
            leader = Leader.look(history.repository(), leader);
        }
        return Set.of();
    }

    /** How long a writer elsewhere is given to show that it lives and archives: three times what it does so in. */
    static Duration patience(Term writer) {
        long micros = Math.max(writer.heartbeatMicros(), writer.segmentAgeMicros());
        return micros == 0
                ? SILENCE_MAX
                : Duration.of(3 * micros, ChronoUnit.MICROS).plus(LATE);
    }

    private static void pause(long nanos) {
        LockSupport.parkNanos(nanos);
        if (Thread.currentThread().isInterrupted()) {
            throw new MetawalException(
                    ExitCode.INTERRUPTED, "interrupted while a writer archives what it acknowledged", null);
        }
    }

    private Hot hot(Path writer) {
        Path log = writer.resolve("log");
        NewestIds tail = NewestIds.collecting(history, rules);
        Position acked = ChronicleTail.acked(log).orElse(null);
        if (acked == null) {
            if (ChronicleTail.hasFiles(log)) {
                tail.missing("how far commits are acknowledged in the hot log " + log
                        + " cannot be read there: its note is gone or damaged");
            }
            return new Hot("", history, tail.known());
        }
        String id = HotLogId.read(writer);
        History now = history;
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!ArchivedChain.holds(now, acked)) {
            try {
                ChronicleTail.forEach(log, acked, tail::add);
                return new Hot(id, now, tail.known());
            } catch (BusyException writing) {
                if (System.nanoTime() > deadline) {
                    tail.missing(lost(acked, log, "its writer has not archived them"));
                    return new Hot("", now, tail.known());
                }
                pause(LOOK_NANOS);
                now = History.load(history.repository());
            } catch (MetawalException e) {
                tail.missing(lost(acked, log, e.text()));
                return new Hot("", now, tail.known());
            }
        }
        return new Hot(id, now, tail.known());
    }

    private static String lost(Position acked, Path log, String why) {
        return "commits up to seq " + acked.seq() + " of timeline " + acked.timeline()
                + " are acknowledged in the hot log " + log + " and not all archived, and could not be read there ("
                + why + "); `metawal run` or `metawal append` archives them";
    }
}
