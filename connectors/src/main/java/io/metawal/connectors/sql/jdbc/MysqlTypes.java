package io.metawal.connectors.sql.jdbc;

import io.metawal.connectors.sql.row.SqlType;
import io.metawal.metadata.fault.UnsupportedFormatException;

/** What the types of MySQL and MariaDB are here. */
final class MysqlTypes {
    private MysqlTypes() {}

    /** @param create the table's own DDL, which says which texts of MariaDB are JSON */
    static SqlType of(Query.Row column, String create, String table) {
        String declared = column.text("declared");
        return switch (column.text("base")) {
            case "tinyint" -> declared.startsWith("tinyint(1)") ? SqlType.BOOL : SqlType.INTEGER;
            case "smallint", "mediumint", "int", "year" -> SqlType.INTEGER;
            case "bigint" -> declared.contains("unsigned") ? SqlType.DECIMAL : SqlType.INTEGER;
            case "bit" -> declared.equals("bit(1)") ? SqlType.BOOL : SqlType.BYTES;
            case "decimal" -> SqlType.DECIMAL;
            case "float", "double" -> SqlType.FLOAT;
            case "longtext" -> isJson(column, create) ? SqlType.JSON : SqlType.TEXT;
            case "char", "varchar", "tinytext", "text", "mediumtext", "enum", "set" -> SqlType.TEXT;
            case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob" -> SqlType.BYTES;
            case "json" -> SqlType.JSON;
            case "uuid" -> SqlType.UUID;
            case "date" -> SqlType.DATE;
            case "time" -> SqlType.TIME;
            case "datetime" -> SqlType.TIMESTAMP;
            case "timestamp" -> SqlType.TIMESTAMP_ZONED;
            case "inet4", "inet6" -> SqlType.PRINTED;
            default ->
                throw new UnsupportedFormatException("table " + table + ", column \"" + column.text("name")
                        + "\": expected a type whose values read back as they are printed, found " + declared
                        + ". Leave the table out, or change the column's type");
        };
    }

    private static boolean isJson(Query.Row column, String create) {
        String name = "`" + column.text("name").replace("`", "``") + "`";
        return create.contains("json_valid(" + name + ")");
    }
}
