package io.metawal.tools.demo;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.EntryKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * A meta service as a streaming database has one: catalogs, users, an id generator, and a version of SST files that moves on
 * with every epoch. Seeded: the same seed makes the same history.
 */
public final class SimulatedMetaService {
    private static final String[] NOUNS = {
        "orders", "clicks", "users", "payments", "stock", "visits", "refunds", "carts"
    };
    private static final int CHECKPOINTS_PER_DDL = 12;
    private static final int SSTS_MAX = 200;
    private static final long FIRST_EPOCH = 1000;

    private final RandomGenerator random;
    private final TreeMap<Integer, String> views = new TreeMap<>();
    private final TreeMap<Long, String> ssts = new TreeMap<>();
    private long nextId = 1001;
    private long nextSst = 1;
    private long epoch = FIRST_EPOCH;
    private long timeMicros;

    public SimulatedMetaService(long seed, long startMicros) {
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        this.timeMicros = startMicros;
    }

    /** What an operator should not have done: a materialized view, the grants on it and its files' entries, all at once. */
    public CommitDraft dropView(int id) {
        String name = views.remove(id);
        List<Change> changes = new ArrayList<>();
        changes.add(Change.delete(EntryKey.of("catalog.view", String.valueOf(id))));
        changes.add(Change.delete(EntryKey.of("user.grant", "analyst/" + id)));
        ssts.values().removeIf(table -> table.equals(name));
        changes.add(put("hummock.table", String.valueOf(id), "dropped"));
        return draft("mallory", changes);
    }

    /** The next transaction. */
    public CommitDraft next() {
        timeMicros += 1000 + random.nextInt(500_000);
        if (views.isEmpty() || random.nextInt(CHECKPOINTS_PER_DDL) == 0) {
            return random.nextInt(4) == 0 && views.size() > 3 ? grant() : createView();
        }
        return random.nextInt(5) == 0 && ssts.size() > SSTS_MAX / 2 ? compaction() : checkpoint();
    }

    private CommitDraft createView() {
        int id = (int) nextId++;
        String name = NOUNS[random.nextInt(NOUNS.length)] + "_by_" + NOUNS[random.nextInt(NOUNS.length)] + "_" + id;
        views.put(id, name);
        return draft(
                "deploy",
                List.of(
                        put("catalog.view", String.valueOf(id), "create materialized view " + name),
                        put("user.grant", "analyst/" + id, "select on " + name),
                        put("hummock.table", String.valueOf(id), "epoch " + epoch),
                        put("id.catalog", "next", String.valueOf(nextId))));
    }

    private CommitDraft grant() {
        Integer id = List.copyOf(views.keySet()).get(random.nextInt(views.size()));
        return draft("admin", List.of(put("user.grant", "reporting/" + id, "select on " + views.get(id))));
    }

    private CommitDraft checkpoint() {
        epoch++;
        List<Change> changes = new ArrayList<>();
        int flushed = 1 + random.nextInt(3);
        for (int n = 0; n < flushed; n++) {
            String view = List.copyOf(views.values()).get(random.nextInt(views.size()));
            changes.add(sst(nextSst, view, 0));
            ssts.put(nextSst++, view);
        }
        changes.add(put("hummock.version", "current", "epoch " + epoch + ", " + ssts.size() + " files"));
        changes.add(put("id.sst", "next", String.valueOf(nextSst)));
        return draft("", changes);
    }

    private CommitDraft compaction() {
        List<Change> changes = new ArrayList<>();
        String view = ssts.firstEntry().getValue();
        List<Long> merged = ssts.keySet().stream().limit(8).toList();
        for (long old : merged) {
            ssts.remove(old);
            changes.add(Change.delete(EntryKey.of("hummock.sst", key(old))));
        }
        changes.add(sst(nextSst, view, 1));
        ssts.put(nextSst++, view);
        changes.add(put("id.sst", "next", String.valueOf(nextSst)));
        return draft("compactor", changes);
    }

    private static Change sst(long id, String table, int level) {
        return put("hummock.sst", key(id), "level " + level + ", table " + table);
    }

    private static String key(long id) {
        return String.format(Locale.ROOT, "%08d", id);
    }

    private static Change put(String space, String key, String value) {
        return Change.put(EntryKey.of(space, key), ByteString.copyFromUtf8(value));
    }

    private CommitDraft draft(String actor, List<Change> changes) {
        return CommitDraft.of(epoch, timeMicros, CommitBody.of(actor, "simulated", changes));
    }

    /** The views that exist, by id. */
    public NavigableMap<Integer, String> views() {
        return new TreeMap<>(views);
    }
}
