package io.metawal.connectors.sql.target;

import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.fault.UsageException;
import java.util.List;

/** Tables that are to be made as they were captured, in the schema of a URL. */
final class NewTables {
    private NewTables() {}

    static List<SqlTable> of(Content content, SqlUrl url, SqlEngine server) {
        if (content.captured().isEmpty()) {
            throw new UsageException(
                    "the image does not say what its tables look like, so --create-schema cannot make them:"
                            + " make them first, with the migrations of RisingWave, and restore without it");
        }
        return content.captured().values().stream()
                .map(table -> of(table, url, server))
                .toList();
    }

    private static SqlTable of(SqlTable table, SqlUrl url, SqlEngine server) {
        if (table.engine() != server) {
            throw new UnsupportedFormatException("the table " + table.name() + " was captured from "
                    + table.engine().word()
                    + ", and " + url + " is " + server.word()
                    + ": --create-schema makes tables only in the kind of database"
                    + " that they came from. Make them first, and restore without it");
        }
        return new SqlTable(
                table.engine(),
                url.schema(),
                table.name(),
                table.columns(),
                table.primaryKey(),
                table.parents(),
                table.ddl(),
                table.links());
    }
}
