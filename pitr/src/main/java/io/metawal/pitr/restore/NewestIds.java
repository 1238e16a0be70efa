package io.metawal.pitr.restore;

import io.metawal.metadata.commit.Category;
import io.metawal.metadata.commit.CategoryRules;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.point.Ref;
import io.metawal.pitr.plan.RestorePlan;
import io.metawal.pitr.plan.RestorePlanner;
import io.metawal.pitr.replay.MergedEntries;
import io.metawal.pitr.replay.Replay;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.storage.repository.History;
import java.time.Instant;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.TreeMap;

/** How far every id generator came that is known of, on whatever timeline: what a restore goes on with, so that no id comes twice (I7). */
public final class NewestIds {
    private static final String MONOTONIC_WORD = "id";

    private NewestIds() {}

    /** Every MONOTONIC entry at the newest commit of every timeline; of several of one key, the furthest. */
    public static NavigableMap<EntryKey, Entry> read(History history, ReplayLimits limits, Instant now) {
        NavigableMap<EntryKey, Entry> newest = new TreeMap<>();
        for (int timeline : history.timelines().keySet()) {
            if (history.head(timeline).isPresent()) {
                Ref latest = new Ref(timeline, Ref.Kind.LATEST, 0, "", 0, timeline + "@latest");
                RestorePlan plan = new RestorePlanner(history, now).plan(latest, false);
                collect(history, plan, limits, newest);
            }
        }
        return Collections.unmodifiableNavigableMap(newest);
    }

    private static void collect(
            History history, RestorePlan plan, ReplayLimits limits, NavigableMap<EntryKey, Entry> newest) {
        try (MergedEntries entries = Replay.ofSpaces(history.repository().store(), limits, NewestIds::mayHoldIds)
                .run(plan)) {
            while (entries.hasNext()) {
                Entry entry = entries.next();
                if (isId(entry.entryKey())) {
                    newest.merge(entry.entryKey(), entry, MonotonicOrder::further);
                }
            }
        }
    }

    private static boolean mayHoldIds(Space space) {
        return space.name().startsWith(MONOTONIC_WORD);
    }

    static boolean isId(EntryKey key) {
        return CategoryRules.DEFAULT.categoryOf(key) == Category.MONOTONIC;
    }
}
