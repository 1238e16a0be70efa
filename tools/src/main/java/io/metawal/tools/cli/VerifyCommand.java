package io.metawal.tools.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.pitr.plan.Window;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.pitr.verify.Finding;
import io.metawal.pitr.verify.Level;
import io.metawal.pitr.verify.Verifier;
import io.metawal.pitr.verify.VerifyReport;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.temp.TempFolder;
import io.metawal.tools.output.Json;
import io.metawal.tools.output.Output;
import io.metawal.tools.output.Progress;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Check that the repository is complete and undamaged, and that it ends where its head says. Reads only.",
            "Exits 0 only if nothing is wrong; every finding names the object. A recorded gap is an error until it is"
                    + " acknowledged (see gap)."
        })
final class VerifyCommand implements Callable<Integer> {
    @Mixin
    private final RepositoryOptions repository = new RepositoryOptions();

    @Option(
            names = "--level",
            defaultValue = "chain",
            description = {
                "How deep to look; each level includes the ones before (default: ${DEFAULT-VALUE}).",
                "list: names and small objects. hash: every object and its checksums.",
                "chain: every commit. replay: the digest at every commit, and every snapshot."
            })
    private Level level = Level.CHAIN;

    @Option(
            names = "--probe",
            description = "Also try, by writing a few small objects, whether the store keeps two writers apart.")
    private boolean probe;

    @Mixin
    private final ConditionalWrites conditionalWrites = new ConditionalWrites();

    @Override
    public Integer call() {
        Repository open = repository.open();
        ReplayLimits limits = ReplayLimits.of(TempFolder.machineDirectory());
        VerifyReport report;
        try (Progress progress = repository.progress()) {
            progress.start("verify", -1);
            report = new Verifier(open, limits, repository.clock().instant(), () -> progress.step(1)).run(level);
        }
        if (probe) {
            report = conditionalWrites.finding(open.store()).map(report::with).orElse(report);
        }
        Output output = repository.output();
        if (output.json()) {
            ObjectNode doc = json(report);
            compared(open).ifPresent(history -> ComparedView.put(doc, history));
            output.json(doc);
        } else {
            text(report, output);
            Instant now = repository.clock().instant();
            compared(open)
                    .ifPresent(history ->
                            ComparedView.text(history, now).forEach(line -> output.line("compared " + line)));
        }
        return report.exit().number();
    }

    /** What comparisons said, where the repository can be read so far. */
    private static Optional<History> compared(Repository open) {
        try {
            History history = History.load(open);
            return history.line(history.currentTimeline()).pieces().isEmpty() ? Optional.empty() : Optional.of(history);
        } catch (MetawalException unreadable) {
            // The findings say so.
            return Optional.empty();
        }
    }

    private static ObjectNode json(VerifyReport report) {
        ObjectNode doc = Json.document().put("level", lower(report.level()));
        var findings = doc.putArray("findings");
        for (Finding finding : report.findings()) {
            findings.addObject()
                    .put("severity", lower(finding.severity()))
                    .put("kind", finding.kind())
                    .put("object", finding.object())
                    .put("detail", finding.detail());
        }
        ObjectNode restorable = doc.putObject("restorable");
        Window window = report.restorable();
        restorable.set("from", Json.position(window == null ? null : window.from()));
        restorable.set("to", Json.position(window == null ? null : window.to()));
        return doc;
    }

    private static void text(VerifyReport report, Output output) {
        for (Finding finding : report.findings()) {
            output.line(lower(finding.severity()) + "  " + finding.kind() + "  " + finding.object());
            output.line("       " + finding.detail());
        }
        Window window = report.restorable();
        output.line((report.findings().isEmpty()
                        ? "nothing is wrong"
                        : report.findings().size() + " findings")
                + " at level " + lower(report.level()) + "; restorable from "
                + InfoCommand.describe(window == null ? null : window.from()) + " to "
                + InfoCommand.describe(window == null ? null : window.to()));
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
