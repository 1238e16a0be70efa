package io.metawal.connectors.risingwave.simulated;

import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersion.Levels;
import io.metawal.connectors.risingwave.proto.Level;
import io.metawal.connectors.risingwave.proto.SstableInfo;
import java.util.Set;
import java.util.TreeSet;

/** What a meta node makes of the version that it finds when it starts; no delta says so. */
public final class MetaNodeStart {
    private MetaNodeStart() {}

    public static HummockVersion of(HummockVersion found, SimulatedRelease release) {
        HummockVersion.Builder version = found.toBuilder();
        if (!release.hasLogsInVersion()) {
            version.clearTableChangeLogs();
        }
        if (release.writesWatermarkKinds()) {
            found.getTableWatermarksMap()
                    .forEach((table, marks) -> version.putTableWatermarks(table, ReleaseForm.withKind(marks)));
        }
        if (release.writesFilterTypes()) {
            found.getLevelsMap().forEach((id, group) -> version.putLevels(id, withFilters(group)));
        }
        return release.prunesAtStart() ? pruned(version.build(), release) : version.build();
    }

    private static Levels withFilters(Levels group) {
        Levels.Builder next = group.toBuilder();
        next.getL0Builder().getSubLevelsBuilderList().forEach(MetaNodeStart::rewriteFilters);
        next.getLevelsBuilderList().forEach(MetaNodeStart::rewriteFilters);
        return next.build();
    }

    private static void rewriteFilters(Level.Builder level) {
        level.getTableInfosBuilderList().forEach(ReleaseForm::rewriteFilter);
    }

    private static HummockVersion pruned(HummockVersion found, SimulatedRelease release) {
        HummockVersion.Builder version = found.toBuilder();
        found.getLevelsMap().forEach((id, group) -> {
            Set<Integer> stale = new TreeSet<>();
            group.getL0().getSubLevelsList().forEach(level -> addTables(level, stale));
            group.getLevelsList().forEach(level -> addTables(level, stale));
            stale.removeAll(found.getStateTableInfoMap().keySet());
            if (!stale.isEmpty()) {
                version.putLevels(id, WholeGroups.truncate(group, stale, release));
            }
        });
        return version.build();
    }

    private static void addTables(Level level, Set<Integer> tables) {
        for (SstableInfo sst : level.getTableInfosList()) {
            tables.addAll(sst.getTableIdsList());
        }
    }
}
