package io.metawal.connectors.risingwave.sql;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.risingwave.backup.SnapshotFixtures;
import io.metawal.connectors.risingwave.backup.SnapshotFixtures.Stored;
import io.metawal.connectors.risingwave.snapshot.Section;
import io.metawal.connectors.risingwave.snapshot.SnapshotFile;
import io.metawal.connectors.risingwave.snapshot.SnapshotVisitor;
import io.metawal.connectors.risingwave.snapshot.VersionForm;
import io.metawal.connectors.sql.row.RowCodec;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows that RisingWave's own models wrote become rows of a database, of every kind, and the same rows again. */
class SnapshotFixtureRowsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    static Stream<Named<Stored>> snapshots() throws IOException {
        return SnapshotFixtures.snapshots().stream()
                .filter(stored -> stored.getPayload().entry().formatVersion() == 2);
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("snapshots")
    void everyRowComesBack(Stored stored) throws IOException {
        Path file = folder.resolve("snapshot");
        Files.write(file, stored.bytes());
        SnapshotFile.open(file, "snapshot", stored.entry().version()).read(new SnapshotVisitor() {
            @Override
            public void row(Section section, ByteString row) {
                SqlModel model = section.table();
                if (model == null) {
                    return;
                }
                for (SqlEngine engine : SqlEngine.values()) {
                    try {
                        assertComesBack(model, engine, row);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            }

            @Override
            public void version(VersionForm form, long length, InputStream bytes) {}
        });
    }

    private static void assertComesBack(SqlModel model, SqlEngine engine, ByteString row) throws IOException {
        JsonNode before = JSON.readTree(row.toByteArray());
        // A release has not every column that others have.
        SqlTable all = RwTables.of(model, engine);
        SqlTable table = new SqlTable(
                engine,
                all.schema(),
                all.name(),
                all.columns().stream()
                        .filter(column -> before.has(column.name()))
                        .toList(),
                all.primaryKey(),
                all.parents(),
                all.ddl(),
                all.links());
        SqlRow captured = RowCodec.decode(RowCodec.encode(SnapshotToRows.row(model, table, row)));
        JsonNode after =
                JSON.readTree(RowsToSnapshot.row(model, table, captured).toByteArray());
        assertThat(after).as("%s on %s", model.table(), engine).isEqualTo(before);
    }
}
