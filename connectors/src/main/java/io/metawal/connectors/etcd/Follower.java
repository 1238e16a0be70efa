package io.metawal.connectors.etcd;

import io.metawal.connectors.etcd.RevisionAssembler.Revision;
import io.metawal.connectors.etcd.rpc.CompactedException;
import io.metawal.connectors.etcd.rpc.EtcdClient;
import io.metawal.connectors.etcd.rpc.EtcdHeader;
import io.metawal.connectors.etcd.rpc.EtcdMembers.Member;
import io.metawal.connectors.etcd.rpc.WatchStream;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.fault.UnreachableException;
import java.util.List;

/**
 * One watch, from its opening until it breaks. Nothing it reports is captured before it is proven that it continues the captured
 * history; what it leaves out is noticed. For one thread.
 */
final class Follower {
    private static final int SILENT_ANSWERS_MAX = 10;

    private final EtcdCapture.State state;
    private final EtcdClient client;
    private final EtcdOptions options;
    private final CapturedHistory captured;
    private final WatchStream watch;
    private final EtcdHeader created;
    private final Member member;
    private final boolean lossy;
    private final RevisionAssembler assembler;
    private Overlap overlap;
    private long term;
    private long remembered;
    private int silentAnswers;
    private int doubts;

    /**
     * @param start the first revision that the watch reports
     * @param created what the server said of itself when it created the watch
     */
    Follower(EtcdCapture.State state, WatchStream watch, long start, EtcdHeader created, Member member) {
        this.state = state;
        this.client = state.wiring().client();
        this.options = state.wiring().options();
        this.captured = state.captured();
        this.watch = watch;
        this.created = created;
        this.member = member;
        this.lossy = !member.version().catchesUpCompletely();
        this.term = created.raftTerm();
        this.remembered = captured.complete();
        this.assembler = new RevisionAssembler(start - 1, options.numbers());
        this.overlap = new Overlap(captured.recent().list(), captured.complete(), options.numbers());
    }

    /** All keys were read, or compared, since the watch was opened. */
    void afterReading() throws InterruptedException {
        state.proof().allRead(member);
        watch.confirm();
    }

    /** The watch is to continue what was captured from another. */
    void afterAnother() throws InterruptedException {
        if (!state.proof().suffices(created, overlap)) {
            compare("before a new watch is followed");
        } else if (!overlap.pending()) {
            state.proof().proven(created);
        }
    }

    /** Captures until a base is asked for, or the watch breaks; throws why it did. */
    void follow() throws InterruptedException {
        while (state.baseRequest().reason() == null) {
            WatchStream.News news = watch.poll(options.observeMillis());
            if (news instanceof WatchStream.Ended ended) {
                throw state.retries().watch(ended.fault());
            }
            if (news instanceof WatchStream.Reply reply) {
                state.retries().answered();
                silentAnswers = 0;
                take(reply);
            }
            Observations.Answer answer =
                    state.observations().step(captured.complete(), lossy ? remembered : 0, watch::wake);
            if (answer != null) {
                answered(answer);
            }
            state.sink().check();
            if (!overlap.pending() && state.proof().confirmed()) {
                state.observations().tell(captured.complete());
            }
        }
    }

    private void take(WatchStream.Reply reply) throws InterruptedException {
        requireSameServer(reply.header());
        if (reply.created()) {
            state.proof().proven(created);
            return;
        }
        long now = Timestamps.micros(state.wiring().clock().instant());
        List<Revision> revisions = assembled(reply);
        requireComplete(reply, revisions);
        for (Revision revision : revisions) {
            place(revision, now);
        }
        if (reply.progress() && options.numbers() == RevisionNumbers.SPARSE) {
            if (overlap.pending()) {
                compare("etcd's watch reports nothing up to revision "
                        + reply.header().revision() + " of what was captured");
            }
            captured.progressed(reply.header().revision());
        }
    }

    /** Some etcds repeat revisions (pull requests 15274, 15515), and so does a proxy that follows another server. */
    private List<Revision> assembled(WatchStream.Reply reply) {
        try {
            return assembler.take(reply);
        } catch (MismatchException e) {
            state.proof().distrust();
            throw new UnreachableException(options + ": " + e.text() + ": it is opened again", e);
        }
    }

    /** A proxy in between may follow another server without breaking the watch. Ids of 0 are those of a proxy that does not know them. */
    private void requireSameServer(EtcdHeader header) {
        if (header.clusterId() != 0 && header.clusterId() != created.clusterId()) {
            throw OtherHistory.cluster(options, header.clusterId(), created.clusterId());
        }
        boolean other = header.memberId() != 0 && header.memberId() != created.memberId();
        if (other || header.raftTerm() != 0 && header.raftTerm() < term) {
            state.proof().distrust();
            throw new UnreachableException(
                    options + ": the watch's answers come from another server than at first" + ": it is opened again");
        }
        term = Math.max(term, header.raftTerm());
    }

