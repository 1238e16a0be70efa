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

    public static SqlEngine ofWord(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
