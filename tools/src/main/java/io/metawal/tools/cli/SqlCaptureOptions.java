package io.metawal.tools.cli;

import io.metawal.connectors.sql.cdc.SqlSourceOptions;
import io.metawal.connectors.sql.cdc.SqlSourceOptions.AtBound;
import io.metawal.metadata.fault.UsageException;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** How a database is captured. */
final class SqlCaptureOptions {
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
    private long slotBytesMax = SqlSourceOptions.RETAINED_BYTES_MAX;

    @Option(
            names = "--at-slot-max",
            paramLabel = "WHAT",
            defaultValue = "drop",
            description =
                    "what happens then: drop (the slot, so that the server's disk does not fill; a gap is recorded), or keep"
                            + " (default: ${DEFAULT-VALUE})")
    private AtBound atBound = AtBound.DROP;

    @Option(
            names = "--every",
            paramLabel = "DURATION",
            defaultValue = "PT5S",
            description = "with sqlite: time between two reads (default: ${DEFAULT-VALUE})")
    private Duration every = Duration.ofSeconds(5);

    /** Refuses to leave out what a restore cannot be without. */
    void requireCaptured(Predicate<String> needed) {
        Set<String> wrong = excluded.stream().filter(needed).collect(Collectors.toCollection(TreeSet::new));
        if (!wrong.isEmpty()) {
            throw new UsageException("--exclude-table " + String.join(",", wrong)
                    + ": a RisingWave cannot be restored without what is in it. Leave out only tables that are not RisingWave's,"
                    + " and those that tell of the moment, such as hummock_sstable_info");
        }
    }

    SqlSourceOptions source() {
        return SqlSourceOptions.defaults()
                .withSlot(slot, publication)
                .withExcludedTables(excluded)
                .withRetained(slotBytesMax, atBound);
    }

    Duration every() {
        return every;
    }
}
