package io.metawal.tools.cli;

import io.metawal.connectors.databend.targets.ExportOptions;
import io.metawal.connectors.databend.targets.InitialCluster;
import io.metawal.connectors.databend.targets.LogText;
import io.metawal.metadata.fault.UsageException;
import io.metawal.pitr.plan.CommitScan;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Segments;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a restore into an export of Databend's needs to know beside the file. */
final class DatabendOptionsGroup {
    @Option(
            names = "--initial-cluster",
            paramLabel = "ID=HOST:PORT",
            description = "with databend-export: these nodes in the place of those restored; repeat it for each")
    private List<String> initialCluster = List.of();

    @Option(
            names = "--id",
            paramLabel = "N",
            description = "with --initial-cluster: the file of this node alone (default: one file for each, FILE.N)")
    private @Nullable Long id;

    @Option(
            names = "--tenant",
            paramLabel = "T",
            description = "with databend-export: only this tenant and what it depends on")
    private @Nullable String tenant;

    @Option(names = "--with-log", description = "with databend-export: log entries up to the point, too")
    private boolean withLog;

    @Option(names = "--with-ephemeral", description = "with databend-export: what only lasts while it is renewed, too")
    private boolean withEphemeral;

    /**
     * @param timeline of the point
     * @param seq of the point
     */
    ExportOptions export(History history, int timeline, long seq) {
        ExportOptions options = ExportOptions.DEFAULT;
        if (!initialCluster.isEmpty()) {
            options = options.withCluster(
                    InitialCluster.parse(initialCluster), id == null ? OptionalLong.empty() : OptionalLong.of(id));
        } else if (id != null) {
            throw new UsageException("--id " + id + " goes with --initial-cluster ID=HOST:PORT");
        }
        if (tenant != null) {
            options = options.withTenant(tenant);
        }
        if (withEphemeral) {
            options = options.with(ExportOptions.Ephemeral.KEPT);
        }
        return withLog ? options.withLog(log(history, timeline, seq)) : options;
    }

    /** Read again for each file; one segment is in memory at a time. */
    private static ExportOptions.LogSource log(History history, int timeline, long seq) {
        return more -> new CommitScan(new Segments(history.repository().store()))
                .forEach(
                        history.line(timeline),
                        1,
                        seq,
                        stamped -> LogText.of(stamped.record().commit().body())
                                .map(more::test)
                                .orElse(true));
    }
}
