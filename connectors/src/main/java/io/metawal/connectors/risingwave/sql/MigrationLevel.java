package io.metawal.connectors.risingwave.sql;

import io.metawal.connectors.risingwave.RwVersion;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which release a meta store is of, as far as its migrations and tables tell: the first that has them. A later patch, or minor release
 * without a migration of its own, looks the same. Where migrations and tables do not agree, the tables are right: they decide what a
 * snapshot has.
 */
public final class MigrationLevel {
    /** The newest first: a table, and the first release that has it and whose snapshots hold it. */
    private static final List<Map.Entry<String, String>> BY_TABLE = List.of(
            Map.entry("hummock_table_change_log", "3.0.0"),
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
     * @param migrations names of all that have run
     * @param tables names of all tables
     */
    static Optional<RwVersion> version(Collection<String> migrations, Collection<String> tables) {
        RwVersion after = null;
        for (Map.Entry<String, String> each : BY_TABLE) {
            RwVersion from = RwVersion.parse(each.getValue());
            if (tables.contains(each.getKey())) {
                return Optional.of(between(named(migrations), from, after));
            }
            after = from;
        }
        return Optional.empty();
    }

    /** What the migrations say, as long as it is not before {@code from}, and is before {@code after}. */
    private static RwVersion between(Optional<RwVersion> named, RwVersion from, @Nullable RwVersion after) {
        return named.filter(version -> version.compareTo(from) >= 0)
                .filter(version -> after == null || version.compareTo(after) < 0)
                .orElse(from);
    }

    /** The newest release all of whose migrations have run. */
    private static Optional<RwVersion> named(Collection<String> migrations) {
        return Migrations.newestFirst().entrySet().stream()
                .filter(release -> migrations.containsAll(release.getValue()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** Whether two releases have the same migrations, so that a meta store looks the same. */
    static boolean same(RwVersion one, RwVersion other) {
        return Migrations.of(one).equals(Migrations.of(other));
    }

    /** Migrations that no release known here has: the meta store is of a newer one. Sorted. */
    public static Set<String> unknown(Collection<String> migrations) {
        return Migrations.unknown(migrations);
    }

    /** Migrations that have run and that a release does not have: its meta node would refuse to start. Sorted. */
    public static Set<String> lacking(RwVersion release, Collection<String> migrations) {
        Set<String> lacking = new TreeSet<>(migrations);
        lacking.removeAll(Migrations.of(release));
        return lacking;
    }

    /** Whether a store of v2.8 was written by a build after the tag v2.8.5. */
    public static boolean afterTagsOf28(Collection<String> migrations) {
        return migrations.contains(Migrations.AFTER_2_8_5);
    }
}
