package io.metawal.connectors.sql.mysql;

import io.metawal.connectors.sql.binlog.Gtids;
import io.metawal.connectors.sql.binlog.MariaGtids;
import io.metawal.connectors.sql.binlog.MysqlGtids;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlTable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What MariaDB and MySQL differ in, of one server, over its connection. */
interface Flavour {
    List<Setting> WHOLE_ROWS = List.of(
            new Setting("log_bin", "ON"), new Setting("binlog_format", "ROW"), new Setting("binlog_row_image", "FULL"));

    /** GTIDs as that kind of server writes them. */
    static Gtids gtids(SqlEngine engine, String text) {
        return engine == SqlEngine.MARIADB ? MariaGtids.parse(text) : MysqlGtids.parse(text);
    }

    SqlEngine engine();

    /** The same on every server that holds this history, as far as the server can tell. */
    String identity();

    /** @throws io.metawal.metadata.fault.UnsupportedFormatException for a version whose log is not read */
    void checkVersion();

    /** What must be so for every change of a row to be in the log. */
    default List<Setting> settings() {
        return Stream.concat(WHOLE_ROWS.stream(), ownSettings().stream()).toList();
    }

    /** Those of this kind of server alone. */
    List<Setting> ownSettings();

    /** A variable of the server's; one that it does not have is right. */
    record Setting(String variable, String expected) {}

    /** What a user needs: of the server, then of the database. */
    List<Right> rights();

    /**
     * A privilege.
     *
     * @param name as it stands in the statement that grants it
     * @param or other names that serve as well
     */
    record Right(String name, List<String> or, On on) {
        enum On {
            SERVER,
            DATABASE
        }
    }

    /** Asks for the end of the log: a row of {@code file}, {@code position}, {@code binlog_do_db}, {@code binlog_ignore_db}. */
    String statusQuery();

    /** Begins a read of one moment; the tables are all that it is going to be asked for. */
    Snapshot snapshot(List<SqlTable> tables);

    /** As {@code SourceLog.lost}. */
    Optional<String> lost(MysqlPosition at);

    /** Whether the server's log still has these that were read from it. */
    boolean knows(Gtids gtids);
}
