package io.metawal.connectors.risingwave.sql;

import io.metawal.connectors.risingwave.RwVersion;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which release a meta store is of, as far as its migrations and tables tell: the first that has them. A later patch, or minor release
 * without a migration of its own, looks the same.
 *
 * <p>Names of migrations begin with the time at which they were written, so that they sort; but from v2.8 on, releases carry some that are
 * younger than ones they do not carry. Where names and tables do not agree, the tables are right: they decide what a snapshot has.
 *
 * <p>Source: the number of migrations by release (12 in v1.10.0, 18 in v2.0.1, 22 in v2.1.0, 35 in v2.4.0, 49 in v2.6.3, 55 in v2.7.4, 65 in
 * v2.8.5, 70 in v3.0.3) laid on their order in RisingWave's {@code src/meta/model/migration/src/lib.rs}; the sections of snapshots by release.
 * Where in v2.2, v2.3 and v2.5 a migration came is not known to the patch release.
 */
final class MigrationLevel {
    /** The first behind those of v2.8.5. */
    private static final String OF_3_0 = "m20260120_120000";

    /** There before v3.0, too, but only from there on snapshots hold it. */
    private static final String CHANGE_LOG = "hummock_table_change_log";

    private static final TreeMap<String, String> BY_NAME = new TreeMap<>(Map.ofEntries(
            Map.entry("m20240410_154406", "1.9.0"),
            Map.entry("m20240525_090457", "1.10.0"),
            Map.entry("m20240630_131430", "2.0.0"),
            Map.entry("m20240820_081248", "2.1.0"),
            Map.entry("m20241115_085007", "2.2.0"),
            Map.entry("m20250106_072104", "2.3.0"),
            Map.entry("m20250319_062702", "2.4.0"),
            Map.entry("m20250522_074525", "2.4.1"),
            Map.entry("m20250603_084830", "2.5.2"),
            Map.entry("m20250819_014448", "2.6.0"),
            Map.entry("m20251005_000000", "2.7.0"),
            Map.entry("m20251030_120000", "2.7.1"),
            Map.entry("m20251124_195858", "2.8.0"),
            Map.entry(OF_3_0, "3.0.0")));

    /** The newest first: a table, and the first release that has it and whose snapshots hold it. */
    private static final List<Map.Entry<String, String>> BY_TABLE = List.of(
            Map.entry(CHANGE_LOG, "3.0.0"),
            Map.entry("pending_sink_state", "2.8.0"),
            Map.entry("refresh_job", "2.7.1"),
            Map.entry("fragment_splits", "2.7.0"),
            Map.entry("user_default_privilege", "2.5.2"),
            Map.entry("iceberg_tables", "2.4.1"),
            Map.entry("fragment_relation", "2.3.0"),
            Map.entry("secret", "1.10.0"),
            Map.entry("session_parameter", "1.9.0"));

    private MigrationLevel() {}

    /**
     * Empty where the tables are of no release from v1.9 on.
     *
     * @param newest name of the newest migration; empty for none
     * @param tables names of all tables
     */
    static Optional<RwVersion> version(String newest, Collection<String> tables) {
        RwVersion after = null;
        for (Map.Entry<String, String> each : BY_TABLE) {
            RwVersion from = RwVersion.parse(each.getValue());
            if (tables.contains(each.getKey()) && !tooEarly(each.getKey(), newest)) {
                return Optional.of(between(named(newest), from, after));
            }
            after = from;
        }
        return Optional.empty();
    }

    private static boolean tooEarly(String table, String newest) {
        return table.equals(CHANGE_LOG) && !newest.isEmpty() && newest.compareTo(OF_3_0) < 0;
    }

    /** What the names say, as long as it is not before {@code from}, and is before {@code after}. */
    private static RwVersion between(
            Optional<RwVersion> named, RwVersion from, @org.jspecify.annotations.Nullable RwVersion after) {
        return named.filter(version -> version.compareTo(from) >= 0)
                .filter(version -> after == null || version.compareTo(after) < 0)
                .orElse(from);
    }

    private static Optional<RwVersion> named(String newest) {
        Map.Entry<String, String> level = BY_NAME.floorEntry(newest);
        return Optional.ofNullable(level).map(entry -> RwVersion.parse(entry.getValue()));
    }
}
