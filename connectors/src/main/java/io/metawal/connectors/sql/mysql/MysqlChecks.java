package io.metawal.connectors.sql.mysql;

import io.metawal.connectors.sql.cascade.Cascades;
import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.fault.UsageException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether a server can be captured: what it is, how it writes its log, what the user may do, and of what kind the tables are. */
final class MysqlChecks {
    private static final String ENGINES = "SELECT TABLE_NAME AS name, ENGINE AS engine FROM information_schema.TABLES"
            + " WHERE TABLE_SCHEMA = ? AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')";

    private MysqlChecks() {}

    static void server(MysqlServer server) {
        if (!server.isMariaDb()) {
            throw new UnsupportedFormatException(server.url() + " is MySQL " + server.version()
                    + ": only MariaDB's binary log is read, since MySQL's was never tried. To capture this database, let a"
                    + " MariaDB server replicate it, and capture that one");
        }
        List<String> wrong = new ArrayList<>();
        expect(server, wrong, "log_bin", "ON");
        expect(server, wrong, "binlog_format", "ROW");
        expect(server, wrong, "binlog_row_image", "FULL");
        expect(server, wrong, "log_bin_compress", "OFF");
        expect(server, wrong, "mysql56_temporal_format", "ON");
        if (!wrong.isEmpty()) {
            throw new UsageException(
                    server.url() + " does not write its binary log so that every change of a row can be"
                            + " read from it: " + String.join("; ", wrong)
                            + ". Set this in the server's configuration and start it anew; sessions keep what they had before");
        }
    }

    private static void expect(MysqlServer server, List<String> wrong, String variable, String expected) {
        String found = server.variable(variable);
        if (!found.equals(expected) && !found.isEmpty()) {
            wrong.add("expected " + variable + "=" + expected + ", found " + found);
        }
    }

    static void privileges(MysqlServer server) {
        List<String> grants = server.rows("SHOW GRANTS").stream()
                .map(row -> String.valueOf(row.values().values().iterator().next()))
                .toList();
        String who = server.rows("SELECT CURRENT_USER() AS who").get(0).text("who");
        int at = who.lastIndexOf('@');
        String user = "'" + who.substring(0, at).replace("'", "''") + "'@'" + who.substring(at + 1) + "'";
        List<String> missing = MysqlGrants.missing(grants, server.url().schema(), user);
        if (!missing.isEmpty()) {
            throw new MetawalException(
                    ExitCode.ACCESS_DENIED,
                    server.url() + ": the user lacks what a capture needs. To allow it: " + String.join(" ", missing));
        }
    }

    static void tables(MysqlServer server, Collection<SqlTable> tables) {
        Set<String> captured = tables.stream().map(SqlTable::name).collect(Collectors.toSet());
        List<String> others = new ArrayList<>();
        for (Query.Row row : server.rows(ENGINES, server.url().schema())) {
            if (captured.contains(row.text("name")) && !row.text("engine").equalsIgnoreCase("InnoDB")) {
                others.add(row.text("name") + " (" + row.text("engine") + ")");
            }
        }
        if (!others.isEmpty()) {
            throw new UnsupportedFormatException(
                    server.url() + ": expected tables of InnoDB, which can be read as of one moment"
                            + " and rolled back, found " + String.join(", ", others)
                            + ". Change them (ALTER TABLE … ENGINE=InnoDB), or leave them out");
        }
        Cascades.check(server.url(), tables);
        LoggedColumns.read(server, tables);
    }
}
