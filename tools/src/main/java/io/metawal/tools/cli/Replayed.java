package io.metawal.tools.cli;

import io.metawal.metadata.image.Entry;
import io.metawal.metadata.point.Ref;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import io.metawal.pitr.plan.ResolvedPoint;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.pitr.restore.ProvenImage;
import io.metawal.pitr.restore.Restore;
import io.metawal.storage.repository.History;
import io.metawal.storage.temp.TempFolder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/** The image at a point, for looking at it: what is shown is proven first. */
final class Replayed {
    private Replayed() {}

    /** On disk, to be closed. A damaged snapshot is skipped. */
    static ProvenImage open(History history, Ref ref, Instant now) {
        return restore(history).image(ref, now);
    }

    /** Shows every entry. A damaged snapshot is skipped. */
    static ResolvedPoint look(History history, Ref ref, Instant now, Consumer<Entry> look) {
        return restore(history)
                .run(ref, false, now, () -> new Looking(look))
                .plan()
                .target();
    }

    private static Restore restore(History history) {
        Path scratch = TempFolder.machineDirectory();
        return new Restore(history, ReplayLimits.of(scratch), Restore.Progress.NONE, System::nanoTime);
    }

    private record Looking(Consumer<Entry> look) implements RestoreTarget {
        @Override
        public String describe() {
            return "a look";
        }

        /** Nothing is kept, but what is shown should be proven: so it is proven first. */
        @Override
        public boolean staged() {
            return false;
        }

        @Override
        public void check(RestorePoint point) {}

        @Override
        public void examine(Entry entry) {}

        @Override
        public RestoreReport ready() {
            return new RestoreReport(0, 0, List.of());
        }

        @Override
        public void prepare(RestorePoint point) {}

        @Override
        public void write(Entry entry) {
            look.accept(entry);
        }

        @Override
        public RestoreReport publish(Runnable beforeVisible) {
            beforeVisible.run();
            return new RestoreReport(0, 0, List.of());
        }

        @Override
        public void close() {}
    }
}
