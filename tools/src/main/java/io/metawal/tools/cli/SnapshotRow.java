package io.metawal.tools.cli;

import io.metawal.connectors.risingwave.backup.SnapshotColumns;
import io.metawal.metadata.commit.Space;
import io.metawal.pitr.plan.RestorePlan;
import io.metawal.pitr.replay.MergedEntries;
import io.metawal.pitr.replay.Replay;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.storage.repository.History;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** For who comes from risectl: what {@code rw_meta_snapshot} would say of a snapshot taken at a point. */
final class SnapshotRow {
    private SnapshotRow() {}

    /**
     * Names and values of its columns, without those that are not known; where the version itself is not, {@code hummock_version_unknown} says
     * why. Empty for other services.
     */
    static Map<String, String> of(History history, RestorePlan plan, Path scratch) {
        if (!DisplayOptions.origin(history, plan.target().timeline()).startsWith("risingwave")) {
            return Map.of();
        }
        SnapshotColumns columns = new SnapshotColumns();
        Replay replay = Replay.ofSpaces(history.repository().store(), ReplayLimits.of(scratch), SnapshotRow::concerns);
        try (MergedEntries entries = replay.run(plan)) {
            entries.forEachRemaining(columns::add);
        }
        Map<String, String> row = new LinkedHashMap<>(columns.columns(null, "", null));
        row.values().removeIf(String::isEmpty);
        columns.unknown().ifPresent(why -> row.put("hummock_version_unknown", why));
        return row;
    }

    private static boolean concerns(Space space) {
        return space.name().startsWith("hummock.") || space.name().equals("system.store");
    }
}
