package io.metawal.connectors.etcd;

import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.BaseRequest;
import io.metawal.connectors.capture.CheckedSink;
import io.metawal.connectors.capture.LookAgainException;
import io.metawal.connectors.etcd.rpc.CompactedException;
import io.metawal.connectors.etcd.rpc.EtcdClient;
import io.metawal.connectors.etcd.rpc.EtcdHeader;
import io.metawal.connectors.etcd.rpc.EtcdMembers;
import io.metawal.connectors.etcd.rpc.WatchStream;
import io.metawal.metadata.commit.SourceDifference;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.port.CommitSink;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a capture. A watch that breaks is opened again at revisions that were captured already, so that what it reports first shows
 * whether etcd is still the one that was captured ({@link HistoryProof}). Where the log cannot be continued, a gap is recorded and a base
 * follows. For one thread.
 */
final class EtcdCapture {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdCapture.class);
    private static final int LOGGED_EVERY = 20;
    private static final long CREATED_SECONDS_MAX = 30;

    private final State state;
    private final EtcdClient client;
    private final EtcdOptions options;
    private final EtcdMembers members;
    private final CapturedHistory captured;
    private @Nullable String gap;
    private @Nullable String asked;

    /** What a capture works with. */
    record Wiring(EtcdClient client, EtcdOptions options, Interpretation interpretation, InstantSource clock) {}

    /** What outlives a single watch. */
    record State(
            Wiring wiring,
            CheckedSink sink,
            BaseRequest baseRequest,
            CapturedHistory captured,
            HistoryProof proof,
            Observations observations,
            Retries retries) {

        /** Requires that etcd is the cluster that was captured, and not before a revision. */
        void requireIdentity(EtcdHeader head, long revision) {
            EtcdPosition at = captured.position();
            if (at != null && head.clusterId() != at.clusterId()) {
                throw OtherHistory.cluster(wiring.options(), head.clusterId(), at.clusterId());
            }
            if (head.revision() < revision) {
                throw OtherHistory.wentBack(
                        wiring.options(),
                        "cluster " + EtcdHeader.hex(head.clusterId()) + " is at revision " + head.revision(),
                        "revision " + revision);
            }
        }
    }

    EtcdCapture(Wiring wiring, BaseRequest baseRequest, CommitSink sink) {
        CheckedSink checked = new CheckedSink(sink);
        this.client = wiring.client();
        this.options = wiring.options();
        this.members = new EtcdMembers(client);
        this.captured = new CapturedHistory(wiring, checked);
        this.state = new State(
                wiring,
                checked,
                baseRequest,
                captured,
                new HistoryProof(options, members, captured),
                new Observations(wiring, sink),
                new Retries());
    }

    /** Runs until interrupted. */
    void run(ByteString resumeAt) throws InterruptedException {
        captured.resume(resumeAt);
        try {
            while (true) {
                attempt();
            }
        } catch (InterruptedException e) {
            captured.stopped();
            throw e;
        }
    }

    private void attempt() throws InterruptedException {
        try {
            connect();
        } catch (CompactedException e) {
            compacted(e);
        } catch (BaseNeededException e) {
            gap = e.text();
            LOG.warn("{}: {}; a gap is recorded, and a base is read", options, e.text());
        } catch (LookAgainException e) {
            LOG.debug("{}: {}", options, e.text());
            client.pause(1);
        } catch (UnreachableException e) {
            int failures = state.retries().failed();
            if (failures % LOGGED_EVERY == 1) {
                LOG.warn("{}; trying again", e.text());
            }
            client.pause(failures);
        }
    }

    private void compacted(CompactedException e) {
        if (e.compacted() > 0 && e.compacted() <= captured.complete()) {
            // Only what was captured is gone: the watch starts later.
            captured.recent().compacted(e.compacted());
            return;
        }
        EtcdPosition at = captured.position();
        if (at != null && !at.inBase()) {
            gap = BaseNeededException.compacted(captured.complete()).text();
        }
        LOG.warn("{}; a base is read", e.text());
    }

    private void connect() throws InterruptedException {
        state.observations().restart();
        EtcdPosition at = captured.position();
        asked = state.baseRequest().reason();
        gap = BaseRequest.with(gap, asked);
        boolean base = at == null || at.inBase() || gap != null;
        if (base) {
            state.wiring().interpretation().beforeBase();
        }
        long askedMicros = Timestamps.micros(state.wiring().clock().instant());
        EtcdHeader head = client.head(options.range());
        if (at != null) {
            state.requireIdentity(head, Math.max(captured.complete(), at.revision()));
        }
        long start = base ? head.revision() + 1 : captured.start();
        Opened opened = open(start);
        try (WatchStream watch = opened.watch()) {
            EtcdMembers.Member member = members.member(opened.created().memberId());
            if (base) {
                base(head);
                state.observations().asked(head, askedMicros);
            }
            Follower follower = new Follower(state, watch, start, opened.created(), member);
            if (base) {
                follower.afterReading();
            } else {
                follower.afterAnother();
            }
            follower.follow();
        }
    }

    /** A watch, and what the server said of itself when it created it. */
    private record Opened(WatchStream watch, EtcdHeader created) {}

    /** Every endpoint gets its turn: one of them may serve reads and no watches, as a member without a leader, or nothing, as a learner. */
    private Opened open(long start) throws InterruptedException {
        for (int left = client.address().endpoints().size() - 1; ; left--) {
            WatchStream watch = WatchStream.open(client, options.range(), start);
            try {
                return new Opened(watch, created(watch));
            } catch (UnreachableException e) {
                watch.close();
                if (left <= 0) {
                    throw e;
                }
            } catch (RuntimeException | InterruptedException e) {
                watch.close();
                throw e;
            }
        }
    }

    private EtcdHeader created(WatchStream watch) throws InterruptedException {
        WatchStream.News news = watch.poll(CREATED_SECONDS_MAX * 1000);
        if (news instanceof WatchStream.Ended ended) {
            throw state.retries().watch(ended.fault());
        }
        if (news instanceof WatchStream.Reply reply && reply.created()) {
            state.retries().answered();
            EtcdPosition at = captured.position();
            if (at != null && reply.header().clusterId() != 0) {
                state.requireIdentity(reply.header(), 0);
            }
            return reply.header();
        }
        throw new UnreachableException(options + ": the watch was not created");
    }

    /** Read while the watch is open, so that both are of one server's life. */
    private void base(EtcdHeader head) throws InterruptedException {
        long after = captured.complete();
        LOG.info("{}: reading a base at revision {}; captured so far up to {}", options, head.revision(), after);
        String why = gap == null ? "a base after revision " + after + " was begun and not finished" : gap;
        SourceDifference doubt = captured.doubt();
        boolean names = SourceDifference.parse(why).isPresent();
        captured.base(
                head,
                doubt == null || names ? why : why + ", and its watch may have left out changes before that; " + doubt);
        gap = null;
        state.baseRequest().done(asked);
    }
}
