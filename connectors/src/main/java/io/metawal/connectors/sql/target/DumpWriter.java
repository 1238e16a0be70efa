package io.metawal.connectors.sql.target;

import io.metawal.connectors.file.LineSink;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/** One kind of database's own words for a dump. */
interface DumpWriter {
    static DumpWriter of(SqlEngine engine) {
        return switch (engine) {
            case POSTGRESQL -> new PostgresDump();
            case MYSQL, MARIADB, SQLITE -> new InsertDump(engine);
        };
    }

    String name(SqlTable table);

    String command(Path file);

    void begin(Consumer<String> lines);

    void create(SqlTable table, Consumer<String> lines);

    /** What comes between the tables and the first row: in MySQL the transaction begins here. */
    void before(TableOrder order, Map<String, Long> counters, SqlTargetOptions.Schema schema, Consumer<String> lines);

    void open(SqlTable table, LineSink out);

    void row(SqlTable table, SqlRow row, LineSink out);

    void end(LineSink out);

    void after(
            TableOrder order,
            Map<String, Long> counters,
            RowDigests written,
            SqlTargetOptions.Schema schema,
            Consumer<String> lines);
}
