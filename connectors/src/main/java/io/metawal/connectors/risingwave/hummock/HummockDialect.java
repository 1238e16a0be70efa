package io.metawal.connectors.risingwave.hummock;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a meta store says of the release that writes its version deltas, as far as the rules of applying them depend on it. It is told by the
 * set of migrations that have run, not by a version text: a release marks its first migration in the database before it writes a delta.
 *
 * @param minor {@code major * 100 + minor}; 0 where nothing is known
 * @param patchFrom the first patch release of it that this may be
 * @param patchTo the last
 */
public record HummockDialect(int minor, int patchFrom, int patchTo) {
    /** Any that is known, and later ones. */
    private static final int ANY_PATCH = Integer.MAX_VALUE;

    /** Nothing is known but the version and its deltas. */
    public static final HummockDialect UNKNOWN = new HummockDialect(0);

    /** The last minor release with a meta store on etcd: none of it has a rule of a later one. */
    public static final HummockDialect ON_ETCD = new HummockDialect(200);

    /**
     * In v3.0.1 and later, and in builds of v2.8 after v2.8.5, by the start of its name. No rule came with it, but each that came in a patch release
     * came before or after it.
     */
    private static final String IN_A_PATCH = "m20260624_000000";

    /** The first of the migrations that each minor release brought. */
    private static final TreeMap<Integer, String> FIRST_MIGRATIONS = new TreeMap<>(Map.ofEntries(
            Map.entry(201, "m20240820_081248"),
            Map.entry(202, "m20241001_013810"),
            Map.entry(203, "m20241202_071413"),
            Map.entry(204, "m20250325_061743"),
            Map.entry(205, "m20250509_102041"),
            Map.entry(206, "m20250702_062029"),
            Map.entry(207, "m20250905_144810"),
            Map.entry(208, "m20251112_114514"),
            Map.entry(300, "m20251223_064450"),
            Map.entry(301, "m20260519_000000")));

    private static final int FIRST_ON_SQL = 109;
    private static final int V2_8 = 208;
    private static final int V3_0 = 300;
    private static final int LAST_2_8 = 5;

    /** The dialect of a meta store on SQL that these migrations have run on, by their full names; none for no such meta store. */
    public static HummockDialect ofMigrations(Collection<String> migrations) {
        if (migrations.isEmpty()) {
            return UNKNOWN;
        }
        for (Map.Entry<Integer, String> each : FIRST_MIGRATIONS.descendingMap().entrySet()) {
            if (migrations.stream().anyMatch(name -> name.startsWith(each.getValue()))) {
                return ofPatch(each.getKey(), migrations.stream().anyMatch(name -> name.startsWith(IN_A_PATCH)));
            }
        }
        return new HummockDialect(FIRST_ON_SQL);
    }

    private static HummockDialect ofPatch(int minor, boolean patched) {
        return switch (minor) {
            case V2_8 ->
                patched ? new HummockDialect(minor, LAST_2_8, ANY_PATCH) : new HummockDialect(minor, 0, LAST_2_8);
            case V3_0 -> patched ? new HummockDialect(minor, 1, ANY_PATCH) : new HummockDialect(minor, 0, 0);
            default -> new HummockDialect(minor);
        };
    }

    /** Of any of the patch releases. */
    public HummockDialect(int minor) {
        this(minor, 0, ANY_PATCH);
    }

    /** Empty where the releases that this may be differ. */
    Optional<Boolean> says(HummockRule rule) {
        if (minor == 0) {
            return Optional.empty();
        }
        boolean first = rule.isIn(minor, patchFrom);
        return first == rule.isIn(minor, patchTo) ? Optional.of(first) : Optional.empty();
    }

    /** For people. */
    @Override
    public String toString() {
        return minor == 0 ? "a release that is not known" : "release " + minor / 100 + "." + minor % 100;
    }
}