    /** Where an older etcd catches a watch up while it compacts, revisions or deletions may be left out. */
    private void requireComplete(WatchStream.Reply reply, List<Revision> revisions) throws InterruptedException {
        if (!lossy || revisions.isEmpty()) {
            return;
        }
        long last = revisions.get(revisions.size() - 1).number();
        long complete = captured.complete();
        boolean catchesUp = revisions.size() > 1 || reply.header().revision() > last;
        if (last > complete && catchesUp && !client.remembers(complete, options.range())) {
            throw new BaseNeededException("etcd compacted its history past revision " + complete
                    + " while its watch was catching up; etcd " + member.version()
                    + " may leave out changes then");
        }
    }

    private void place(Revision revision, long timeMicros) throws InterruptedException {
        Overlap.Verdict verdict = overlap.of(revision, captured.complete());
        if (verdict == Overlap.Verdict.DIFFERENT) {
            compare("etcd's watch reports another revision " + revision.number() + " than was captured");
            verdict = overlap.of(revision, captured.complete());
        }
        switch (verdict) {
            case NEW -> {
                captured.commit(revision, timeMicros);
                if (lossy) {
                    captured.unsure();
                }
                state.retries().captured();
            }
            case AFTER_A_HOLE -> throw hole(revision.number());
            default -> {
                if (overlap.compared() > 0 && !overlap.pending()) {
                    state.proof().proven(created);
                }
            }
        }
    }

    private RuntimeException hole(long reported) {
        long complete = captured.complete();
        if (state.retries().holeAgain(complete)) {
            return new BaseNeededException(
                    "etcd's watch twice reported revision " + reported + " right after revision " + complete);
        }
        return new UnreachableException(options + ": etcd's watch reported revision " + reported
                + " right after revision " + complete + ": it is opened again");
    }

    private void answered(Observations.Answer answer) throws InterruptedException {
        EtcdHeader head = answer.head();
        if (head == null) {
            failed(answer);
            return;
        }
        state.retries().read();
        remember(answer.completeThen());
        state.requireIdentity(head, answer.completeThen());
        boolean ahead = head.revision() > captured.complete();
        silentAnswers = ahead || overlap.pending() ? silentAnswers + 1 : 0;
        boolean asks =
                options.numbers() == RevisionNumbers.SPARSE && member.version().ordersProgress();
        if (asks && ahead) {
            watch.requestProgress();
        }
        if (silentAnswers < SILENT_ANSWERS_MAX) {
            return;
        }
        if (overlap.pending()) {
            compare("etcd's watch does not report what was captured");
        } else if (options.numbers() == RevisionNumbers.DENSE && state.retries().silentAgain()) {
            throw new BaseNeededException("etcd is at revision " + head.revision()
                    + ", but its watches report nothing after revision " + captured.complete());
        } else if (asks || options.numbers() == RevisionNumbers.DENSE) {
            throw new UnreachableException(options + ": etcd is past revision " + captured.complete()
                    + ", but its watch reports nothing: it is opened again");
        }
        silentAnswers = 0;
    }

    private void failed(Observations.Answer answer) throws InterruptedException {
        if (answer.fault() instanceof CompactedException) {
            doubt();
        } else if (answer.fault() != null) {
            // Of a lost permission the watch knows nothing; it notices and deals with all else.
            state.retries().read(answer.fault());
        }
    }

    /** etcd compacted past what was captured a moment ago: an older one may have left something out of the watch since. */
    private void doubt() throws InterruptedException {
        EtcdSelfCheck.Report report = captured.compare();
        if (report.compacted()) {
            // It may be that the next revision is on its way.
            if (++doubts >= SILENT_ANSWERS_MAX) {
                throw BaseNeededException.compacted(captured.complete());
            }
            return;
        }
        if (report.differences() > 0) {
            throw new BaseNeededException("since revision " + remembered
                    + ", etcd's watch left out changes while etcd compacted its history; "
                    + captured.difference(report));
        }
        remember(report.revision());
    }

    private void remember(long revision) {
        remembered = revision;
        captured.sure(revision);
        doubts = 0;
    }

    /** All keys are compared; where they are equal, the log holds what etcd holds, whatever the watch reported of the past. */
    private void compare(String why) throws InterruptedException {
        state.proof().compare(why, created);
        overlap = new Overlap(List.of(), captured.complete(), options.numbers());
        afterReading();
    }
}
