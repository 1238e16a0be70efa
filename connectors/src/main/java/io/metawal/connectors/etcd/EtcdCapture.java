package io.metawal.connectors.etcd;

import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.BaseRequest;
import io.metawal.connectors.capture.CheckedSink;
import io.metawal.connectors.capture.LookAgainException;
import io.metawal.connectors.etcd.RevisionAssembler.Revision;
import io.metawal.connectors.etcd.rpc.CompactedException;
import io.metawal.connectors.etcd.rpc.EtcdClient;
import io.metawal.connectors.etcd.rpc.EtcdHeader;
import io.metawal.connectors.etcd.rpc.WatchStream;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.SourceChangedException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.CommitSink;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a capture. Before every watch it makes sure that etcd is the one that the position is of, and still remembers all
 * that came after; where it does not, it takes a new base, which records the gap. A watch that breaks is opened again behind the last
 * revision that the sink took. For one thread.
 */
final class EtcdCapture {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdCapture.class);
    private static final int LOGGED_EVERY = 20;
    private static final int SILENT_ANSWERS_MAX = 10;
    private static final int DENIED_MAX = 2;

    private final Wiring wiring;
    private final BaseRequest baseRequest;
    private final EtcdClient client;
    private final EtcdOptions options;
    private final Interpretation interpretation;
    private final InstantSource clock;
    private final CheckedSink checked;
    private final Observations observations;
    private @Nullable EtcdPosition position;
    private boolean compared;
    private int failures;
    private int denied;

    /** What a capture works with. */
    record Wiring(EtcdClient client, EtcdOptions options, Interpretation interpretation, InstantSource clock) {}

    EtcdCapture(Wiring wiring, BaseRequest baseRequest, CommitSink sink) {
        this.wiring = wiring;
        this.baseRequest = baseRequest;
        this.client = wiring.client();
        this.options = wiring.options();
        this.interpretation = wiring.interpretation();
        this.clock = wiring.clock();
        this.checked = new CheckedSink(sink);
        this.observations = new Observations(wiring, sink);
    }

    /** Runs until interrupted. */
    void run(ByteString resumeAt) throws InterruptedException {
        position = resumeAt.isEmpty() ? null : EtcdPosition.parse(resumeAt);
        while (true) {
            try {
                follow(ready());
            } catch (CompactedException e) {
                LOG.warn("{}: {}; a new base is taken", options, e.text());
            } catch (LookAgainException e) {
                LOG.debug("{}: {}", options, e.text());
                client.pause(1);
            } catch (UnreachableException e) {
                if (failures++ % LOGGED_EVERY == 0) {
                    LOG.warn("{}; trying again", e.text());
                }
                client.pause(failures);
            }
        }
    }

    /** A position from which etcd can tell everything; takes a base where there is none. */
    private EtcdPosition ready() throws InterruptedException {
        EtcdHeader head = client.head(options.range());
        EtcdPosition at = position;
        if (at != null) {
            check(head, at);
        }
        String asked = baseRequest.reason();
        if (at == null || at.inBase() || asked != null || !client.remembers(at.revision(), options.range())) {
            long after = at == null ? 0 : at.complete();
            interpretation.beforeBase();
            long askedMicros = Timestamps.micros(clock.instant());
            head = client.head(options.range());
            LOG.info("{}: reading a base at revision {}; captured so far up to {}", options, head.revision(), after);
            // Should it break off: this is where the log was complete, whatever pieces it took.
            position = EtcdPosition.inBase(head.clusterId(), head.revision(), after);
            at = EtcdBase.take(wiring, head, after, asked == null ? "" : asked, checked);
            position = at;
            observations.told(head, askedMicros);
            baseRequest.done();
        } else if (!compared) {
            resume(at);
        }
        compared = true;
        return at;
    }

    private void check(EtcdHeader head, EtcdPosition at) {
        if (head.clusterId() != at.clusterId()) {
            throw new SourceChangedException(options + " is etcd cluster " + EtcdHeader.hex(head.clusterId())
                    + ", but the log was captured from cluster " + EtcdHeader.hex(at.clusterId())
                    + ": give the right address, or begin a new repository for this cluster");
        }
        if (head.revision() < at.revision()) {
            throw new SourceChangedException(options + ", cluster " + EtcdHeader.hex(head.clusterId())
                    + ", went back: it stands at revision " + head.revision() + ", but the log holds revision "
                    + at.revision() + ". Was it restored from a backup? Begin a new repository, or a new timeline");
        }
    }

    /**
     * What the log has must be what etcd had there: an etcd that was put back from a backup keeps its cluster id, and may have grown
     * past our revision since; and with another prefix, keys would be missing for ever.
     */
    private void resume(EtcdPosition at) throws InterruptedException {
        EtcdSelfCheck.Report report;
        try (ImageView image = checked.image()) {
            interpretation.resume(image);
            if (interpretation.revision(image) != at.revision()) {
                return;
            }
            report = EtcdSelfCheck.compare(client, options, interpretation, image);
        }
        if (report.differences() > 0) {
            throw new SourceChangedException(options + ", cluster " + EtcdHeader.hex(at.clusterId())
                    + ", is not what was captured: at revision " + at.revision() + " it differs from the log in "
                    + report.differences() + " keys; " + String.join("; ", report.examples())
                    + ". Was it restored from a backup, or is another prefix captured than before? Begin a new"
                    + " repository, or a new timeline");
        }
    }

    private void follow(EtcdPosition from) throws InterruptedException {
        RevisionAssembler assembler = new RevisionAssembler(from.revision());
        int silentAnswers = 0;
        try (WatchStream watch = WatchStream.open(client, options.range(), from.revision() + 1)) {
            while (true) {
                if (baseRequest.reason() != null) {
                    return;
                }
                WatchStream.News news = watch.poll(options.observeMillis());
                if (news instanceof WatchStream.Ended ended) {
                    throw again(ended.fault());
                }
                if (news instanceof WatchStream.Reply reply) {
                    failures = 0;
                    denied = 0;
                    silentAnswers = 0;
                    take(assembler, reply, from.clusterId());
                }
                Observations.Answer answer = observations.step(assembler.complete(), watch::wake);
                if (answer != null) {
                    check(answer.head(), EtcdPosition.at(from.clusterId(), answer.completeThen()));
                    silentAnswers = answer.head().revision() > assembler.complete() ? silentAnswers + 1 : 0;
                }
                tell(assembler.complete(), silentAnswers);
            }
        }
    }

    private void take(RevisionAssembler assembler, WatchStream.Reply reply, long clusterId)
            throws InterruptedException {
        if (reply.header().clusterId() != clusterId) {
            check(reply.header(), EtcdPosition.at(clusterId, 0));
        }
        long now = Timestamps.micros(clock.instant());
        for (Revision revision : assembler.take(reply)) {
            commit(EtcdPosition.at(clusterId, revision.number()), now, revision.changes());
        }
        EtcdPosition at = position;
        if (reply.progress() && at != null && at.revision() < assembler.complete()) {
            // Others' keys were written, not ours: without a word of it, a later compaction would look like a gap.
            commit(EtcdPosition.at(clusterId, assembler.complete()), now, List.of());
        }
    }

    private void commit(EtcdPosition at, long timeMicros, List<Change> changes) throws InterruptedException {
        List<Change> meant = interpretation.take(changes, at.revision());
        CommitBody body = new CommitBody("", interpretation.origin(), at.bytes(), interpretation.gap(), meant);
        checked.commit(CommitDraft.of(interpretation.epoch(at.revision()), timeMicros, body));
        position = at;
    }

    private void tell(long complete, int silentAnswers) {
        checked.check();
        observations.tell(complete);
        // Of a prefix, silence is no news.
        if (options.prefix().isEmpty() && silentAnswers >= SILENT_ANSWERS_MAX) {
            throw new UnreachableException(options + ": etcd is past revision " + complete
                    + ", but its watch tells nothing: it is opened again");
        }
    }

    /** A refused watch is tried once more: with the token of before a restart, etcd says the same. */
    private MetawalException again(MetawalException fault) {
        if (fault.code() == ExitCode.ACCESS_DENIED && ++denied < DENIED_MAX) {
            return new UnreachableException(fault.text(), fault);
        }
        return fault;
    }
}
