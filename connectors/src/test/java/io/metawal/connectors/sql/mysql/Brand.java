package io.metawal.connectors.sql.mysql;

import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.testkit.sql.BinlogServer;
import io.metawal.testkit.sql.MariaDbServer;
import io.metawal.testkit.sql.MySqlServer;
import java.util.stream.Stream;

/** The servers that the same tests run on. */
enum Brand {
    MARIADB,
    MYSQL_WITH_GTIDS,
    /** As MySQL is where nobody configured it. */
    MYSQL_WITHOUT_GTIDS;

    /** One for all classes that keep to databases of their own; it ends with this JVM. */
    BinlogServer shared() {
        return this == MARIADB ? MariaDbServer.shared() : MySqlServer.shared(configuration());
    }

    private String[] configuration(String... more) {
        return this != MYSQL_WITH_GTIDS
                ? more
                : Stream.concat(Stream.of(more), Stream.of("gtid-mode=ON", "enforce-gtid-consistency=ON"))
                        .toArray(String[]::new);
    }

    BinlogServer start(String... configuration) {
        String[] with = configuration(configuration);
        return this == MARIADB ? MariaDbServer.start(with) : MySqlServer.start(with);
    }

    SqlEngine engine() {
        return this == MARIADB ? SqlEngine.MARIADB : SqlEngine.MYSQL;
    }

    boolean mysql() {
        return this != MARIADB;
    }
}
