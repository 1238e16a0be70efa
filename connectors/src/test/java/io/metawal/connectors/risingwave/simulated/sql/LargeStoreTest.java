package io.metawal.connectors.risingwave.simulated.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.risingwave.files.CheckpointCodec;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.simulated.SqlEraDeltas;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectKey;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("server")
class LargeStoreTest {
    @TempDir
    Path directory;

    @Test
    void everyEngineIsFilledAndCountsOnBehindIt() throws Exception {
        try (Stores stores = new Stores(directory)) {
            for (SqlEngine engine : List.of(SqlEngine.SQLITE, SqlEngine.POSTGRESQL, SqlEngine.MARIADB)) {
                for (SqlLevel level : SqlLevel.values()) {
                    MemoryObjectStore objects = new MemoryObjectStore(InstantSource.fixed(Instant.EPOCH));
                    try (Connection connection = stores.create(engine).open();
                            Statement statement = connection.createStatement()) {
                        level.create(connection, engine);
                        HummockVersion version = new LargeStore(
                                        SimulatedSqlRisingWave.settings(1, level), level, engine)
                                .fill(connection, objects, 450, 2300, 300, 700);

                        SqlDump rows = SqlDump.of(connection, engine);
                        assertThat(rows.rows("object")).hasSize(455);
                        assertThat(rows.rows("table")).hasSize(450);
                        assertThat(rows.rows("streaming_job")).hasSize(450);
                        assertThat(rows.rows("fragment")).hasSize(2300);
                        assertThat(SqlEraDeltas.ssts(version)).isGreaterThanOrEqualTo(700);
                        assertThat(SqlEraDeltas.tables(version)).hasSize(450).contains(1001, 1450);
                        byte[] stored = objects.read(new ObjectKey("hummock_001/checkpoint/0"));
                        assertThat(CheckpointCodec.decode(stored, "it").getVersion())
                                .isEqualTo(version);
                        statement.execute("INSERT INTO " + new Ddl(engine).quoted("object")
                                + " (obj_type, owner_id) VALUES ('VIEW', 1)");
                        connection.commit();
                        assertThat(SqlDump.of(connection, engine).rows("object"))
                                .anyMatch(row -> "1451".equals(row.get("oid")));
                    }
                }
            }
        }
    }
}
