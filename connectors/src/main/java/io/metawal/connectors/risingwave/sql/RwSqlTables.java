package io.metawal.connectors.risingwave.sql;

import io.metawal.connectors.risingwave.SqlModel;
import io.metawal.connectors.sql.SqlSpaces;
import io.metawal.connectors.sql.row.SqlTable;
import io.metawal.metadata.commit.Space;
import java.util.Set;

/** The tables of RisingWave's meta store that are no part of its snapshots, and the spaces of all. */
public final class RwSqlTables {
    /** Folded into the keyed version; see {@code risingwave.fold}. */
    public static final String VERSION_DELTA = "hummock_version_delta";

    /** metawal's own, while a restore is not finished: never captured. */
    public static final String MARKER = "metawal_restore";

    private static final Set<String> EPHEMERAL = Set.of(
            VERSION_DELTA,
            "hummock_pinned_version",
            "hummock_pinned_snapshot",
            "compaction_status",
            "compaction_task",
            "hummock_gc_history",
            "hummock_sstable_info",
            "hummock_time_travel_version",
            "hummock_time_travel_delta",
            "hummock_epoch_to_version",
            "election_leader",
            "election_member");

    /**
     * Rows are not captured unless that is asked for: they change with every commit, and on a large cluster they would be most of the log. They serve
     * {@code FOR SYSTEM_TIME AS OF} and jobs that are being created from a snapshot, and say what was deleted lately.
     */
    public static final Set<String> LEFT_OUT = Set.of(
            "hummock_sstable_info",
            "hummock_time_travel_version",
            "hummock_time_travel_delta",
            "hummock_epoch_to_version",
            "hummock_gc_history");

    /** Tables of time travel that are not known yet are of the moment, as those that are. */
    private static final String TIME_TRAVEL = "hummock_time_travel_";

    private RwSqlTables() {}

    private static boolean isEphemeral(String table) {
        return EPHEMERAL.contains(table) || table.startsWith(TIME_TRAVEL);
    }

    /** Whether a restore needs what this table holds: what its version is made of, and what RisingWave's own snapshots keep. */
    public static boolean needed(String table) {
        return table.equals(VERSION_DELTA) || SqlModel.ofTable(table).isPresent();
    }

    /** Whether a table's rows are gone by the time that anything is restored. */
    public static boolean tellsOfTheMoment(String table) {
        return isEphemeral(table) && !table.equals(VERSION_DELTA);
    }

    /** Whether no release of RisingWave that is known here makes this table. */
    public static boolean isStranger(String table) {
        return !needed(table) && !isEphemeral(table);
    }

    /** The space of a table's rows. No row of {@link #VERSION_DELTA} is ever in its own. */
    public static Space space(SqlTable table) {
        return SqlModel.ofTable(table.name())
                .map(SqlModel::space)
                .orElseGet(() -> isEphemeral(table.name())
                        ? Space.of("ephemeral.sql_" + table.name())
                        : SqlSpaces.of(table.schema(), table.name()));
    }
}
