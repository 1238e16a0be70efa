package io.metawal.connectors.risingwave.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.testkit.seed.Seeded;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Snapshots of every layout, made by a second writer, are read and written again to the byte. */
class SnapshotRoundTripTest {
    private static final String BASE =
            "seaql_migrations,hummock_version,hummock_version_stats,compaction_config,actor,cluster,"
                    + "actor_dispatcher,catalog_version,connection,database,fragment,function,index,object,object_dependency,"
                    + "schema,sink,source,streaming_job,subscription,system_parameter,table,user,user_privilege,view,worker,"
                    + "worker_property,hummock_sequence,session_parameter";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void everyLayout(SnapshotLayout layout) {
        Seeded.check(20, random -> {
            PlainSnapshot made = new RandomSnapshot(random, layout).make(random.nextLong());
            if (random.nextBoolean()) {
                made.tail = new byte[] {1, 2, 3, 4, 5};
            }
            byte[] bytes = made.bytes();
            SnapshotFile file = Recoded.open(folder, bytes, layout.from().toString());
            assertThat(file.layout()).isEqualTo(layout);
            assertThat(Recoded.bytes(file)).isEqualTo(bytes);
        });
    }

    @ParameterizedTest
    @EnumSource
    void foundOutWhereTheManifestDoesNotSay(SnapshotLayout layout) {
        Seeded.check(20, random -> {
            byte[] bytes = new RandomSnapshot(random, layout).make(7).bytes();
            SnapshotLayout found = Recoded.open(folder, bytes, null).layout();
            // Layouts of as many sections can only be told apart by rows; where there are none it does not matter.
            assertThat(found.sections()).hasSameSizeAs(layout.sections());
            assertThat(Recoded.bytes(Recoded.open(folder, bytes, null))).isEqualTo(bytes);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "1.9.4, 29",
        "1.10.2, 30",
        "2.0.1, 30",
        "2.2.9, 30",
        "2.3.0, 30",
        "2.4.0, 30",
        "2.4.1, 33",
        "2.5.1, 33",
        "2.5.2, 34",
        "2.6.3, 34",
        "2.7.0, 34",
        "2.7.1, 36",
        "2.7.4, 36",
        "2.8.0, 37",
        "2.8.5, 37",
        "3.0.3, 38",
        "3.1.0, 38"
    })
    void sectionsOfEachRelease(String version, int count) {
        SnapshotLayout layout = SnapshotLayout.of(2, io.metawal.connectors.risingwave.RwVersion.parse(version));
        assertThat(layout.sections()).hasSize(count);
    }

    @Test
    void inTheirOrder() {
        List<String> expected = new ArrayList<>(List.of(BASE.split(",")));
        assertThat(names(SnapshotLayout.SQL_1_9)).isEqualTo(expected);
        expected.add("secret");
        assertThat(names(SnapshotLayout.SQL_1_10)).isEqualTo(expected);
        expected.set(6, "fragment_relation");
        assertThat(names(SnapshotLayout.SQL_2_3)).isEqualTo(expected);
        expected.addAll(
                List.of("exactly_once_iceberg_sink_metadata", "iceberg_tables", "iceberg_namespace_properties"));
        assertThat(names(SnapshotLayout.SQL_2_4_1)).isEqualTo(expected);
        expected.add("user_default_privilege");
        assertThat(names(SnapshotLayout.SQL_2_5_2)).isEqualTo(expected);
        expected.remove("actor");
        expected.add("fragment_splits");
        assertThat(names(SnapshotLayout.SQL_2_7_0)).isEqualTo(expected);
        assertThat(expected.indexOf("hummock_sequence")).isEqualTo(26);
        expected.addAll(List.of("refresh_job", "cdc_table_snapshot_splits"));
        assertThat(names(SnapshotLayout.SQL_2_7_1)).isEqualTo(expected);
        expected.add(expected.indexOf("refresh_job"), "pending_sink_state");
        assertThat(names(SnapshotLayout.SQL_2_8)).isEqualTo(expected);
        expected.add("hummock_table_change_log");
        assertThat(names(SnapshotLayout.SQL_3_0)).isEqualTo(expected);
    }

    private static List<String> names(SnapshotLayout layout) {
        return layout.sections().stream().map(Section::name).toList();
    }

    @Test
    void everyTableHasItsSpace() {
        assertThat(SqlModel.TABLE.space().name()).isEqualTo("catalog.sql_table");
        assertThat(SqlModel.HUMMOCK_SEQUENCE.space()).isEqualTo(io.metawal.connectors.risingwave.RwSpaces.ID_SEQUENCE);
        for (SqlModel table : SqlModel.values()) {
            assertThat(SqlModel.ofSpace(table.space())).contains(table);
        }
    }
}
