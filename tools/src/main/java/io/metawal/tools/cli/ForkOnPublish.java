package io.metawal.tools.cli;

import io.metawal.metadata.image.Entry;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import io.metawal.storage.repository.Timeline;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A target whose history will go on: before it is published, the timeline is made that it goes on with. A crash between the two
 * leaves a timeline that nobody writes to, never a service whose history is unknown.
 */
final class ForkOnPublish implements RestoreTarget {
    private final RestoreTarget target;
    private final Function<RestorePoint, Timeline> fork;
    private @Nullable RestorePoint point;
    private @Nullable Timeline forked;

    ForkOnPublish(RestoreTarget target, Function<RestorePoint, Timeline> fork) {
        this.target = target;
        this.fork = fork;
    }

    /** The timeline that was made; null before. */
    @Nullable
    Timeline forked() {
        return forked;
    }

    @Override
    public String describe() {
        return target.describe();
    }

    @Override
    public boolean staged() {
        return target.staged();
    }

    @Override
    public void check(RestorePoint to) {
        target.check(to);
    }

    @Override
    public void prepare(RestorePoint to) {
        point = to;
        target.prepare(to);
    }

    @Override
    public void write(Entry entry) {
        target.write(entry);
    }

    @Override
    public RestoreReport publish() {
        RestorePoint to = point;
        if (to == null) {
            throw new IllegalStateException("not prepared");
        }
        forked = fork.apply(to);
        return target.publish();
    }

    @Override
    public void close() {
        target.close();
    }
}
