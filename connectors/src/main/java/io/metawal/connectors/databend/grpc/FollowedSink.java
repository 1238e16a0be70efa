package io.metawal.connectors.databend.grpc;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.SourceDifference;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.CommitSink;
import java.util.concurrent.CompletableFuture;

/** The sink, with the source position of what was given to it last. For one thread. */
final class FollowedSink implements CommitSink {
    private final CommitSink sink;
    private ByteString position;

    /** @param position of the last commit in the log; empty where there is none */
    FollowedSink(CommitSink sink, ByteString position) {
        this.sink = sink;
        this.position = position;
    }

    ByteString position() {
        return position;
    }

    @Override
    public CompletableFuture<CommitHeader> commit(CommitDraft draft) throws InterruptedException {
        CompletableFuture<CommitHeader> taken = sink.commit(draft);
        position = draft.body().sourcePosition();
        return taken;
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
