package io.metawal.connectors.sql.target;

import io.metawal.connectors.file.LineSink;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.connectors.sql.row.SqlRow;
import io.metawal.connectors.sql.row.SqlTable;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/** For psql: rows by {@code COPY … FROM STDIN}. */
final class PostgresDump implements DumpWriter {
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    @Override
    public String name(SqlTable table) {
        return SqlText.quoted(SqlEngine.POSTGRESQL, table.name());
    }

    @Override
    public String command(Path file) {
        return "psql -v ON_ERROR_STOP=1 -f " + file + " DATABASE";
    }

    @Override
    public void begin(Consumer<String> lines) {
        lines.accept("\\set ON_ERROR_STOP on");
        lines.accept("SET client_encoding = 'UTF8';");
        lines.accept("SET standard_conforming_strings = on;");
        lines.accept("SET TIME ZONE 'UTC';");
        lines.accept("SET DateStyle = 'ISO, YMD';");
        lines.accept("SET IntervalStyle = 'postgres';");
        lines.accept("BEGIN;");
    }

    @Override
    public void create(SqlTable table, Consumer<String> lines) {
        table.ddl().forEach(statement -> lines.accept(statement + ";"));
    }

    @Override
    public void before(
            TableOrder order, Map<String, Long> counters, SqlTargetOptions.Schema schema, Consumer<String> lines) {
        if (schema == SqlTargetOptions.Schema.EXISTING) {
            lines.accept("SET CONSTRAINTS ALL DEFERRED;");
            order.tables().stream()
                    .filter(table -> order.early().contains(table.name()))
                    .forEach(table -> PostgresTarget.namesOfLinks(table)
                            .forEach(link -> lines.accept(
                                    "ALTER TABLE " + name(table) + " DROP CONSTRAINT IF EXISTS " + link + ";")));
        }
    }

    @Override
    public void open(SqlTable table, LineSink out) {
        String columns = String.join(
                ", ",
                table.columns().stream()
                        .map(column -> SqlText.quoted(SqlEngine.POSTGRESQL, column.name()))
                        .toList());
        out.line("COPY " + name(table) + " (" + columns + ") FROM STDIN;");
    }

    @Override
    public void row(SqlTable table, SqlRow row, LineSink out) {
        line.reset();
        PostgresCopy.line(table, row, line);
        out.write(line.toByteArray());
    }

    @Override
    public void end(LineSink out) {
        out.line("\\.");
    }

    @Override
    public void after(
            TableOrder order,
            Map<String, Long> counters,
            RowDigests written,
            SqlTargetOptions.Schema schema,
            Consumer<String> lines) {
        for (SqlTable table : order.tables()) {
            if (schema == SqlTargetOptions.Schema.CREATE || order.early().contains(table.name())) {
                table.links().forEach(statement -> lines.accept(statement + ";"));
            }
            long last = Math.max(counters.getOrDefault(table.name(), 0L), written.largest(table));
            if (last > 0 && table.counter().isPresent()) {
                lines.accept(PostgresCounters.set(table, last) + ";");
            }
            PostgresCounters.setOthers(table).forEach(statement -> lines.accept(statement + ";"));
        }
    }
}
