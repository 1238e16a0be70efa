package io.metawal.tools.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.point.Ref;
import io.metawal.pitr.plan.RestorePlanner;
import io.metawal.pitr.plan.Window;
import io.metawal.pitr.verify.Level;
import io.metawal.pitr.verify.Verifier;
import io.metawal.pitr.verify.VerifyReport;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStat;
import io.metawal.storage.object.ObjectStores;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Points;
import io.metawal.storage.repository.Repository;
import io.metawal.testkit.seed.Seeded;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every object of a small repository, deleted, truncated, flipped, swapped, duplicated: verify says so and names it, and a restore
 * gives the model's image, or fails typed where {@link #needed} says that the newest commit needs the object.
 */
@Tag("slow")
class MutationMatrixTest {
    private static final long FIRST_SEED = 17;
    private static final int FLIPS = 6;
    /** Names that say which objects count; one of those more is not passed over. */
    private static final Pattern COUNTED = Pattern.compile("(term|head|timelines|manifest)/[0-9a-f]+(\\.json)?");

    @TempDir
    Path scratch;

    private final TreeMap<ObjectKey, byte[]> good = new TreeMap<>();
    private NavigableMap<EntryKey, Entry> image = new TreeMap<>();
    private final Set<String> replayed = new TreeSet<>();
    private long flips;

    /** Does one kind of damage to the objects of a repository of its own for each seed. */
    private void everyObject(Runnable damage) {
        Seeded.checkSeeds(FIRST_SEED, 1, seed -> {
            make(seed);
            damage.run();
        });
    }

    private void make(long seed) {
        flips = seed + 6;
        good.clear();
        replayed.clear();
        MemoryObjectStore store = new MemoryObjectStore(World.CLOCK);
        World world = new World(store, Seeded.random(seed));
        world.append(60);
        world.snapshot();
        world.append(60);
        world.archive();
        world.reopen();
        world.append(40);
        world.snapshot();
        world.fork(world.lastSeq() - 7);
        world.append(30);
        world.snapshot();
        world.append(15);
        world.archive();
        new Points(world.repository()).create(new Points.Point("before", 1, 33, "test", 1));
        for (ObjectStat stat : ObjectStores.all(store, "")) {
            good.put(stat.key(), store.read(stat.key()));
        }
        new RestorePlanner(History.load(world.repository()), World.CLOCK.instant())
                .plan(Ref.LATEST, false)
                .pieces()
                .forEach(piece -> replayed.add(piece.segment().toString()));
        assertThat(replayed).as("segments that the newest commit needs").isNotEmpty();
        image = world.model().entriesAt(world.model().lastSeq());
        assertThat(good.size()).as("objects in the matrix").isGreaterThan(25);
        check("nothing", null, good, false);
    }

    @Test
    void deleted() {
        everyObject(this::delete);
    }

    private void delete() {
        for (ObjectKey key : good.keySet()) {
            TreeMap<ObjectKey, byte[]> bad = new TreeMap<>(good);
            bad.remove(key);
            check("delete " + key, key, bad, false);
        }
    }

    @Test
    void truncated() {
        everyObject(this::truncate);
    }

    private void truncate() {
        for (Map.Entry<ObjectKey, byte[]> object : good.entrySet()) {
            int length = object.getValue().length;
            for (int to : new int[] {0, 1, length / 2, length - 1}) {
                check(
                        "truncate " + object.getKey() + " to " + to,
                        object.getKey(),
                        with(object.getKey(), Arrays.copyOf(object.getValue(), to)),
                        false);
            }
        }
    }

    @Test
    void flipped() {
        everyObject(this::flip);
    }

    private void flip() {
        RandomGenerator random = Seeded.random(flips);
        for (Map.Entry<ObjectKey, byte[]> object : good.entrySet()) {
            for (int n = 0; n < FLIPS; n++) {
                byte[] bytes = object.getValue().clone();
                int at = random.nextInt(bytes.length);
                bytes[at] ^= (byte) (1 << random.nextInt(8));
                check(
                        "flip byte " + at + " of " + object.getKey(),
                        object.getKey(),
                        with(object.getKey(), bytes),
                        false);
            }
        }
    }

    @Test
    void swappedWithASibling() {
        everyObject(this::swap);
    }

    private void swap() {
        List<ObjectKey> keys = new ArrayList<>(good.keySet());
        for (int a = 0; a < keys.size(); a++) {
            for (int b = a + 1; b < keys.size(); b++) {
                ObjectKey one = keys.get(a);
                ObjectKey other = keys.get(b);
                boolean siblings = kind(one).equals(kind(other));
                if (siblings && !Arrays.equals(bytes(one), bytes(other))) {
                    TreeMap<ObjectKey, byte[]> bad = new TreeMap<>(good);
                    bad.put(one, bytes(other));
                    bad.put(other, bytes(one));
                    check("swap " + one + " and " + other, needed(one) ? one : other, bad, false);
                }
            }
        }
    }

    @Test
    void duplicatedUnderAnotherName() {
        everyObject(this::duplicate);
    }

