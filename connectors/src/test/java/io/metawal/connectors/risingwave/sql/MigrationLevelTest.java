package io.metawal.connectors.risingwave.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.risingwave.RwVersion;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A11: the set of migrations, not the youngest of them, says which release a meta store is of. */
class MigrationLevelTest {
    private static final String LATE = "m20260624_000000_pending_sink_state_object_fk";

    private static Set<String> of(String release) {
        return new TreeSet<>(Migrations.of(RwVersion.parse(release)));
    }

    private static String level(Set<String> migrations, String... tables) {
        return MigrationLevel.version(migrations, List.of(tables))
                .map(RwVersion::toString)
                .orElse("");
    }

    /** Counted in {@code migration/src/lib.rs} of each tag. */
    @ParameterizedTest
    @CsvSource({
        "1.9.0, 8",
        "1.9.2, 9",
        "1.10.2, 12",
        "2.0.4, 18",
        "2.1.5, 22",
        "2.2.4, 28",
        "2.3.4, 34",
        "2.4.0, 35",
        "2.4.4, 37",
        "2.5.3, 41",
        "2.6.3, 49",
        "2.7.4, 55",
        "2.8.4, 65",
        "2.8.5, 66",
        "3.0.0, 69",
        "3.0.3, 70",
        "3.1.0, 74",
        "3.2.0, 74"
    })
    void asManyAsTheReleaseHas(String release, int count) {
        assertThat(of(release)).hasSize(count);
    }

    @Test
    void aYoungMigrationOfAnOldReleaseDoesNotMakeItNewer() {
        Set<String> late28 = of("2.8.0");
        late28.add(LATE);
        assertThat(level(of("2.8.0"), "secret", "pending_sink_state")).isEqualTo("2.8.0");
        assertThat(level(late28, "secret", "pending_sink_state")).isEqualTo("2.8.5");
        assertThat(MigrationLevel.afterTagsOf28(late28)).isTrue();
        // All that 3.0.1 has, but for the ones of 3.0 itself.
        assertThat(level(of("3.0.0"), "hummock_table_change_log")).isEqualTo("3.0.0");
        assertThat(level(of("3.0.3"), "hummock_table_change_log")).isEqualTo("3.0.1");
        assertThat(level(of("3.1.0"), "hummock_table_change_log")).isEqualTo("3.1.0");
    }

    @Test
    void tablesDecideWhereMigrationsDoNotTellPatchesApart() {
        assertThat(level(of("2.7.0"), "fragment_splits")).isEqualTo("2.7.0");
        assertThat(level(of("2.7.0"), "fragment_splits", "refresh_job")).isEqualTo("2.7.1");
        assertThat(level(of("2.4.0"), "secret", "fragment_relation")).isEqualTo("2.4.0");
        assertThat(level(Set.of(), "secret", "fragment_relation")).isEqualTo("2.3.0");
        assertThat(level(of("2.6.0"), "nothing")).isEmpty();
    }

    @Test
    void migrationsOfNewerReleasesAreTold() {
        Set<String> newer = of("3.1.0");
        newer.add("m20261101_000000_user_roles");
        assertThat(level(newer, "hummock_table_change_log")).isEqualTo("3.1.0");
        assertThat(MigrationLevel.unknown(newer)).containsExactly("m20261101_000000_user_roles");
        assertThat(MigrationLevel.unknown(of("3.2.0"))).isEmpty();
        assertThat(MigrationLevel.lacking(RwVersion.parse("3.0.0"), of("3.0.1")))
                .containsExactly(LATE);
        assertThat(MigrationLevel.lacking(RwVersion.parse("3.0.3"), of("3.0.1")))
                .isEmpty();
        assertThat(MigrationLevel.same(RwVersion.parse("3.1.0"), RwVersion.parse("3.2.0")))
                .isTrue();
        assertThat(MigrationLevel.same(RwVersion.parse("3.0.3"), RwVersion.parse("3.1.0")))
                .isFalse();
    }
}
