package io.metawal.connectors.risingwave.sqltarget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.connectors.risingwave.RwPlaces;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.risingwave.files.CheckpointCodec;
import io.metawal.connectors.risingwave.files.HummockParameters;
import io.metawal.connectors.risingwave.files.RwFiles;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.simulated.sql.SqlLevel;
import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.target.SqlTargetOptions;
import io.metawal.connectors.sql.target.TestDatabases;
import io.metawal.metadata.commit.Chain;
import io.metawal.metadata.fault.DiskFullException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.testkit.files.FaultyFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("server")
final class RwSqlDumpTargetTest {
    private static final RestorePoint POINT =
            new RestorePoint("c1", new Provenance(1, 7, 0, 0, Chain.GENESIS, new Digest(1, 2, 3)));

    private static final class OnlyAsked implements RwFiles {
        private int asked;

        @Override
        public void check(HummockVersion version, HummockParameters parameters) {
            asked++;
        }

        @Override
        public void checkpoint(HummockVersion version, HummockParameters parameters) {
            throw new AssertionError("a dump touches no files of the cluster");
        }
    }

    /** The dump's place is taken at the last moment: the checkpoint does not stay without it. */
    @Test
    void bothFilesComeTogetherOrNotAtAll() throws Exception {
        try (TestDatabases databases = new TestDatabases()) {
            FilledStore source = new FilledStore(databases.fresh(SqlEngine.SQLITE), SqlLevel.V2_6);
            Path folder = Files.createDirectory(databases.directory().resolve("out"));
            Path file = folder.resolve("meta.sql");
            SqlTargetOptions options = new SqlTargetOptions(
                    SqlTargetOptions.Schema.CREATE, databases.directory().resolve("scratch"));
            RwPlaces places = new RwPlaces("hummock+s3://other", null, null, null);
            try (RwSqlDumpTarget target = new RwSqlDumpTarget(file, null, options, places, new OnlyAsked())) {
                target.prepare(POINT);
                source.entries().stream()
                        .sorted(Comparator.comparing(Entry::entryKey))
                        .forEach(target::write);
                assertThatThrownBy(() -> target.publish(() -> taken(file)))
                        .isInstanceOfSatisfying(
                                MetawalException.class,
                                e -> assertThat(e.code()).isEqualTo(ExitCode.TARGET_NOT_EMPTY));
            }
            assertThat(folder.toFile().list()).containsExactly("meta.sql");
            assertThat(file).hasContent("mine");
        }
    }

    private static void taken(Path file) {
        try {
            Files.writeString(file, "mine");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aPlanRefusesADumpThatThereIsNoRoomFor() throws Exception {
        try (TestDatabases databases = new TestDatabases()) {
            FilledStore source = new FilledStore(databases.fresh(SqlEngine.SQLITE), SqlLevel.V2_6);
            Path folder = Files.createDirectory(databases.directory().resolve("out"));
            Path file = FaultyFiles.withRoom(folder, 1000).directory().resolve("meta.sql");
            SqlTargetOptions options = new SqlTargetOptions(
                    SqlTargetOptions.Schema.CREATE, databases.directory().resolve("scratch"));
            RwPlaces places = new RwPlaces("hummock+s3://other", null, null, null);
            try (RwSqlDumpTarget target = new RwSqlDumpTarget(file, null, options, places, new OnlyAsked())) {
                target.check(POINT);
                source.entries().stream()
                        .sorted(Comparator.comparing(Entry::entryKey))
                        .forEach(target::examine);
                assertThatThrownBy(target::ready)
                        .isInstanceOf(DiskFullException.class)
                        .hasMessageContaining("has 1000 left");
            }
        }
    }

    @Test
    void theStoreAndItsCheckpointAreMadeOfFiles() throws Exception {
        try (TestDatabases databases = new TestDatabases()) {
            FilledStore source = new FilledStore(databases.fresh(SqlEngine.SQLITE), SqlLevel.V2_6);
            Path file = databases.directory().resolve("meta.sql");
            OnlyAsked files = new OnlyAsked();
            SqlTargetOptions options = new SqlTargetOptions(
                    SqlTargetOptions.Schema.CREATE, databases.directory().resolve("scratch"));
            RwPlaces places = new RwPlaces("hummock+s3://other", null, null, null);
            try (RwSqlDumpTarget target = new RwSqlDumpTarget(file, null, options, places, files)) {
                target.prepare(POINT);
                source.entries().stream()
                        .sorted(Comparator.comparing(Entry::entryKey))
                        .forEach(target::write);
                RestoreReport report = target.publish();
                assertThat(report.notes())
                        .contains("once it is loaded, and before the first start, put " + file
                                + ".checkpoint at text '\\ 2"
                                + "/checkpoint/0: without it the store and its files do not fit");
                assertThatThrownBy(() -> target.check(POINT))
                        .isInstanceOfSatisfying(
                                MetawalException.class,
                                e -> assertThat(e.code()).isEqualTo(ExitCode.TARGET_NOT_EMPTY));
            }
            assertThat(files.asked).isEqualTo(1);
            assertThat(CheckpointCodec.decode(Files.readAllBytes(Path.of(file + ".checkpoint")), "checkpoint")
                            .getVersion()
                            .getId())
                    .isEqualTo(FilledStore.VERSION);
            SqlUrl made = databases.fresh(SqlEngine.SQLITE);
            try (Connection connection = TestDatabases.open(made)) {
                for (String statement : Files.readString(file).split(";\n")) {
                    Query.run(connection, statement);
                }
            }
            Map<String, List<SqlRow>> before = TestDatabases.rows(source.url);
            Map<String, List<SqlRow>> after = TestDatabases.rows(made);
            assertThat(after.keySet()).isEqualTo(before.keySet());
            for (SqlModel model : SqlModel.values()) {
                if (model != SqlModel.SYSTEM_PARAMETER && after.containsKey(model.table())) {
                    assertThat(after.get(model.table())).as("%s", model).isEqualTo(before.get(model.table()));
                }
            }
            assertThat(after.get("system_parameter"))
                    .filteredOn(row -> "state_store".equals(row.value("name")))
                    .extracting(row -> row.value("value"))
                    .containsExactly("hummock+s3://other");
            assertThat(after.get("compaction_task")).isEmpty();
        }
    }
}
