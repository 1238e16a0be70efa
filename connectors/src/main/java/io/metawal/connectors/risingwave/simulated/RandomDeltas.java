package io.metawal.connectors.risingwave.simulated;

import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.HummockVersionDelta;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An endless sequence of version deltas, as meta nodes of one era write them: each fits the version that it is made for.
 * The same seed gives the same sequence. The number of tables and SSTs stays bounded.
 */
public final class RandomDeltas {
    static final long FIRST_EPOCH = 5424073932800000L;
    private static final int TABLES_MAX = 40;
    private static final int SSTS_MAX = 400;
    private static final int GROUPS_MAX = 8;

    private final RandomGenerator random;
    private final RwEra era;
    private final SimulatedRelease release;
    private boolean late = true;
    private final Counters counters = new Counters();
    private final CommitDeltas commits;
    private final CompactionDeltas compactions;
    private final RegroupingDeltas regroupings;
    private final InvalidDeltas invalid;
    private long epoch = FIRST_EPOCH;
    private int nextTable = 1001;

    /** Deltas of an era, of a release that is not known. */
    public RandomDeltas(long seed, RwEra era) {
        this(seed, era, SimulatedRelease.ASSUMED);
    }

    /** Deltas of a release from v2.1 on. */
    public RandomDeltas(long seed, SimulatedRelease release) {
        this(seed, RwEra.V2_1, release);
    }

    /** Deltas of a release that takes over a version that another one left. */
    public RandomDeltas(long seed, SimulatedRelease release, HummockVersion left) {
        this(seed, release);
        left.getStateTableInfoMap().forEach((table, info) -> {
            nextTable = Math.max(nextTable, table + 1);
            epoch = Math.max(epoch, info.getCommittedEpoch());
        });
        left.getLevelsMap().keySet().forEach(group -> counters.nextGroup = Math.max(counters.nextGroup, group + 1));
        // Far beyond what was handed out for tables that were dropped, for SSTs, and for splits that were not made.
        nextTable += 10_000;
        counters.nextSst = 1L << 32;
    }

    private RandomDeltas(long seed, RwEra era, SimulatedRelease release) {
        this.random = new SplittableRandom(seed);
        this.era = era;
        this.release = release;
        this.commits = new CommitDeltas(random, era, counters);
        this.compactions = new CompactionDeltas(random, era, counters);
        this.regroupings = new RegroupingDeltas(random, era, counters);
        this.invalid = new InvalidDeltas(random, era);
    }

    private static final class Counters implements Numbers {
        private long nextSst = 1;
        private long nextGroup = CommitDeltas.LAST_STATIC_GROUP + 1;

        @Override
        public long ssts(int count) {
            nextSst += count;
            return nextSst - count;
        }

        @Override
        public long group() {
            return nextGroup++;
        }
    }

    /** From now on no compaction that comes too late to be applied: RisingWave checks for that before it writes one. */
    public RandomDeltas withoutLateCompactions() {
        late = false;
        return this;
    }

    /** The version that every cluster begins with: id 1, groups 2 and 3, nothing in them. */
    public static HummockVersion first() {
        HummockVersion.Builder version = HummockVersion.newBuilder().setId(1);
        for (long group = 2; group <= 3; group++) {
            version.putLevels(group, WholeGroups.initial(group, CommitDeltas.LEVELS));
        }
        return version.build();
    }

    /** A version with so many tables and SSTs, to make deltas for that are as small as ever. */
    public HummockVersion large(int tables, int ssts) {
        int first = nextTable;
        nextTable += tables;
        return LargeVersion.of(first(), new RandomSsts(random, era, counters), counters, era, first, tables, ssts);
    }

    /** A delta that fits the version. */
    public HummockVersionDelta next(HummockVersion version) {
        return ReleaseForm.of(anyNext(version), version, release);
    }

    private HummockVersionDelta anyNext(HummockVersion version) {
        int ssts = Tables.ssts(version);
        boolean compact = ssts > SSTS_MAX ? random.nextInt(8) > 0 : ssts > SSTS_MAX / 2 && random.nextBoolean();
        HummockVersionDelta delta = compact ? compactions.compact(version) : any(version);
        return delta == null ? commit(version) : delta;
    }

    private @Nullable HummockVersionDelta any(HummockVersion version) {
        return switch (random.nextInt(24)) {
            case 0, 1, 2, 3, 4, 5, 6 -> compactions.compact(version);
            case 7 -> drop(version);
            case 8, 9, 10 -> create(version);
            case 11 -> split(version);
            case 12, 13 ->
                switch (era) {
                    case V1_0 -> checked(version, regroupings.move(version));
                    case V1_10 -> split(version);
                    case V2_1 -> checked(version, regroupings.merge(version));
                };
            case 14 -> release.truncates() ? whereV2(regroupings.truncate(version)) : null;
            case 15 ->
                late && release.numbersGroups()
                        ? whereV2(RegroupingDeltas.outdated(compactions.compact(version)))
                        : null;
            default -> null;
        };
    }

    private @Nullable HummockVersionDelta split(HummockVersion version) {
        // To v2.0 it may double the SSTs.
        boolean small = version.getLevelsCount() < GROUPS_MAX && Tables.ssts(version) < SSTS_MAX;
        return small ? checked(version, regroupings.split(version)) : null;
    }

    private @Nullable HummockVersionDelta whereV2(@Nullable HummockVersionDelta delta) {
        return era == RwEra.V2_1 ? delta : null;
    }

    private @Nullable HummockVersionDelta checked(HummockVersion version, @Nullable HummockVersionDelta delta) {
        return delta != null && RegroupingDeltas.fits(version, delta, release) ? delta : null;
    }

    /** A delta that commits the next epoch. */
    public HummockVersionDelta commit(HummockVersion version) {
        boolean none = era.hasStateTables() && version.getStateTableInfoCount() == 0;
        return ReleaseForm.of(
                commits.commit(version, nextEpoch(), none ? newTables(version) : Map.of()), version, release);
    }

    private HummockVersionDelta create(HummockVersion version) {
        if (Tables.groups(version).size() >= TABLES_MAX) {
            return commit(version);
        }
        return era.hasStateTables()
                ? commits.commit(version, nextEpoch(), newTables(version))
                : commits.register(version, newTables(version));
    }

    private long nextEpoch() {
        epoch += (1L + random.nextInt(1000)) << 16;
        return epoch;
    }

    private Map<Integer, Long> newTables(HummockVersion version) {
        List<Long> groups = new ArrayList<>(version.getLevelsMap().keySet());
        if (groups.size() < GROUPS_MAX) {
            groups.add(counters.group());
        }
        long group = Tables.any(random, groups);
        Map<Integer, Long> added = new TreeMap<>();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            added.put(nextTable++, group);
        }
        return added;
    }

    private @Nullable HummockVersionDelta drop(HummockVersion version) {
        List<Integer> tables = new ArrayList<>(Tables.groups(version).keySet());
        tables.removeIf(table -> random.nextInt(6) > 0);
        return tables.isEmpty() ? null : commits.drop(version, tables);
    }

    /** A delta that does not fit the version. */
    public HummockVersionDelta invalid(HummockVersion version) {
        return invalid.of(version, commit(version));
    }
}
