package io.metawal.connectors.sql.postgres;

import io.metawal.connectors.sql.cdc.FieldForm;
import io.metawal.connectors.sql.cdc.FieldValues;
import io.metawal.connectors.sql.jdbc.Moments;
import io.metawal.connectors.sql.jdbc.Query;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.connectors.sql.row.SqlType;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** PostgreSQL's values as Debezium tells them, exactly as {@code COPY} prints them. */
final class PgValues {
    /** Types without a better place that Debezium tells as they are printed; enumerations are among them. */
    private static final Set<String> PRINTED_THE_SAME = Set.of(
            "inet",
            "cidr",
            "macaddr",
            "macaddr8",
            "int4range",
            "int8range",
            "numrange",
            "tsrange",
            "xml",
            "tsvector",
            "ltree");

    private static final String TYPES = "SELECT c.relname, a.attname, t.typname, t.typtype FROM pg_attribute a"
            + " JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
            + " JOIN pg_type t ON t.oid = a.atttypid WHERE n.nspname = ? AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped";
    // What Debezium makes of infinity, which PostgreSQL's driver counts in ms and Debezium takes for µs.
    private static final long POSITIVE = 9_223_372_036_825_200_000L;
    private static final long NEGATIVE = -9_223_372_036_832_400_000L;
    private static final LocalDate DATE_POSITIVE = LocalDate.parse("-5877611-06-21");
    private static final LocalDate DATE_NEGATIVE = LocalDate.parse("-5877611-06-22");
    private static final int YEAR_DIGITS_MAX = 9999;

    private PgValues() {}

    /** Refuses columns whose values Debezium would tell otherwise than they are read. */
    static void check(SqlUrl url, PgLink link, Collection<SqlTable> tables) {
        if (tables.stream().noneMatch(table -> !printed(table).isEmpty())) {
            return;
        }
        Map<String, Query.Row> types = new HashMap<>();
        link.rows(TYPES, url.schema()).forEach(row -> types.put(row.text("relname") + "/" + row.text("attname"), row));
        for (SqlTable table : tables) {
            for (SqlColumn column : printed(table)) {
                Query.Row type = types.get(table.name() + "/" + column.name());
                if (type == null
                        || !type.text("typtype").equals("e") && !PRINTED_THE_SAME.contains(type.text("typname"))) {
                    throw new UnsupportedFormatException(url + ": table " + table + ", column \"" + column.name()
                            + "\": expected a type that PostgreSQL's log tells as it is read, found "
                            + column.declared()
                            + ". Leave the table out with --exclude-table " + table.name() + ", or change the column's type");
                }
            }
        }
    }

    private static List<SqlColumn> printed(SqlTable table) {
        return table.columns().stream()
                .filter(column -> column.type() == SqlType.PRINTED)
                .toList();
    }

    static Object of(SqlColumn column, FieldForm form, Object value) {
        return switch (column.type()) {
            case DECIMAL -> decimal(FieldValues.text(column, form, value));
            case DATE -> date(FieldValues.number(column, form, value));
            case TIMESTAMP -> timestamp(FieldValues.micros(column, form, value));
            case TIMESTAMP_ZONED -> zoned(FieldValues.text(column, form, value));
            default -> FieldValues.of(column, form, value);
        };
    }

    private static String decimal(String text) {
        return switch (text) {
            case "NOT_A_NUMBER", "NAN" -> "NaN";
            case "POSITIVE_INFINITY" -> "Infinity";
            case "NEGATIVE_INFINITY" -> "-Infinity";
            default -> text;
        };
    }

    private static String date(long day) {
        if (day == DATE_POSITIVE.toEpochDay()) {
            return "infinity";
        }
        return day == DATE_NEGATIVE.toEpochDay() ? "-infinity" : year(LocalDate.ofEpochDay(day), "");
    }

    private static String timestamp(long micros) {
        if (micros == POSITIVE) {
            return "infinity";
        }
        return micros == NEGATIVE
                ? "-infinity"
                : moment(LocalDateTime.ofInstant(FieldValues.instant(micros), ZoneOffset.UTC), "");
    }

    private static String zoned(String iso) {
        if (iso.endsWith("infinity")) {
            return iso;
        }
        return moment(
                java.time.OffsetDateTime.parse(iso)
                        .withOffsetSameInstant(ZoneOffset.UTC)
                        .toLocalDateTime(),
                "Z");
    }

    private static String moment(LocalDateTime time, String zone) {
        LocalTime clock = time.toLocalTime().truncatedTo(ChronoUnit.MICROS);
        return year(time.toLocalDate(), " " + Moments.time(clock) + zone);
    }

    /** Before the year 1 and after 9999, PostgreSQL counts as people do, not as ISO 8601 does. */
    private static String year(LocalDate date, String rest) {
        if (date.getYear() >= 1 && date.getYear() <= YEAR_DIGITS_MAX) {
            return Moments.date(date) + rest;
        }
        int year = date.getYear() < 1 ? 1 - date.getYear() : date.getYear();
        return String.format(Locale.ROOT, "%04d-%02d-%02d", year, date.getMonthValue(), date.getDayOfMonth())
                + rest
                + (date.getYear() < 1 ? " BC" : "");
    }
}
