package io.metawal.connectors.risingwave.sqltarget;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.risingwave.RwPlaces;
import io.metawal.connectors.risingwave.files.HummockParameters;
import io.metawal.connectors.risingwave.files.ObjectIds;
import io.metawal.connectors.risingwave.files.RwFiles;
import io.metawal.connectors.risingwave.outside.ObjectIdFloor;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.simulated.sql.SqlLevel;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.target.SqlTargetOptions;
import io.metawal.connectors.sql.target.TestDatabases;
import io.metawal.metadata.commit.Chain;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A10, A12: time travel goes back where a job needs it, and ids of objects continue after every file that is there. */
@Tag("process")
@Tag("server")
final class RwSqlOutsideTest {
    private static final TestDatabases DATABASES = new TestDatabases();
    private static final RestorePoint POINT =
            new RestorePoint("c1", new Provenance(1, 7, 0, 0, Chain.GENESIS, new Digest(1, 2, 3)));
    private static final List<String> TIME_TRAVEL = List.of(
            "hummock_time_travel_version",
            "hummock_time_travel_delta",
            "hummock_sstable_info",
            "hummock_epoch_to_version");

    private final Bucket files = new Bucket();
    private FilledStore source;

    /** A data directory whose files are known. */
    private static final class Bucket implements RwFiles {
        private OptionalLong greatest = OptionalLong.empty();
        private List<Long> asked = List.of();

        @Override
        public void check(HummockVersion version, HummockParameters parameters) {
            throw new AssertionError("rows may refer to files, too");
        }

        @Override
        public void check(HummockVersion version, ObjectIds besides, HummockParameters parameters) {
            asked = Arrays.stream(besides.sorted()).boxed().toList();
        }

        @Override
        public OptionalLong greatestObject(HummockParameters parameters) {
            return greatest;
        }

        @Override
        public void checkpoint(HummockVersion version, HummockParameters parameters) {}
    }

    @BeforeEach
    void fill() throws SQLException {
        source = new FilledStore(DATABASES.fresh(SqlEngine.SQLITE), SqlLevel.V2_6);
        TestDatabases.run(
                source.url, "UPDATE hummock_sequence SET name = 'sstable_object', seq = 100 WHERE name = 'sequence 1'");
    }

    @AfterAll
    static void stop() {
        DATABASES.close();
    }

    private void backfilling() throws SQLException {
        // Every number in row N is N: fragment 2 is of job 2.
        TestDatabases.run(
                source.url,
                "UPDATE streaming_job SET job_status = 'CREATING' WHERE job_id = 2",
                "UPDATE fragment SET fragment_type_mask = 2048 WHERE fragment_id = 2");
    }

    private RestoreReport restore(SqlUrl into, TimeTravel timeTravel) throws SQLException {
        SqlTargetOptions options = new SqlTargetOptions(
                SqlTargetOptions.Schema.CREATE, DATABASES.directory().resolve("scratch"));
        List<Entry> entries = source.entries().stream()
                .sorted(Comparator.comparing(Entry::entryKey))
                .toList();
        try (RwSqlTarget target = new RwSqlTarget(into, options, RwPlaces.AS_CAPTURED, files, timeTravel)) {
            target.prepare(POINT);
            entries.forEach(target::write);
            return target.publish();
        }
    }

    private static int rows(SqlUrl url, String table) {
        return Objects.requireNonNull(TestDatabases.rows(url).get(table)).size();
    }

    private static long nextObject(SqlUrl url) {
        return Objects.requireNonNull(TestDatabases.rows(url).get("hummock_sequence")).stream()
                .filter(row -> "sstable_object".equals(row.value("name")))
                .mapToLong(row -> (Long) Objects.requireNonNull(row.value("seq")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aJobThatReadsOlderVersionsBringsTimeTravelBack() throws SQLException {
        backfilling();
        SqlUrl into = DATABASES.fresh(SqlEngine.SQLITE);
        RestoreReport report = restore(into, TimeTravel.WHERE_NEEDED);
        assertThat(TIME_TRAVEL)
                .allSatisfy(table -> assertThat(rows(into, table)).isEqualTo(5));
        assertThat(files.asked).as("their files are looked for").containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(report.notes()).anyMatch(note -> note.startsWith("20 rows of time travel are restored, since jobs"));
        SqlUrl without = DATABASES.fresh(SqlEngine.SQLITE);
        RestoreReport said = restore(without, TimeTravel.NEVER);
        assertThat(TIME_TRAVEL)
                .allSatisfy(table -> assertThat(rows(without, table)).isZero());
        assertThat(said.notes()).anyMatch(note -> note.startsWith("no rows of time travel are restored, though jobs"));
    }

    @Test
    void noJobNeedsIt() throws SQLException {
        SqlUrl into = DATABASES.fresh(SqlEngine.SQLITE);
        RestoreReport report = restore(into, TimeTravel.WHERE_NEEDED);
        assertThat(TIME_TRAVEL)
                .allSatisfy(table -> assertThat(rows(into, table)).isZero());
        assertThat(files.asked).isEmpty();
        assertThat(report.notes()).noneMatch(note -> note.contains("rows of time travel are restored"));
        SqlUrl asked = DATABASES.fresh(SqlEngine.SQLITE);
        restore(asked, TimeTravel.ALWAYS);
        assertThat(TIME_TRAVEL)
                .allSatisfy(table -> assertThat(rows(asked, table)).isEqualTo(5));
    }

    @Test
    void idsContinueAfterTheFiles() throws SQLException {
        files.greatest = OptionalLong.of(5000);
        SqlUrl into = DATABASES.fresh(SqlEngine.SQLITE);
        RestoreReport report = restore(into, TimeTravel.WHERE_NEEDED);
        assertThat(nextObject(into)).isEqualTo(5001 + ObjectIdFloor.MARGIN);
        assertThat(report.notes())
                .anyMatch(
                        note -> note.startsWith("object ids continue at 15001, not at 100: the greatest id of a file in"
                                + " the data directory is 5000"));
        assertThat(TestDatabases.rows(into).get("hummock_sequence")).hasSize(5);
    }

    @Test
    void aGeneratorThatIsFurtherStays() throws SQLException {
        TestDatabases.run(source.url, "UPDATE hummock_sequence SET seq = 70000 WHERE name = 'sstable_object'");
        files.greatest = OptionalLong.of(5000);
        SqlUrl into = DATABASES.fresh(SqlEngine.SQLITE);
        assertThat(restore(into, TimeTravel.WHERE_NEEDED).notes()).noneMatch(note -> note.startsWith("object ids"));
        assertThat(nextObject(into)).isEqualTo(70000);
        files.greatest = OptionalLong.empty();
        SqlUrl unseen = DATABASES.fresh(SqlEngine.SQLITE);
        restore(unseen, TimeTravel.WHERE_NEEDED);
        assertThat(nextObject(unseen)).isEqualTo(70000);
    }
}
