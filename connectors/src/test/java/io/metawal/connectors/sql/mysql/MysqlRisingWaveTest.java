package io.metawal.connectors.sql.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.risingwave.simulated.sql.SimulatedSqlRisingWave;
import io.metawal.connectors.risingwave.simulated.sql.SqlLevel;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.testkit.sql.BinlogServer;
import java.sql.Connection;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** RisingWave's meta store, whose catalog goes by cascades, captured row by row and held against what a read gives. */
@Tag("server")
@ParameterizedClass
@EnumSource(
        value = Brand.class,
        names = {"MARIADB", "MYSQL_WITHOUT_GTIDS"})
final class MysqlRisingWaveTest {
    private final Brand brand;
    private final BinlogServer server;

    MysqlRisingWaveTest(Brand brand) {
        this.brand = brand;
        server = brand.shared();
    }

    private SimulatedSqlRisingWave risingWave(Captured it, SqlLevel level) throws Exception {
        try (Connection connection = server.connect(it.database())) {
            level.create(connection, brand.engine());
        }
        return new SimulatedSqlRisingWave(
                SimulatedSqlRisingWave.settings(7, level).withLimits(20, 150),
                level,
                brand.engine(),
                () -> server.connect(it.database()),
                new MemoryObjectStore(InstantSource.fixed(Instant.EPOCH)));
    }

    /** Every commit of the capture against the simulation's own count, and the rows against a read, again and again. */
    @Test
    void aHistoryOfTheCatalog() throws Exception {
        try (Captured it = new Captured(server, "rw_history");
                SimulatedSqlRisingWave risingWave = risingWave(it, SqlLevel.V2_6)) {
            it.start().caughtUp();
            Map<String, Integer> told = new HashMap<>();
            risingWave.addListener(description -> told.merge("transactions", 1, Integer::sum));
            risingWave.bootstrap();
            for (int round = 0; round < 4; round++) {
                for (int step = 0; step < 40; step++) {
                    risingWave.step();
                }
                it.same();
            }
            assertThat(it.gaps()).isEmpty();
            assertThat(it.transactions().size()).isGreaterThan(100);
            assertThat(told.get("transactions")).isGreaterThan(100);
        }
    }

    @Test
    void severalWritersAndAMigrationAmongThem() throws Exception {
        try (Captured it = new Captured(server, "rw_together");
                SimulatedSqlRisingWave risingWave = risingWave(it, SqlLevel.V2_6)) {
            risingWave.bootstrap();
            it.start().caughtUp();
            risingWave.runTogether(2, 40);
            it.same();
            assertThat(it.gaps()).isEmpty();
            risingWave.endLongTransaction();
            try (Connection connection = server.connect(it.database())) {
                SqlLevel.V2_6.migrate(connection, brand.engine(), SqlLevel.V3_0);
            }
            it.same();
            assertThat(it.gaps()).isNotEmpty();
            assertThat(it.gaps().get(0)).contains("(at binlog.");
        }
    }
}
