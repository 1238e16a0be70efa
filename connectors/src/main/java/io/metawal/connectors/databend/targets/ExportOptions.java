package io.metawal.connectors.databend.targets;

import io.metawal.metadata.fault.UsageException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * What is written.
 *
 * @param cluster nodes and membership in the place of those restored; empty to keep those
 * @param id with a cluster: the node whose file it is; empty for a file for each, {@code FILE.<id>}
 * @param tenant only what belongs to it, and what that depends on; empty for all
 * @param ephemeral whether what lasts only while somebody renews it is written
 * @param log log entries up to LastApplied, oldest first, as {@link LogText} has them, to be written too; empty for none
 */
public record ExportOptions(
        Optional<InitialCluster> cluster,
        OptionalLong id,
        Optional<String> tenant,
        Ephemeral ephemeral,
        Optional<LogSource> log) {
    public static final ExportOptions DEFAULT = new ExportOptions(
            Optional.empty(), OptionalLong.empty(), Optional.empty(), Ephemeral.LEFT_OUT, Optional.empty());

    /** What becomes of records in EPHEMERAL spaces. */
    public enum Ephemeral {
        LEFT_OUT,
        KEPT
    }

    /** Log entries, as often as they are asked for. */
    @FunctionalInterface
    public interface LogSource {
        /** Shows them, oldest first, for as long as {@code more} says so. */
        void read(Predicate<String> more);
    }

    public ExportOptions {
        if (tenant.isPresent() && log.isPresent()) {
            throw new UsageException(
                    "log entries are of all tenants: an export of one tenant, --tenant, is written without them (--with-log)");
        }
    }

    public ExportOptions withCluster(InitialCluster chosen, OptionalLong node) {
        return new ExportOptions(Optional.of(chosen), node, tenant, ephemeral, log);
    }

    public ExportOptions withTenant(String chosen) {
        return new ExportOptions(cluster, id, Optional.of(chosen), ephemeral, log);
    }

    public ExportOptions with(Ephemeral chosen) {
        return new ExportOptions(cluster, id, tenant, chosen, log);
    }

    public ExportOptions withLog(LogSource entries) {
        return new ExportOptions(cluster, id, tenant, ephemeral, Optional.of(entries));
    }
}
