package io.metawal.connectors.sql.target;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlTable;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("process")
@Tag("server")
class RowSizeTest {
    /** A restore that fits is not refused: of small numbers under long names, a file keeps next to nothing. */
    @Test
    void onlyWhatAFileKeepsAsItIsIsCounted() {
        try (TestDatabases databases = new TestDatabases()) {
            SqlUrl url = databases.fresh(SqlEngine.SQLITE);
            TestDatabases.run(
                    url,
                    "CREATE TABLE t (a_name_that_is_long_enough INTEGER PRIMARY KEY, another_long_name TEXT, b BLOB)",
                    "INSERT INTO t VALUES (1, NULL, NULL)",
                    "INSERT INTO t VALUES (2, 'ä', x'010203')");
            SqlTable table = TestDatabases.tables(url).get(0);
            assertThat(Objects.requireNonNull(TestDatabases.rows(url).get("t")).stream()
                            .map(row -> RowSize.keptAsItIs(table, row)))
                    .containsExactlyInAnyOrder(0L, 5L);
        }
    }
}
