package io.metawal.connectors.sql.cdc;

import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** A read of a whole database as it was at one position of its log. */
public interface BaseRead extends AutoCloseable {
    /** Exactly here the log goes on behind what is read. */
    SqlPosition position();

    /** The tables as they are in this read. */
    List<SqlTable> tables();

    void read(SqlTable table, Consumer<SqlRow> rows);

    /** The largest value that the table's counter has handed out; empty where the database does not say. */
    OptionalLong counter(SqlTable table);

    @Override
    void close();
}
