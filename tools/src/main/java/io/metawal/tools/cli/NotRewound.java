package io.metawal.tools.cli;

import io.metawal.connectors.risingwave.outside.OutsideState;
import io.metawal.metadata.commit.Space;
import io.metawal.pitr.plan.RestorePlan;
import io.metawal.pitr.replay.MergedEntries;
import io.metawal.pitr.replay.Replay;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.storage.repository.History;
import java.nio.file.Path;
import java.util.List;

/** For a plan without a target: what a restore of a RisingWave to that point would not rewind. */
final class NotRewound {
    private NotRewound() {}

    /** A line on each kind; none for other services. */
    static List<String> of(History history, RestorePlan plan, Path scratch) {
        if (!DisplayOptions.origin(history, plan.target().timeline()).startsWith("risingwave")) {
            return List.of();
        }
        OutsideState state = new OutsideState();
        Replay replay = Replay.ofSpaces(history.repository().store(), ReplayLimits.of(scratch), NotRewound::concerns);
        try (MergedEntries entries = replay.run(plan)) {
            entries.forEachRemaining(state::add);
        }
        return state.notes();
    }

    private static boolean concerns(Space space) {
        return space.name().startsWith("catalog.") || space.name().equals("system.store");
    }
}
