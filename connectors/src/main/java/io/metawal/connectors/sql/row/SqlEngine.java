package io.metawal.connectors.sql.row;

import java.util.Locale;

/** A kind of database. MariaDB speaks MySQL's language, and has a log of its own. */
public enum SqlEngine {
    POSTGRESQL,
    MYSQL,
    MARIADB,
    SQLITE;

    /** As it is written in the log. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether tables of both are made by the same words, and hold values in the same types. */
    public boolean isLike(SqlEngine other) {
        return this == other || ofMysql() && other.ofMysql();
    }

    private boolean ofMysql() {
        return this == MYSQL || this == MARIADB;
    }

    public static SqlEngine ofWord(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
