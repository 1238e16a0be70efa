package io.metawal.connectors.risingwave.hummock;

import io.metawal.connectors.risingwave.proto.GroupDelta;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The rules in force: what the dialect says, else what versions and deltas have shown, else an assumption. */
final class Rules {
    private final Map<HummockRule, Boolean> shown = new EnumMap<>(HummockRule.class);
    private HummockDialect dialect;

    Rules(HummockDialect dialect) {
        this.dialect = dialect;
    }

    HummockDialect dialect() {
        return dialect;
    }

    /** Another release writes from here on: what was shown was shown by the one before. */
    void dialect(HummockDialect next) {
        if (!next.equals(dialect)) {
            dialect = next;
            shown.clear();
        }
    }

    Optional<Boolean> known(HummockRule rule) {
        return dialect.says(rule).or(() -> Optional.ofNullable(shown.get(rule)));
    }

    boolean hold(HummockRule rule) {
        return known(rule).orElse(rule.unknown() == HummockRule.Unknown.HOLDS);
    }

    void show(Journal journal, HummockRule rule, boolean holds) {
        journal.put(shown, rule, holds);
        if (rule == HummockRule.GROUP_VERSION_IDS) {
            journal.put(shown, HummockRule.ABSENT_SST_IS_IGNORED, holds);
        }
    }

    /** What a version as a whole shows; looks at each SST only where that may tell something. */
    void look(Groups groups) {
        boolean ssts = dialect.minor() != 0
                && dialect.says(HummockRule.LEVELS_NORMALIZED).isEmpty();
        groups.all().values().forEach(group -> {
            if (group.rest().getCompactionGroupVersionId() != 0) {
                shown.put(HummockRule.GROUP_VERSION_IDS, true);
                shown.put(HummockRule.ABSENT_SST_IS_IGNORED, true);
            }
            if (ssts
                    && group.runs().stream()
                            .anyMatch(run -> run.unordered().stream()
                                    .anyMatch(sst -> sst.info().getTableIdsCount() == 0))) {
                shown.put(HummockRule.LEVELS_NORMALIZED, false);
            }
        });
    }

    /** A DROP that truncates, too, is one of v2.8.4 or later. */
    void look(Journal journal, HummockVersionDelta delta) {
        if (delta.getRemovedTableIdsCount() == 0
                || known(HummockRule.LEVELS_NORMALIZED).orElse(false)) {
            return;
        }
        Set<Integer> removed = new HashSet<>(delta.getRemovedTableIdsList());
        for (HummockVersionDelta.GroupDeltas group : delta.getGroupDeltasMap().values()) {
            for (GroupDelta each : group.getGroupDeltasList()) {
                if (each.getTruncateTables().getTableIdsList().stream().anyMatch(removed::contains)) {
                    show(journal, HummockRule.LEVELS_NORMALIZED, true);
                }
            }
        }
    }
}
