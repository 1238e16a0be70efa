package io.metawal.connectors.risingwave.outside;

import io.metawal.connectors.risingwave.outside.OutsideState.CdcSource;
import io.metawal.connectors.risingwave.outside.OutsideState.Sink;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * One line for the operator on each kind of thing that a restore does not rewind, with what to do about it. Names are those of the restored
 * point; no property of a source or sink but its connector and slot is shown.
 */
final class OutsideNotes {
    private static final int NAMED_MAX = 10;
    private static final String BEGIN = "not rewound: ";

    private final OutsideState state;
    private final List<String> notes = new ArrayList<>();

    OutsideNotes(OutsideState state) {
        this.state = state;
    }

    List<String> all() {
        sources();
        state.sinks().forEach(this::sinks);
        pendingCommits();
        icebergTables();
        creating();
        if (state.subscriptions() > 0) {
            notes.add(BEGIN + count(state.subscriptions(), "subscription")
                    + ": cursors of readers may be past the point;" + " they must begin again from what they need");
        }
        if (state.secrets() > 0) {
            notes.add(count(state.secrets(), "secret") + ": restored as ciphertext; the meta node needs the"
                    + " secret_store_private_key that they were written with");
        }
        return notes;
    }

    private void sources() {
        Map<String, List<String>> byConnector = new TreeMap<>();
        for (CdcSource source : state.sources()) {
            byConnector
                    .computeIfAbsent(source.connector(), kind -> new ArrayList<>())
                    .add(named(source.name(), source.id())
                            + (source.slot().isEmpty() ? "" : " (slot " + source.slot() + ")"));
        }
        byConnector.forEach((connector, sources) ->
                notes.add(BEGIN + connector + " source " + some(sources) + ": " + advice(connector)));
    }

    private static String advice(String connector) {
        return switch (connector) {
            case "postgres-cdc", "citus-cdc" ->
                "the restored state continues at the position of the point, but the slot in PostgreSQL has moved past it, and"
                        + " PostgreSQL starts at the slot's: rows between the two are lost without an error. Compare"
                        + " confirmed_flush_lsn in pg_replication_slots with the time of the point; where it is later,"
                        + " create the source and its tables again";
            case "mysql-cdc" ->
                "the restored state continues at the binlog position of the point. Where the server still has that file, nothing is"
                        + " lost (SHOW BINARY LOGS); where it purged it, the source stops with an error: ALTER SOURCE … RESET"
                        + " (v2.8 on), or create it and its tables again";
            case "mongodb-cdc" ->
                "the restored state continues at the resume token of the point. Where the oplog no longer reaches back to it, the"
                        + " source stops with an error: create it and its tables again";
            default ->
                "the restored state continues at the position of the point. Where the upstream database no longer keeps its log from"
                        + " there, create the source and its tables again";
        };
    }

    private void sinks(String connector, List<Sink> sinks) {
        List<String> names = new ArrayList<>();
        boolean once = false;
        for (Sink sink : sinks) {
            names.add(named(sink.name(), sink.id()));
            once |= sink.exactlyOnce() == Sink.Mode.EXACTLY_ONCE;
        }
        notes.add(BEGIN + connector + " sink " + some(names) + ": what was sent after the point is sent again; "
                + effect(connector)
                + (once
                        ? ". Exactly-once holds within one history only: commits after the point are in the target, and the"
                                + " restored cluster does not know of them"
                        : ""));
    }

    private static String effect(String connector) {
        return switch (connector) {
            case "iceberg", "deltalake" ->
                "the table in the lake is ahead of the restored cluster. Roll it back to its snapshot of the point, or accept rows"
                        + " twice";
            case "jdbc",
                    "postgres",
                    "mysql",
                    "sqlserver",
                    "cassandra",
                    "scylladb",
                    "elasticsearch",
                    "opensearch",
                    "mongodb",
                    "redis",
                    "dynamodb",
                    "clickhouse",
                    "doris",
                    "starrocks",
                    "bigquery",
                    "snowflake",
                    "redshift" ->
                "rows with a key are written over, rows without one come twice, and what only came after the point stays";
            default -> "readers get it twice";
        };
    }

    private void pendingCommits() {
        long rows =
                state.sinkStates().values().stream().mapToLong(Long::longValue).sum();
        if (rows > 0) {
            notes.add(BEGIN + count(rows, "commit") + " that exactly-once sinks had begun by the point (sink ids "
                    + some(state.sinkStates().keySet())
                    + "): the restored cluster finishes them, though the target may have"
                    + " them already. Compare the target before the first start; a sink that fails over them is dropped and"
                    + " created again");
        }
    }

    private void icebergTables() {
        if (!state.icebergTables().isEmpty()) {
            notes.add(
                    BEGIN + "Iceberg table " + some(state.icebergTables())
                            + ": the catalog goes back to the metadata file of the point, the lake does not. That file, and those it"
                            + " names, must still be there: look for them before the first start, since expiring snapshots deletes them");
        }
    }

    private void creating() {
        if (state.creating().isEmpty()) {
            return;
        }
        List<String> jobs = new ArrayList<>();
        state.creating().forEach((id, name) -> jobs.add(named(name, id)));
        Set<String> backfilling = state.backfilling();
        notes.add(count(jobs.size(), "job") + " being created at the point: " + some(jobs)
                + (backfilling.isEmpty()
                        ? ". One in the foreground is dropped at the first start, one in the background continues"
                        : ". Of them " + some(backfilling)
                                + " read their upstream at a fixed epoch by time travel: they continue only with the tables of time travel"
                                + " (--with-time-travel), and otherwise fail again and again until they are dropped"));
    }

    /** Of sources that have no schema history where it should be. */
    static String withoutHistory(Collection<String> sources) {
        return "WARNING: the schema history of mysql-cdc source " + some(sources)
                + " is not in the data directory (rw-cdc-schema-history/source-<id>/): RisingWave deletes it with the source. The"
                + " source cannot continue: create it and its tables again";
    }

    private static String named(String name, String id) {
        return name.isEmpty() ? id : name + " (" + id + ")";
    }

    private static String count(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private static String some(Collection<String> names) {
        String shown = String.join(", ", names.stream().limit(NAMED_MAX).toList());
        return names.size() <= NAMED_MAX ? shown : shown + " and " + (names.size() - NAMED_MAX) + " more";
    }
}
