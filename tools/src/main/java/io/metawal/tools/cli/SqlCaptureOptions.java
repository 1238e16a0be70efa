package io.metawal.tools.cli;

import io.metawal.connectors.sql.cdc.SqlSourceOptions;
import io.metawal.connectors.sql.cdc.SqlSourceOptions.AtBound;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.metadata.fault.UsageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a database is captured. */
final class SqlCaptureOptions {
    private static final Duration EVERY = Duration.ofSeconds(5);

    @Option(
            names = "--slot",
            paramLabel = "NAME",
            description = "with postgres: the replication slot (default: metawal_<database>_main)")
    private String slot = "";

    @Option(
            names = "--publication",
            paramLabel = "NAME",
            description = "with postgres: the publication (default: as the slot)")
    private String publication = "";

    @Option(
            names = "--exclude-table",
            paramLabel = "TABLE",
            split = ",",
            description = "with a database: tables that are not captured")
    private Set<String> excluded = Set.of();

    @Option(
            names = "--slot-bytes-max",
            paramLabel = "BYTES",
            description = "with postgres: how much of its log the server may keep for the slot (default: 16 GiB)")
    private @Nullable Long slotBytesMax;

    @Option(
            names = "--at-slot-max",
            paramLabel = "WHAT",
            description =
                    "what happens then: drop (the slot, so that the server's disk does not fill; a gap is recorded),"
                            + " or keep (default: drop)")
    private @Nullable AtBound atBound;

    @Option(
            names = "--capture-time-travel",
            description =
                    "With risingwave on SQL: capture the tables of time travel and of deleted files, too. Their rows"
                            + " change with every commit and may become most of the log (default: they are left out).")
    private boolean timeTravel;

    @Option(
            names = "--every",
            paramLabel = "DURATION",
            description = "with sqlite: time between two reads (default: PT5S)")
    private @Nullable Duration every;

    /** Refuses what was given and has no effect. */
    void requireEffect(String source, @Nullable SqlEngine engine) {
        List<String> idle = new ArrayList<>();
        if (engine != SqlEngine.POSTGRESQL) {
            add(idle, "--slot", !slot.isEmpty());
            add(idle, "--publication", !publication.isEmpty());
            add(idle, "--slot-bytes-max", slotBytesMax != null);
            add(idle, "--at-slot-max", atBound != null);
        }
        add(idle, "--every", engine != SqlEngine.SQLITE && every != null);
        add(idle, "--capture-time-travel", engine == null && timeTravel);
        add(idle, "--exclude-table", engine == null && !excluded.isEmpty());
        if (!idle.isEmpty()) {
            throw new UsageException(String.join(", ", idle) + " has no effect on " + source
                    + ": leave it out. `metawal run --help` says what each goes with");
        }
    }

    private static void add(List<String> options, String option, boolean given) {
        if (given) {
            options.add(option);
        }
    }

    /** Refuses to leave out what a restore cannot be without. */
    void requireCaptured(Predicate<String> needed) {
        Set<String> wrong = excluded.stream().filter(needed).collect(Collectors.toCollection(TreeSet::new));
        if (!wrong.isEmpty()) {
            throw new UsageException("--exclude-table " + String.join(",", wrong)
                    + ": a RisingWave cannot be restored without what is in it. Leave out only tables that are not"
                    + " RisingWave's, and those that tell of the moment, such as hummock_sstable_info");
        }
    }

    boolean timeTravel() {
        return timeTravel;
    }

    SqlSourceOptions source() {
        return SqlSourceOptions.defaults()
                .withSlot(slot, publication)
                .withExcludedTables(excluded)
                .withRetained(
                        slotBytesMax == null ? SqlSourceOptions.RETAINED_BYTES_MAX : slotBytesMax,
                        atBound == null ? AtBound.DROP : atBound);
    }

    Duration every() {
        return every == null ? EVERY : every;
    }
}
