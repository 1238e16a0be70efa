package io.metawal.pitr.restore;

import io.metawal.storage.repository.Head;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Term;
import java.util.List;
import java.util.Set;

/**
 * Finds the writers whose acknowledged commits may be in a hot log and not in the repository. Pure. A term leaves nothing there where
 *
 * <ul>
 *   <li>its head says that it stopped in good order, which it says once everything is archived;
 *   <li>a later term has the same hot log: it archived first what was in it;
 *   <li>a later term captured the same source, and observed it after the older one had: what the source had, it captured again;
 *   <li>it lives, and has archived since what it had acknowledged (see {@link ArchiveWatch});
 *   <li>its owner wrote neither a head nor a segment: it acknowledged nothing.
 * </ul>
 */
public final class UnreadLogs {
    private final History now;
    private final String readLog;
    private final Set<Long> archived;

    private UnreadLogs(History now, String readLog, Set<Long> archived) {
        this.now = now;
        this.readLog = readLog;
        this.archived = archived;
    }

    /**
     * The terms, oldest first.
     *
     * @param readLog the hot log that is read; empty for none
     * @param archived terms that are known to have archived what they had acknowledged
     */
    public static List<Term> of(History now, String readLog, Set<Long> archived) {
        UnreadLogs logs = new UnreadLogs(now, readLog, archived);
        return now.terms().terms().stream().filter(logs::unread).toList();
    }

    /** Why a term is one of them, and what to do, for the operator. */
    public static String text(History history, Term term) {
        long archived = history.heads().containsKey(term.term())
                ? history.heads().get(term.term()).at().seq()
                : term.from().seq();
        return "the hot log of term " + term.term() + " (" + term.owner()
                + ") was not read, and that writer has not said"
                + " that it stopped: commits that it acknowledged after seq " + archived + " of timeline "
                + term.from().timeline()
                + " may not be archived. " + advice(term);
    }

    private static String advice(Term term) {
        if (term.log().equals(Term.UNKNOWN_LOG)) {
            return "It was written by a version that did not say which log it had: start a writer on that log if it is there"
                    + " still, and give --ids newest+N with a margin for the rest";
        }
        String start = "Start a writer on that hot log: it archives what is there";
        return term.log().startsWith(Term.KAFKA_LOG)
                ? start + " (" + term.log() + ")"
                : start + ". Or give --wal DIR where the log is on this machine";
    }

    private boolean unread(Term term) {
        if (term.log().isEmpty() || term.log().equals(readLog) || archived.contains(term.term()) || closed(term)) {
            return false;
        }
        return now.terms().terms().stream()
                .filter(later -> later.term() > term.term() && now.heads().containsKey(later.term()))
                .noneMatch(later -> sameLog(term, later) || capturedAgain(term, later));
    }

    private static boolean sameLog(Term term, Term later) {
        return later.log().equals(term.log()) && !term.log().equals(Term.UNKNOWN_LOG);
    }

    private boolean closed(Term term) {
        Head head = now.heads().get(term.term());
        if (head == null) {
            return now.timelines().keySet().stream()
                    .flatMap(timeline -> now.segments(timeline).stream())
                    .noneMatch(segment -> segment.term() == term.term());
        }
        return head.released();
    }

    private boolean capturedAgain(Term term, Term later) {
        return !term.source().isEmpty() && term.source().equals(later.source()) && observed(later) > observed(term);
    }

    private long observed(Term term) {
        Head head = now.heads().get(term.term());
        return head == null ? 0 : head.observedUntilMicros();
    }
}
