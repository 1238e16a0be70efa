package io.metawal.connectors.risingwave.simulated;

import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Random deltas as RisingWave writes them from v2.1 on, where every meta store is a SQL one. Each fits the version that it is made for. */
public final class SqlEraDeltas {
    private static final int GROUPS_MAX = 8;

    private final RandomGenerator random;
    private final Numbers numbers;
    private final SimulatedRelease release;
    private final CommitDeltas commits;
    private final CompactionDeltas compactions;
    private final RegroupingDeltas regroupings;

    public SqlEraDeltas(RandomGenerator random, Numbers numbers, SimulatedRelease release) {
        this.random = random;
        this.release = release;
        this.numbers = numbers;
        this.commits = new CommitDeltas(random, RwEra.V2_1, numbers);
        this.compactions = new CompactionDeltas(random, RwEra.V2_1, numbers);
        this.regroupings = new RegroupingDeltas(random, RwEra.V2_1, numbers);
    }

    /** The version of an empty cluster. */
    public static HummockVersion first() {
        return RandomDeltas.first();
    }

    /** A version of so many tables with ids from the first on, and so many SSTs, shared out among them. */
    public static HummockVersion large(RandomGenerator random, Numbers numbers, int firstTable, int tables, int ssts) {
        RandomSsts made = new RandomSsts(random, RwEra.V2_1, numbers);
        return LargeVersion.of(first(), made, numbers, RwEra.V2_1, firstTable, tables, ssts);
    }

    /** How many SSTs a version has. */
    public static int ssts(HummockVersion version) {
        return Tables.ssts(version);
    }

    /** The tables of a version. */
    public static Collection<Integer> tables(HummockVersion version) {
        return Tables.groups(version).keySet();
    }

    /**
     * Commits an epoch, with new tables in a group that may be new, too.
     *
     * @param epoch later than any before
     */
    public HummockVersionDelta commit(HummockVersion version, long epoch, Collection<Integer> added) {
        Map<Integer, Long> groups = new TreeMap<>();
        if (!added.isEmpty()) {
            List<Long> known = new ArrayList<>(new TreeMap<>(version.getLevelsMap()).keySet());
            long group =
                    random.nextInt(8) == 0 && known.size() < GROUPS_MAX ? numbers.group() : Tables.any(random, known);
            added.forEach(table -> groups.put(table, group));
        }
        return ReleaseForm.of(commits.commit(version, epoch, groups), version, release);
    }

    /** Removes tables that the version has. */
    public HummockVersionDelta drop(HummockVersion version, Collection<Integer> tables) {
        return ReleaseForm.of(commits.drop(version, tables), version, release);
    }

    /** Null where there is nothing to compact. */
    public @Nullable HummockVersionDelta compact(HummockVersion version) {
        HummockVersionDelta delta = compactions.compact(version);
        return delta == null ? null : ReleaseForm.of(delta, version, release);
    }

    /** A group split or two merged, tables truncated; null where that is not to be had. */
    public @Nullable HummockVersionDelta regroup(HummockVersion version) {
        int what = random.nextInt(8);
        HummockVersionDelta delta;
        if (what == 0 && release.truncates()) {
            return regroupings.truncate(version);
        } else if (what < 5 && version.getLevelsCount() < GROUPS_MAX) {
            delta = regroupings.split(version);
        } else {
            delta = regroupings.merge(version);
        }
        return delta != null && RegroupingDeltas.fits(version, delta, release) ? delta : null;
    }
}
