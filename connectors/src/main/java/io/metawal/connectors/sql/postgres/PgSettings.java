package io.metawal.connectors.sql.postgres;

import io.metawal.connectors.sql.cdc.SqlSourceOptions;
import io.metawal.connectors.sql.jdbc.SqlUrl;
import io.metawal.connectors.sql.row.SqlTable;
import java.util.Collection;
import java.util.Properties;
import java.util.stream.Collectors;

/** Settings of Debezium's PostgreSQL connector. */
final class PgSettings {
    private static final String NONE = "^$";

    private PgSettings() {}

    static Properties of(SqlUrl url, SqlSourceOptions options, PgNames names, Collection<SqlTable> tables) {
        Properties settings = new Properties();
        settings.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        settings.setProperty("topic.prefix", "metawal");
        settings.setProperty("database.hostname", url.host());
        settings.setProperty("database.port", String.valueOf(url.port()));
        settings.setProperty("database.user", url.user());
        settings.setProperty("database.password", url.password());
        settings.setProperty("database.dbname", url.database());
        url.options().forEach((name, value) -> {
            if (name.startsWith("ssl")) {
                settings.setProperty("database." + name, value);
            }
        });
        settings.setProperty("plugin.name", "pgoutput");
        settings.setProperty("slot.name", names.slot());
        settings.setProperty("publication.name", names.publication());
        settings.setProperty("publication.autocreate.mode", "disabled");
        settings.setProperty("snapshot.mode", "no_data");
        settings.setProperty("table.include.list", tables.isEmpty() ? NONE : list(tables));
        settings.setProperty("message.prefix.include.list", "metawal");
        settings.setProperty("time.precision.mode", "microseconds");
        settings.setProperty("lsn.flush.mode", "connector");
        settings.setProperty("heartbeat.interval.ms", String.valueOf(options.heartbeatMillis()));
        // What fails is begun again by the capture, which looks first whether the log is still all there.
        settings.setProperty("slot.max.retries", "0");
        settings.setProperty("slot.retry.delay.ms", "100");
        settings.setProperty("status.update.interval.ms", "5000");
        return settings;
    }

    private static String list(Collection<SqlTable> tables) {
        return tables.stream()
                .map(table -> exactly(table.schema()) + "\\." + exactly(table.name()))
                .collect(Collectors.joining(","));
    }

    private static String exactly(String name) {
        return name.replaceAll("([^A-Za-z0-9_])", "\\\\$1");
    }
}
