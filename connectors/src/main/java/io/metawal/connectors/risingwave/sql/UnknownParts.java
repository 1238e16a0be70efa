package io.metawal.connectors.risingwave.sql;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns of what a meta store has and no release known here: once for each migration and table. For one thread but {@link #gauges}. */
final class UnknownParts {
    private static final Logger LOG = LoggerFactory.getLogger(UnknownParts.class);

    private final Set<String> warned = new HashSet<>();
    private volatile Map<String, Double> gauges = Map.of();

    /** How many of each there are. For any thread. */
    Map<String, Double> gauges() {
        return gauges;
    }

    void warn(StoreLevel level) {
        Set<String> migrations = level.unknownMigrations();
        if (warned.addAll(migrations)) {
            LOG.warn(
                    "the meta store has run migrations that no RisingWave known to this metawal has: {}. It is of a newer"
                            + " release. Its rows are captured as they are, and go back into a meta store of the same level; a"
                            + " snapshot of RisingWave's own (--into risingwave-backup:) is refused. Use a metawal that"
                            + " knows this release",
                    migrations);
        }
        Set<String> tables = level.unknownTables();
        if (warned.addAll(tables)) {
            LOG.warn(
                    "the meta store has tables that no RisingWave known to this metawal has: {}. Their rows are captured, and go"
                            + " back where a table of that name is; a snapshot of RisingWave's own (--into"
                            + " risingwave-backup:) is refused while they have rows, since it would lose them. If they are not"
                            + " RisingWave's, leave them out: --exclude-table NAME",
                    tables);
        }
        gauges = Map.of(
                "risingwave_unknown_migrations", (double) migrations.size(),
                "risingwave_unknown_tables", (double) tables.size());
    }
}
