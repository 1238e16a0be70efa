package io.metawal.connectors.sql.jdbc;

import io.metawal.connectors.sql.row.SqlType;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/** What PostgreSQL's types are here; a domain is what it is made of. */
final class PostgresTypes {
    private static final String LABELS =
            "SELECT quote_literal(enumlabel) AS label FROM pg_enum WHERE enumtypid = ?::oid ORDER BY enumsortorder";

    private final Connection connection;
    private final String table;

    PostgresTypes(Connection connection, String table) {
        this.connection = connection;
        this.table = table;
    }

    SqlType of(Query.Row column) {
        SqlType type = ofBase(column.text("base"));
        if (type == SqlType.PRINTED && column.text("kind").equals("p")) {
            throw new UnsupportedFormatException("table " + table + ", column \"" + column.text("attname")
                    + "\": expected a type whose values read back as they are printed, found " + column.text("declared")
                    + ". Leave the table out, or change the column's type");
        }
        return type;
    }

    private static SqlType ofBase(String base) {
        return switch (base) {
            case "bool" -> SqlType.BOOL;
            case "int2", "int4", "int8", "oid" -> SqlType.INTEGER;
            case "numeric" -> SqlType.DECIMAL;
            case "float4", "float8" -> SqlType.FLOAT;
            case "text", "varchar", "bpchar", "name", "char", "citext" -> SqlType.TEXT;
            case "bytea" -> SqlType.BYTES;
            case "json", "jsonb" -> SqlType.JSON;
            case "uuid" -> SqlType.UUID;
            case "date" -> SqlType.DATE;
            case "time" -> SqlType.TIME;
            case "timestamp" -> SqlType.TIMESTAMP;
            case "timestamptz" -> SqlType.TIMESTAMP_ZONED;
            default -> SqlType.PRINTED;
        };
    }

    /** What makes the column's type, where it is one of the schema's own that lists its values. */
    List<String> ddl(Query.Row column) throws SQLException {
        if (!column.text("kind").equals("e")) {
            return List.of();
        }
        String labels = Query.rows(connection, LABELS, column.text("typeoid")).stream()
                .map(each -> each.text("label"))
                .collect(Collectors.joining(", "));
        return List.of("DO $type$ BEGIN CREATE TYPE " + column.text("declared") + " AS ENUM (" + labels
                + "); EXCEPTION WHEN duplicate_object THEN NULL; END $type$");
    }
}
