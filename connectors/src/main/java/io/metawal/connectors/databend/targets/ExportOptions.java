package io.metawal.connectors.databend.targets;

import java.util.Optional;
import java.util.OptionalLong;

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
        Optional<Iterable<String>> log) {
    public static final ExportOptions DEFAULT = new ExportOptions(
            Optional.empty(), OptionalLong.empty(), Optional.empty(), Ephemeral.LEFT_OUT, Optional.empty());

    /** What becomes of records in EPHEMERAL spaces. */
    public enum Ephemeral {
        LEFT_OUT,
        KEPT
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

    public ExportOptions withLog(Iterable<String> entries) {
        return new ExportOptions(cluster, id, tenant, ephemeral, Optional.of(entries));
    }
}