    private void duplicate() {
        for (ObjectKey key : good.keySet()) {
            for (String name : plausible(key.value())) {
                ObjectKey copy = new ObjectKey(name);
                if (!good.containsKey(copy)) {
                    check("copy " + key + " to " + copy, copy, with(copy, bytes(key)), true);
                }
            }
        }
    }

    /** The next number, another term, another directory: names that a repository could have, and one that it could not. */
    private static List<String> plausible(String key) {
        List<String> names = new ArrayList<>(List.of(key + "-copy", "stray-" + key));
        for (int n = 0; n < key.length(); n++) {
            char c = key.charAt(n);
            if (Character.digit(c, 16) >= 0 && n > key.indexOf('/')) {
                char next = Character.forDigit((Character.digit(c, 16) + 1) % 16, 16);
                names.add(key.substring(0, n) + next + key.substring(n + 1));
            }
        }
        return names;
    }

    private byte[] bytes(ObjectKey key) {
        return good.getOrDefault(key, new byte[0]);
    }

    private Map<ObjectKey, byte[]> with(ObjectKey key, byte[] bytes) {
        TreeMap<ObjectKey, byte[]> bad = new TreeMap<>(good);
        bad.put(key, bytes);
        return bad;
    }

    private static String kind(ObjectKey key) {
        return key.value().replaceAll("[0-9a-f]{8,}", "#");
    }

    private void check(
            String what, @Nullable ObjectKey mutated, Map<ObjectKey, byte[]> objects, boolean mayBeHarmless) {
        MemoryObjectStore store = new MemoryObjectStore(World.CLOCK);
        objects.forEach((key, bytes) -> store.create(key, ObjectBody.of(bytes)));
        verify(what, mutated, store, mayBeHarmless);
        restore(what, mutated, store);
    }

    /**
     * Whether the newest commit cannot be reached without this object, as it was written: only then may a restore of it be refused.
     *
     * <table>
     * <tr><td>a segment after the newest snapshot <td>needed: nothing else holds its commits
     * <tr><td>any other segment <td>not needed: a snapshot is after it
     * <tr><td>a snapshot, whole or in part <td>not needed: an older one, or the log from its beginning, will do
     * <tr><td>a named point <td>not needed
     * <tr><td>repository, terms, heads, timelines, manifest <td>needed: they say which of the others count
     * <tr><td>an object of a name that none has <td>not needed
     * </table>
     */
    private boolean needed(ObjectKey key) {
        String name = key.value();
        if (!good.containsKey(key)) {
            return COUNTED.matcher(name).matches() || name.startsWith("segments/");
        }
        if (name.startsWith("segments/")) {
            return replayed.contains(name);
        }
        return !name.startsWith("snapshots/") && !name.startsWith("holds/");
    }

    private void verify(String what, @Nullable ObjectKey mutated, MemoryObjectStore store, boolean mayBeHarmless) {
        VerifyReport report;
        try {
            report = new Verifier(
                            Repository.open(store),
                            Collected.limits(scratch, 1, 1 << 20),
                            World.CLOCK.instant(),
                            () -> {})
                    .run(Level.CHAIN);
        } catch (MetawalException e) {
            assertThat(mutated).as(what + ": " + e).isNotNull();
            assertThat(e.text()).as(what).contains(mutated == null ? "" : mutated.value());
            return;
        }
        if (mutated == null) {
            assertThat(report.findings()).as(what).isEmpty();
            assertThat(report.exit()).as(what).isEqualTo(ExitCode.DONE);
            return;
        }
        assertThat(report.findings().toString()).as(what).contains(mutated.value());
        if (!mayBeHarmless) {
            assertThat(report.exit()).as(what + ": " + report.findings()).isNotEqualTo(ExitCode.DONE);
        }
        Window window = report.restorable();
        if (window != null && window.to() != null && window.gaps().isEmpty()) {
            promised(what, store, "seq:" + window.to().seq(), report);
        }
    }

    /** What verify calls restorable without a finding on the way is so. */
    private void promised(String what, MemoryObjectStore store, String ref, VerifyReport report) {
        if (report.exit() != ExitCode.DONE && report.exit() != ExitCode.WARNINGS) {
            return;
        }
        assertThat(Collected.restore(
                                History.load(Repository.open(store)), ref, false, Collected.limits(scratch, 1, 1 << 20))
                        .entries())
                .as(what)
                .isEqualTo(image);
    }

    private void restore(String what, @Nullable ObjectKey mutated, MemoryObjectStore store) {
        try {
            Collected restored = Collected.restore(
                    History.load(Repository.open(store)), "latest", false, Collected.limits(scratch, 1, 1 << 20));
            assertThat(restored.entries()).as(what).isEqualTo(image);
        } catch (MetawalException e) {
            assertThat(e.code()).as(what + ": " + e).isNotIn(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE);
            assertThat(mutated != null && needed(mutated))
                    .as(what + ": latest must stay restorable, but: " + e)
                    .isTrue();
        }
    }
}
