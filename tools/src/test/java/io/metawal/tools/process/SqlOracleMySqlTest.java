package io.metawal.tools.process;

import io.metawal.connectors.risingwave.simulated.sql.SqlLevel;
import io.metawal.connectors.sql.row.SqlEngine;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link SqlOracle} on MySql. */
@Tag("server")
@Tag("process")
class SqlOracleMySqlTest {
    @TempDir
    Path temporary;

    @Test
    void everyTransactionIsWhatTheDatabaseHeld() {
        SqlOracle.everyTransactionIsWhatTheDatabaseHeld(temporary, SqlEngine.MYSQL, SqlLevel.V3_0, 3, 1);
    }
}
