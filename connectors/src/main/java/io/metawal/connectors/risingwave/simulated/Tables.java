package io.metawal.connectors.risingwave.simulated;

import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersion.Levels;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import io.metawal.connectors.risingwave.proto.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** Questions to a version that more than one kind of delta asks. */
final class Tables {
    private Tables() {}

    /** Each table's group, whichever way the version says it. */
    static Map<Integer, Long> groups(HummockVersion version) {
        Map<Integer, Long> groups = new TreeMap<>();
        version.getLevelsMap()
                .forEach((id, group) -> group.getMemberTableIdsList().forEach(table -> groups.put(table, id)));
        version.getStateTableInfoMap().forEach((table, info) -> groups.put(table, info.getCompactionGroupId()));
        return groups;
    }

    /** The tables of each group that has some, ascending. */
    static Map<Long, List<Integer>> byGroup(Map<Integer, Long> groups) {
        Map<Long, List<Integer>> tables = new TreeMap<>();
        groups.forEach((table, group) ->
                tables.computeIfAbsent(group, any -> new ArrayList<>()).add(table));
        return tables;
    }

    static List<Level> levels(Levels group) {
        List<Level> levels = new ArrayList<>(group.getL0().getSubLevelsList());
        levels.addAll(group.getLevelsList());
        return levels;
    }

    static int ssts(Levels group) {
        return levels(group).stream().mapToInt(Level::getTableInfosCount).sum();
    }

    static int ssts(HummockVersion version) {
        return version.getLevelsMap().values().stream().mapToInt(Tables::ssts).sum();
    }

    /** The next delta, which changes nothing yet. */
    static HummockVersionDelta.Builder begin(HummockVersion version) {
        return HummockVersionDelta.newBuilder()
                .setId(version.getId() + 1)
                .setPrevId(version.getId())
                .setMaxCommittedEpoch(version.getMaxCommittedEpoch())
                .setSafeEpoch(version.getSafeEpoch());
    }

    static <T> T any(RandomGenerator random, List<T> of) {
        return of.get(random.nextInt(of.size()));
    }
}
