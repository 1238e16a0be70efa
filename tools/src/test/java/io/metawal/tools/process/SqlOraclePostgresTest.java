package io.metawal.tools.process;

import io.metawal.connectors.risingwave.simulated.sql.SqlLevel;
import io.metawal.connectors.sql.row.SqlEngine;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link SqlOracle} on Postgres. */
@Tag("server")
@Tag("process")
class SqlOraclePostgresTest {
    @TempDir
    Path temporary;

    @ParameterizedTest
    @CsvSource({"V2_1, 2, 1", "V3_0, 2, 1", "V2_6, 6, 2"})
    void everyTransactionIsWhatTheDatabaseHeld(SqlLevel level, int checked, int kills) {
        SqlOracle.everyTransactionIsWhatTheDatabaseHeld(temporary, SqlEngine.POSTGRESQL, level, checked, kills);
    }
}
