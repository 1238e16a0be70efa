package io.metawal.connectors.risingwave.outside;

import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.backup.StoreModel;
import io.metawal.metadata.image.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds in an image what of the cluster is elsewhere: sources of change data, sinks, tables of a lake, jobs that were being created.
 * Entries come in the order of their keys, captured from SQL, imported from a snapshot, or captured from etcd. For one thread.
 */
public final class OutsideState {
    private static final Set<String> ROW_COLUMNS = Set.of(
            "source_id",
            "sink_id",
            "job_id",
            "table_id",
            "name",
            "value",
            "with_properties",
            "properties",
            "job_status",
            "fragment_type_mask",
            "sink_state",
            "table_namespace",
            "table_name",
            "version");
    /** {@code catalog.proto}: Source.with_properties. */
    private static final int SOURCE_PROPERTIES = 8;

    private static final int SINK_PROPERTIES = 12;
    private static final String TABLE_STATUS = "31";
    private static final String SINK_STATUS = "19";
    private static final String STATUS_CREATING = "1";

    /** {@code FragmentTypeFlag} of v2.2 on: SnapshotBackfillStreamScan and CrossDbSnapshotBackfillStreamScan. */
    private static final long SNAPSHOT_BACKFILL = 1L << 11 | 1L << 13;

    /**
     * A source of change data.
     *
     * @param slot of PostgreSQL; empty for others, and where RisingWave chose its name
     */
    record CdcSource(String id, String name, String connector, String slot) {}

    /** @param exactlyOnce whether it keeps track of what it committed in the lake */
    record Sink(String id, String name, String connector, Mode exactlyOnce) {
        enum Mode {
            AT_LEAST_ONCE,
            EXACTLY_ONCE
        }
    }

    private final List<CdcSource> sources = new ArrayList<>();
    private final Map<String, List<Sink>> sinks = new TreeMap<>();
    private final Map<String, Long> sinkStates = new TreeMap<>();
    private final List<String> icebergTables = new ArrayList<>();
    private final Map<String, String> names = new HashMap<>();
    private final Map<String, String> creating = new TreeMap<>();
    private final Set<String> backfilling = new HashSet<>();
    private final Map<String, String> parameters = new HashMap<>();
    private long subscriptions;
    private long secrets;
    private @Nullable RwVersion version;

    public void add(Entry entry) {
        String space = entry.entryKey().space().name();
        switch (space) {
            case "catalog.sql_source" -> source(row(entry));
            case "catalog.sql_sink" -> sink(row(entry));
            case "catalog.sql_streaming_job" -> job(row(entry));
            case "catalog.sql_table" -> name(row(entry));
            case "catalog.sql_fragment" -> fragment(row(entry));
            case "catalog.sql_pending_sink_state", "catalog.sql_exactly_once_iceberg_sink_metadata" ->
                sinkStates.merge(row(entry).getOrDefault("sink_id", "?"), 1L, Long::sum);
            case "catalog.sql_iceberg_tables" -> icebergTable(row(entry));
            case "catalog.sql_subscription", "catalog.subscription" -> subscriptions++;
            case "catalog.sql_secret", "catalog.secret" -> secrets++;
            case "system.sql_system_parameter" -> {
                Map<String, String> row = row(entry);
                parameters.put(row.getOrDefault("name", ""), row.getOrDefault("value", ""));
            }
            case "system.parameter" ->
                parameters.put(
                        entry.entryKey().key().toStringUtf8(), entry.value().toStringUtf8());
            case "catalog.source" -> etcdSource(EntryColumns.ofMessage(entry, Set.of(SOURCE_PROPERTIES)));
            case "catalog.sink" -> etcdSink(EntryColumns.ofMessage(entry, Set.of(SINK_PROPERTIES)));
            case "catalog.table" -> etcdTable(EntryColumns.ofMessage(entry, Set.of()));
            default -> {
                if (entry.entryKey().equals(RwSpaces.STORE)) {
                    version = StoreModel.parse(entry.value()).version();
                }
            }
        }
    }

    private static Map<String, String> row(Entry entry) {
        return EntryColumns.ofRow(entry, ROW_COLUMNS);
    }

    private void source(Map<String, String> row) {
        names.put(row.getOrDefault("source_id", ""), row.getOrDefault("name", ""));
        source(row, "source_id", "name", "with_properties.");
    }

