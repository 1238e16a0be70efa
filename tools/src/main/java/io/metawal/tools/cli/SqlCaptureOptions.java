package io.metawal.tools.cli;

import io.metawal.connectors.sql.cdc.SqlSourceOptions;
import io.metawal.connectors.sql.cdc.SqlSourceOptions.AtBound;
import java.time.Duration;
import java.util.Set;
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
