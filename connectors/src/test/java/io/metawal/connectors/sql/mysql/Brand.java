package io.metawal.connectors.sql.mysql;

import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.testkit.sql.BinlogServer;
import io.metawal.testkit.sql.MariaDbServer;
import io.metawal.testkit.sql.MySqlServer;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;

/** The servers that the same tests run on. */
enum Brand {
    MARIADB,
    MYSQL_WITH_GTIDS,
    /** As MySQL is where nobody configured it. */
    MYSQL_WITHOUT_GTIDS;

    private static final Map<Brand, BinlogServer> SHARED = new EnumMap<>(Brand.class);

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> SHARED.values().forEach(BinlogServer::close), "shared servers"));
    }

    /** One for all classes that keep to databases of their own; it ends with this JVM. */
    BinlogServer shared() {
        synchronized (SHARED) {
            return SHARED.computeIfAbsent(this, brand -> brand.start());
        }
    }

    BinlogServer start(String... configuration) {
        String[] with = this != MYSQL_WITH_GTIDS
                ? configuration
                : Stream.concat(Stream.of(configuration), Stream.of("gtid-mode=ON", "enforce-gtid-consistency=ON"))
                        .toArray(String[]::new);
        return this == MARIADB ? MariaDbServer.start(with) : MySqlServer.start(with);
    }

    SqlEngine engine() {
        return this == MARIADB ? SqlEngine.MARIADB : SqlEngine.MYSQL;
    }

    boolean mysql() {
        return this != MARIADB;
    }
}
