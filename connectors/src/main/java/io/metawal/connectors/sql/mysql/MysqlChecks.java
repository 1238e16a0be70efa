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
        Flavour flavour = server.flavour();
        flavour.checkVersion();
        List<String> wrong = new ArrayList<>();
        for (Flavour.Setting setting : flavour.settings()) {
            String found = server.variable(setting.variable());
            if (!found.equals(setting.expected()) && !found.isEmpty()) {
                wrong.add("expected " + setting.variable() + "="
                        + (setting.expected().isEmpty() ? "''" : setting.expected()) + ", found " + found);
            }
        }
        if (!wrong.isEmpty()) {
            throw new UsageException(
                    server.url() + " does not write its binary log so that every change of a row can be"
                            + " read from it: " + String.join("; ", wrong)
                            + ". Set this in the server's configuration and start it anew; sessions keep what they had before");
        }
    }

    /** Databases that the log leaves out; asked for once the user may ask. */
    static void filters(MysqlServer server) {
        Query.Row status = server.status();
        String schema = server.url().schema();
        List<String> only = List.of(status.text("binlog_do_db").split(",", -1));
        List<String> without = List.of(status.text("binlog_ignore_db").split(",", -1));
        if (!only.equals(List.of("")) && !only.contains(schema) || without.contains(schema)) {
            throw new UsageException(server.url() + " leaves the database " + schema
                    + " out of its binary log: expected it not to, found binlog-do-db="
                    + status.text("binlog_do_db") + ", binlog-ignore-db=" + status.text("binlog_ignore_db")
                    + ". Change this in the server's configuration and start it anew");
        }
    }

    static void privileges(MysqlServer server) {
        List<String> grants = server.rows("SHOW GRANTS").stream()
                .map(row -> String.valueOf(row.values().values().iterator().next()))
                .toList();
        String who = server.rows("SELECT CURRENT_USER() AS who").get(0).text("who");
        int at = who.lastIndexOf('@');
        String user = "'" + who.substring(0, at).replace("'", "''") + "'@'" + who.substring(at + 1) + "'";
        List<String> missing = MysqlGrants.missing(server.flavour().rights(), grants, server.url().schema(), user);
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
