package io.metawal.connectors.risingwave.sqltarget;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.risingwave.RwPlaces;
import io.metawal.connectors.risingwave.files.HummockParameters;
import io.metawal.connectors.risingwave.files.RwFiles;
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
import io.metawal.metadata.port.RestoreTarget;
import io.metawal.testkit.files.FaultMatrix;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** I4: what happens to a temporary file between the proof and RisingWave's meta store, or a file of it, ends in exit 6. */
@Tag("server")
final class RwSqlSpoolFaultTest {
    private static final RestorePoint POINT =
            new RestorePoint("c1", new Provenance(1, 7, 0, 0, Chain.GENESIS, new Digest(1, 2, 3)));

    @TempDir
    Path directory;

    /** Counts the checkpoints, which come last. */
    private static final class Counted implements RwFiles {
        private int checkpoints;

        @Override
        public void check(HummockVersion version, HummockParameters parameters) {}

        @Override
        public void checkpoint(HummockVersion version, HummockParameters parameters) {
            checkpoints++;
        }
    }

    private static void into(RestoreTarget target, List<Entry> entries) {
        target.prepare(POINT);
        entries.forEach(target::write);
        target.publish();
    }

    @Test
    void ofAMetaStore() throws Exception {
        try (TestDatabases databases = new TestDatabases()) {
            List<Entry> entries = entries(databases);
            List<String> files = new FaultMatrix(directory, 2, 4).run(() -> new FaultMatrix.Attempt() {
                private final SqlUrl url = databases.fresh(SqlEngine.SQLITE);
                private final Counted counted = new Counted();

                @Override
                public void restore(Path scratch) {
                    SqlTargetOptions options = new SqlTargetOptions(SqlTargetOptions.Schema.CREATE, scratch);
                    try (RwSqlTarget target = new RwSqlTarget(url, options, RwPlaces.AS_CAPTURED, counted)) {
                        into(target, entries);
                    }
                }

                @Override
                public void assertRestored() {
                    assertThat(counted.checkpoints).isEqualTo(1);
                    assertThat(TestDatabases.rows(url).get("object")).isNotEmpty();
                }

                @Override
                public void assertNothingVisible() {
                    assertThat(counted.checkpoints).isZero();
                    assertThat(TestDatabases.rows(url)).isEmpty();
                }
            });
            assertThat(files).hasSizeGreaterThan(20).allMatch(file -> file.endsWith(".rows"));
        }
    }

    private static List<Entry> entries(TestDatabases databases) throws Exception {
        return new FilledStore(databases.fresh(SqlEngine.SQLITE), SqlLevel.V2_6)
                .entries().stream()
                        .sorted(Comparator.comparing(Entry::entryKey))
                        .toList();
    }

    @Test
    void ofAFileOfSqlWithItsCheckpoint() throws Exception {
        try (TestDatabases databases = new TestDatabases()) {
            List<Entry> entries = entries(databases);
            List<String> files = new FaultMatrix(directory, 2, 100).run(() -> new FaultMatrix.Attempt() {
                private Path folder = directory;

                @Override
                public void restore(Path scratch) {
                    folder = scratch;
                    SqlTargetOptions options =
                            new SqlTargetOptions(SqlTargetOptions.Schema.CREATE, scratch.resolve("scratch"));
                    try (RwSqlDumpTarget target = new RwSqlDumpTarget(
                            scratch.resolve("meta.sql"), null, options, RwPlaces.AS_CAPTURED, new Counted())) {
                        into(target, entries);
                    }
                }

                @Override
                public void assertRestored() throws Exception {
                    assertThat(FaultMatrix.names(folder))
                            .containsExactlyInAnyOrder("meta.sql", "meta.sql.checkpoint", "scratch");
                }

                @Override
                public void assertNothingVisible() throws Exception {
                    assertThat(FaultMatrix.names(folder)).containsExactly("scratch");
                }
            });
            assertThat(files)
                    .anyMatch(file -> file.startsWith(".metawal-part-"))
                    .anyMatch(file -> file.startsWith(".metawal-part-"));
        }
    }
}