    private void etcdSource(Map<String, String> message) {
        source(message, "1", "4", SOURCE_PROPERTIES + ".");
    }

    private void source(Map<String, String> of, String id, String name, String properties) {
        String connector = of.getOrDefault(properties + "connector", "");
        if (connector.endsWith("-cdc")) {
            sources.add(new CdcSource(
                    of.getOrDefault(id, "0"),
                    of.getOrDefault(name, ""),
                    connector,
                    of.getOrDefault(properties + "slot.name", "")));
        }
    }

    private void sink(Map<String, String> row) {
        names.put(row.getOrDefault("sink_id", ""), row.getOrDefault("name", ""));
        sink(row, "sink_id", "name", "properties.");
    }

    private void etcdSink(Map<String, String> message) {
        if (message.getOrDefault(SINK_STATUS, "").equals(STATUS_CREATING)) {
            creating.put(message.getOrDefault("1", "0"), message.getOrDefault("4", ""));
        }
        sink(message, "1", "4", SINK_PROPERTIES + ".");
    }

    private void sink(Map<String, String> of, String id, String name, String properties) {
        String connector = of.getOrDefault(properties + "connector", "of an unknown kind");
        boolean once = of.getOrDefault(properties + "is_exactly_once", "").equals("true");
        sinks.computeIfAbsent(connector, kind -> new ArrayList<>())
                .add(new Sink(
                        of.getOrDefault(id, "0"),
                        of.getOrDefault(name, ""),
                        connector,
                        once ? Sink.Mode.EXACTLY_ONCE : Sink.Mode.AT_LEAST_ONCE));
    }

    private void fragment(Map<String, String> row) {
        long mask = Long.parseLong(row.getOrDefault("fragment_type_mask", "0"));
        if ((mask & SNAPSHOT_BACKFILL) != 0) {
            backfilling.add(row.getOrDefault("job_id", ""));
        }
    }

    /** The same word is CREATING in a database and Creating in a snapshot. */
    private void job(Map<String, String> row) {
        if (row.getOrDefault("job_status", "").equalsIgnoreCase("creating")) {
            String id = row.getOrDefault("job_id", "");
            creating.put(id, names.getOrDefault(id, ""));
        }
    }

    private void name(Map<String, String> row) {
        creating.computeIfPresent(row.getOrDefault("table_id", ""), (id, none) -> row.getOrDefault("name", ""));
    }

    private void etcdTable(Map<String, String> message) {
        if (message.getOrDefault(TABLE_STATUS, "").equals(STATUS_CREATING)) {
            creating.put(message.getOrDefault("1", "0"), message.getOrDefault("4", ""));
        }
    }

    private void icebergTable(Map<String, String> row) {
        icebergTables.add(row.getOrDefault("table_namespace", "") + "." + row.getOrDefault("table_name", ""));
    }

    /** A line for the operator on each kind of thing that a restore does not rewind. */
    public List<String> notes() {
        return new OutsideNotes(this).all();
    }

    List<CdcSource> sources() {
        return sources;
    }

    /** By connector. */
    Map<String, List<Sink>> sinks() {
        return sinks;
    }

    /** How many rows there are of commits that exactly-once sinks had begun, by the sink's id. */
    Map<String, Long> sinkStates() {
        return sinkStates;
    }

    List<String> icebergTables() {
        return icebergTables;
    }

    /** Names of jobs by id. */
    Map<String, String> creating() {
        return creating;
    }

    /** Jobs that were being created, from a snapshot of their upstream at a fixed epoch: they read it by time travel. */
    public Set<String> backfilling() {
        Set<String> both = new TreeSet<>(creating.keySet());
        both.retainAll(backfilling);
        return both;
    }

    long subscriptions() {
        return subscriptions;
    }

    long secrets() {
        return secrets;
    }

    Map<String, String> parameters() {
        return parameters;
    }

    /** Ids of sources whose connector keeps a schema history in the data directory: MySQL, from v2.7 on. */
    Set<String> withSchemaHistory() {
        Set<String> ids = new TreeSet<>();
        RwVersion known = version;
        if (known != null && known.atLeast(2, 7)) {
            sources.stream()
                    .filter(source -> source.connector().equals("mysql-cdc"))
                    .forEach(source -> ids.add(source.id()));
        }
        return ids;
    }
}
