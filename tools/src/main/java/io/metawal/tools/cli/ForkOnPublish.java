package io.metawal.tools.cli;

import io.metawal.metadata.port.ForwardingTarget;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import io.metawal.storage.repository.Timeline;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A target whose history continues: its timeline is made when everything is written and was compared, just before it counts as restored. A
 * restore that fails makes none; a crash between the two leaves a timeline that nobody writes to, never a service whose history is unknown.
 */
final class ForkOnPublish extends ForwardingTarget {
    private final Function<RestorePoint, Timeline> fork;
    private @Nullable RestorePoint point;
    private @Nullable Timeline forked;

    ForkOnPublish(RestoreTarget target, Function<RestorePoint, Timeline> fork) {
        super(target);
        this.fork = fork;
    }

    /** The timeline that was made; null before. */
    @Nullable
    Timeline forked() {
        return forked;
    }

    @Override
    public void prepare(RestorePoint to) {
        point = to;
        super.prepare(to);
    }

    @Override
    public RestoreReport publish(Runnable beforeVisible) {
        RestorePoint to = Objects.requireNonNull(point, "prepare comes first");
        return super.publish(() -> {
            forked = fork.apply(to);
            beforeVisible.run();
        });
    }
}
