package io.metawal.tools.daemon;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.SourceDifference;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.CommitSink;
import io.metawal.metadata.port.SelfCheck;
import io.metawal.metadata.port.Source;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** A source whose capture misses changes: what a lost event, or a replay that is wrong, leads to. Its bases miss nothing. */
record LossySource(Source source, Predicate<Change> missed) implements Source {
    @Override
    public void capture(ByteString resumeAt, CommitSink sink) throws InterruptedException {
        source.capture(resumeAt, new Lossy(sink, missed));
    }

    private record Lossy(CommitSink sink, Predicate<Change> missed) implements CommitSink {
        @Override
        public CompletableFuture<CommitHeader> commit(CommitDraft draft) throws InterruptedException {
            if (draft.kind() != CommitKind.DATA) {
                return sink.commit(draft);
            }
            CommitBody body = draft.body();
            List<Change> kept = body.changes().stream().filter(missed.negate()).toList();
            CommitBody less =
                    new CommitBody(body.actor(), body.origin(), body.sourcePosition(), body.gapReason(), kept);
            return sink.commit(new CommitDraft(draft.kind(), draft.epoch(), draft.timeMicros(), less));
        }

        @Override
        public void observed(long epoch, long timeMicros) {
            sink.observed(epoch, timeMicros);
        }

        @Override
        public ImageView image() throws InterruptedException {
            return sink.image();
        }

        @Override
        public void compared(SourceDifference.Agreed at) {
            sink.compared(at);
        }

        @Override
        public SourceDifference.Agreed lastCompared() {
            return sink.lastCompared();
        }
    }

    @Override
    public String origin() {
        return source.origin();
    }

    @Override
    public String identity() {
        return source.identity();
    }

    @Override
    public Optional<SelfCheck> selfCheck() {
        return source.selfCheck();
    }

    @Override
    public void requestBase(String gapReason) {
        source.requestBase(gapReason);
    }

    @Override
    public void close() {
        source.close();
    }
}
