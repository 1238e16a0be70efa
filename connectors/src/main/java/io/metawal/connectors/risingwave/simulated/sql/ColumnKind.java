package io.metawal.connectors.risingwave.simulated.sql;

import io.metawal.connectors.sql.row.SqlEngine;

/** The kinds of columns of a meta store, and what each engine calls them where RisingWave makes them. */
enum ColumnKind {
    SMALLINT("smallint", "smallint", "smallint"),
    INT("integer", "int", "integer"),
    BIGINT("bigint", "bigint", "bigint"),
    STRING("varchar", "varchar(255)", "varchar"),
    TEXT("text", "text", "text"),
    LONGTEXT("text", "longtext", "text"),
    BOOL("bool", "bool", "boolean"),
    BYTES("bytea", "longblob", "blob"),
    JSON("jsonb", "json", "jsonb_text"),
    PLAINJSON("json", "json", "json_text"),
    UUID("uuid", "binary(16)", "uuid_text"),
    DATETIME("timestamp without time zone", "datetime", "datetime_text"),
    ZONED("timestamp with time zone", "datetime", "datetime");

    private final String postgresql;
    private final String mysql;
    private final String sqlite;

    ColumnKind(String postgresql, String mysql, String sqlite) {
        this.postgresql = postgresql;
        this.mysql = mysql;
        this.sqlite = sqlite;
    }

    String declared(SqlEngine engine) {
        return switch (engine) {
            case POSTGRESQL -> postgresql;
            case MYSQL, MARIADB -> mysql;
            case SQLITE -> sqlite;
        };
    }
}
