package io.metawal.tools.cli;

import io.metawal.connectors.databend.view.DatabendValues;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.point.Ref;
import io.metawal.pitr.plan.RestorePlanner;
import io.metawal.pitr.replay.MergedEntries;
import io.metawal.pitr.replay.Replay;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.storage.repository.History;
import io.metawal.storage.temp.TempFolder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a Databend's databases and tables are called, by their ids, as of the newest commit; read when first asked. */
final class DatabendNames implements DatabendValues.NameLookup {
    private static final String NAMES = "_id_to_name";

    private final History history;
    private final int timeline;
    private @Nullable Map<EntryKey, Entry> names;

    private DatabendNames(History history, int timeline) {
        this.history = history;
        this.timeline = timeline;
    }

    static DatabendNames latest(History history, int timeline) {
        return new DatabendNames(history, timeline);
    }

    @Override
    public Optional<Entry> find(EntryKey key) {
        Map<EntryKey, Entry> known = names;
        if (known == null) {
            known = read();
            names = known;
        }
        return Optional.ofNullable(known.get(key));
    }

    private Map<EntryKey, Entry> read() {
        Ref latest = new Ref(timeline, Ref.Kind.LATEST, 0, "", 0, timeline + "@latest");
        Map<EntryKey, Entry> found = new HashMap<>();
        Path scratch = TempFolder.machineDirectory();
        try (MergedEntries entries = Replay.ofSpaces(
                        history.repository().store(), ReplayLimits.of(scratch), DatabendNames::holdsNames)
                .run(new RestorePlanner(history, Instant.EPOCH).plan(latest, false))) {
            entries.forEachRemaining(entry -> {
                if (holdsNames(entry.entryKey().space())) {
                    found.put(entry.entryKey(), entry);
                }
            });
        }
        return found;
    }

    private static boolean holdsNames(Space space) {
        return space.name().endsWith(NAMES);
    }
}
