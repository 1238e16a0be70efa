package io.metawal.pitr.restore;

import io.metawal.storage.repository.Head;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Term;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the writers whose acknowledged commits may be in a hot log and not in the repository. Pure. A term leaves nothing there where
 *
 * <ul>
 *   <li>its head says that it stopped in good order, which it says once everything is archived;
 *   <li>a later term has the same hot log: it archived first what was in it;
 *   <li>a later term captured the same source, and observed it after the older one had: what the source had, it captured again;
 *   <li>its head was written after the look began, and says that everything acknowledged by then was archived;
 *   <li>its owner wrote neither a head nor a segment: it acknowledged nothing.
 * </ul>
 */
public final class UnreadLogs {
    private final History before;
    private final History now;
    private final String readLog;

    private UnreadLogs(History before, History now, String readLog) {
        this.before = before;
        this.now = now;
        this.readLog = readLog;
    }

    /**
     * The terms, oldest first.
     *
     * @param before the repository when the look began
     * @param now the same repository, now or later
     * @param readLog the hot log that is read; empty for none
     */
    public static List<Term> of(History before, History now, String readLog) {
        UnreadLogs logs = new UnreadLogs(before, now, readLog);
        return now.terms().terms().stream().filter(logs::unread).toList();
    }

    /** Why a term is one of them, and what to do, for the operator. */
    public static String text(History history, Term term) {
        long archived = history.heads().containsKey(term.term())
                ? history.heads().get(term.term()).at().seq()
                : term.from().seq();
        return "the hot log of term " + term.term() + " (" + term.owner() + ") was not read, and that writer has not said"
                + " that it stopped: commits that it acknowledged after seq " + archived + " of timeline "
                + term.from().timeline() + " may not be archived. Start a writer on that hot log: it archives what is there."
                + " Or give --wal DIR where the log is on this machine";
    }

    private boolean unread(Term term) {
        if (term.log().isEmpty() || term.log().equals(readLog) || closed(term)) {
            return false;
        }
        return now.terms().terms().stream()
                .filter(later -> later.term() > term.term() && now.heads().containsKey(later.term()))
                .noneMatch(later -> later.log().equals(term.log()) || capturedAgain(term, later));
    }

    private boolean closed(Term term) {
        Head head = now.heads().get(term.term());
        if (head == null) {
            return now.timelines().keySet().stream()
                    .flatMap(timeline -> now.segments(timeline).stream())
                    .noneMatch(segment -> segment.term() == term.term());
        }
        return head.released() || head.complete() && writtenSince(before.heads().get(term.term()), head);
    }

    private static boolean writtenSince(@Nullable Head first, Head head) {
        return first == null || first.writtenMicros() != head.writtenMicros();
    }

    private boolean capturedAgain(Term term, Term later) {
        return !term.source().isEmpty()
                && term.source().equals(later.source())
                && observed(later) > observed(term);
    }

    private long observed(Term term) {
        Head head = now.heads().get(term.term());
        return head == null ? 0 : head.observedUntilMicros();
    }
}
