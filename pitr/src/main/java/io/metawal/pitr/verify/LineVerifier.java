package io.metawal.pitr.verify;

import io.metawal.metadata.commit.Chain;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.pitr.plan.CommitFinder;
import io.metawal.storage.format.Segment;
import io.metawal.storage.format.SegmentHash;
import io.metawal.storage.format.StampedCommit;
import io.metawal.storage.repository.Head;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Keys;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.SegmentName;
import io.metawal.storage.repository.Segments;
import io.metawal.storage.repository.Term;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks along one timeline's own segments: that they join, that each is whole, and that the chain runs through them. */
final class LineVerifier {
    private final History history;
    private final Segments segments;
    private final Findings findings;
    private final Runnable progress;

    LineVerifier(History history, Findings findings, Runnable progress) {
        this.history = history;
        this.segments = new Segments(history.repository().store());
        this.findings = findings;
        this.progress = progress;
    }

    /** Where the previous segment ended; null where that could not be read. */
    private record End(long seq, long epoch, long timeMicros, Chain chain, SegmentHash hash) {}

    void verify(int timeline, Level level) {
        Line line = history.line(timeline);
        long forkSeq = history.timeline(timeline).forkSeq();
        for (Line.Hole hole : line.holes()) {
            if (hole.first() > forkSeq) {
                SegmentName after =
                        line.between(hole.last() + 1, hole.last() + 1).get(0).segment();
                findings.error(
                        "missing",
                        new SegmentName(timeline, hole.first(), hole.last(), writer(timeline, hole.first())).key(),
                        "no segment holds seq " + hole.first() + " to " + hole.last() + ", before " + after);
            }
        }
        if (!line.pieces().isEmpty() && line.pieces().get(0).segment().first() != 1) {
            SegmentName first = line.pieces().get(0).segment();
            findings.error(
                    "missing",
                    new SegmentName(first.timeline(), 1, first.first() - 1, writer(first.timeline(), 1)).key(),
                    "no segment holds seq 1 to " + (first.first() - 1) + ", before " + first);
        }
        if (level.includes(Level.HASH)) {
            segments(timeline, level);
        }
        head(timeline, line);
    }

    /** The term that wrote a seq, as far as the terms tell: so that a missing segment can be named. */
    private long writer(int timeline, long seq) {
        return history.terms().line().stream()
                .filter(term ->
                        term.from().timeline() == timeline && term.from().seq() < seq)
                .mapToLong(Term::term)
                .max()
                .orElse(1);
    }

    private void segments(int timeline, Level level) {
        End before = null;
        for (SegmentName name : history.segments(timeline)) {
            End[] end = {null};
            End from = before;
            findings.check(name.key(), () -> end[0] = segment(name, from, level));
            before = end[0];
            progress.run();
        }
    }

    private End segment(SegmentName name, @Nullable End before, Level level) {
        Segment segment = segments.open(name);
        if (before == null && level.includes(Level.CHAIN)) {
            checkStart(name, segment.header().previousChain());
        }
        Chain[] chain = {segment.header().previousChain()};
        StampedCommit[] last = {null};
        long[] commits = {0};
        segment.forEach(stamped -> {
            if (level.includes(Level.CHAIN)) {
                checkCommit(name, stamped.record(), chain[0], last[0]);
            }
            chain[0] = stamped.record().chain();
            last[0] = stamped;
            commits[0]++;
        });
        StampedCommit end = last[0];
        boolean bounds = end != null
                && commits[0] == segment.header().commits()
                && end.record().chain().equals(segment.footer().lastChain())
                && end.digest().equals(segment.footer().lastDigest());
        if (end == null || !bounds) {
            throw new MismatchException(
                    name + ": its header and footer do not fit the " + commits[0] + " commits in it");
        }
        boolean joins = before == null
                || before.seq() + 1 != name.first()
                || before.chain().equals(segment.header().previousChain())
                        && before.hash().equals(segment.header().previousHash());
        if (!joins) {
            throw new MismatchException(
                    name + " does not follow from the segment before it: the chain is broken at seq " + name.first());
        }
        CommitRecord r = end.record();
        return new End(
                r.seq(), r.epoch(), r.timeMicros(), r.chain(), segment.footer().hash());
    }

    /** A timeline's first segment continues from its fork, or from nothing. */
    private void checkStart(SegmentName name, Chain previous) {
        long before = name.first() - 1;
        Chain expected = before == 0
                ? Chain.GENESIS
                : new CommitFinder(history.line(name.timeline()), segments)
                        .bySeq(before)
                        .map(commit -> commit.record().chain())
                        .orElse(previous);
        if (!previous.matches(expected)) {
            throw new MismatchException(
                    name + " does not follow from the commit before it: the chain is broken at seq " + name.first());
        }
    }

    private static void checkCommit(
            SegmentName name, CommitRecord record, Chain previous, @Nullable StampedCommit before) {
        CommitRecord.read(record.array(), record.offset(), record.length(), name.toString());
        if (!record.follows(previous)) {
            throw new MismatchException(name + ": the chain is broken at seq " + record.seq()
                    + ": its bytes are not those that were committed");
        }
        if (before != null
                && (record.epoch() < before.record().epoch()
                        || record.timeMicros() < before.record().timeMicros())) {
            throw new MismatchException(name + ": epoch or time falls at seq " + record.seq());
        }
    }

    /** Compares the archive with the head, which is the independent record of where it ends. */
    private void head(int timeline, Line line) {
        long fork = history.timeline(timeline).forkSeq();
        if (fork > line.lastSeq()) {
            int parent = history.timeline(timeline).parent();
            findings.error(
                    "missing",
                    new SegmentName(parent, line.lastSeq() + 1, fork, writer(parent, line.lastSeq() + 1)).key(),
                    "timeline " + timeline + " left its parent after seq " + fork
                            + ", but the segments that lead to it end at seq " + line.lastSeq());
            return;
        }
        Head head = history.head(timeline).orElse(null);
        if (head == null) {
            return;
        }
        var at = head.at();
        if (at.seq() > line.lastSeq()) {
            findings.error(
                    "missing",
                    new SegmentName(timeline, line.lastSeq() + 1, at.seq(), writer(timeline, line.lastSeq() + 1)).key(),
                    Keys.head(head.term()) + " says that seq " + at.seq()
                            + " was archived, but the segments end at seq " + line.lastSeq());
            return;
        }
        List<Line.Piece> holding = line.between(at.seq(), at.seq());
        if (holding.isEmpty()
                || holding.get(0).upToSeq() != holding.get(0).segment().last()) {
            return;
        }
        SegmentName name = holding.get(0).segment();
        findings.check(name.key(), () -> {
            var end = segments.end(name);
            boolean same = end.at().seq() != at.seq()
                    || end.at().chain().equals(at.chain()) && end.at().digest().equals(at.digest());
            if (!same) {
                throw new MismatchException(name + " ends with chain "
                        + end.at().chain() + " and digest "
                        + end.at().digest() + ", but " + Keys.head(head.term()) + " says " + at.chain() + " and "
                        + at.digest());
            }
        });
    }
}
