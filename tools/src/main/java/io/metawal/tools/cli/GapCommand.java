package io.metawal.tools.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.point.Ref;
import io.metawal.metadata.point.RefParser;
import io.metawal.storage.repository.Gap;
import io.metawal.storage.repository.GapAcknowledgements;
import io.metawal.storage.repository.GapAcknowledgements.Acknowledgement;
import io.metawal.storage.repository.History;
import io.metawal.tools.output.Json;
import io.metawal.tools.output.Output;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "gap",
        mixinStandardHelpOptions = true,
        description = "Recorded gaps: what happened between two commits is not known.")
final class GapCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        Subcommands.required(spec);
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "All gaps, and who acknowledged them.")
    int list(@Mixin RepositoryOptions repository) {
        History history = repository.history();
        GapAcknowledgements known = new GapAcknowledgements(history.repository());
        Output output = repository.output();
        for (Gap gap : history.manifest().state().gaps()) {
            print(output, gap, known.find(gap));
        }
        return 0;
    }

    @Command(
            name = "acknowledge",
            mixinStandardHelpOptions = true,
            description = {
                "Say that a recorded gap is known: verify no longer reports it as an error.",
                "The gap stays listed, and points in it stay refused."
            })
    int acknowledge(
            @Mixin RepositoryOptions repository,
            @Parameters(
                            paramLabel = "[TL@]seq:N",
                            description = "The last commit before the gap, as gap list prints it.")
                    String after,
            @Option(names = "--why", paramLabel = "TEXT", defaultValue = "", description = "A note for the record.")
                    String why) {
        History history = repository.history();
        Ref ref = RefParser.parse(after);
        if (ref.kind() != Ref.Kind.SEQ || ref.back() != 0) {
            throw new UsageException("\"" + after + "\" names no gap: expected the commit before it, such as 1@seq:7");
        }
        int timeline = ref.timeline() == null ? history.currentTimeline() : ref.timeline();
        Gap gap = GapAcknowledgements.require(history, timeline, ref.number());
        Acknowledgement made = new Acknowledgement(
                gap,
                System.getProperty("user.name", "unknown"),
                why,
                Timestamps.micros(repository.clock().instant()));
        new GapAcknowledgements(history.repository()).create(made);
        print(repository.output(), gap, Optional.of(made));
        return 0;
    }

    private static void print(Output output, Gap gap, Optional<Acknowledgement> known) {
        if (output.json()) {
            ObjectNode doc = Json.document()
                    .put("timeline", gap.timeline())
                    .put("afterSeq", gap.afterSeq())
                    .put("epochBefore", gap.epochBefore())
                    .put("epochAfter", gap.epochAfter())
                    .put("timeBefore", Timestamps.print(gap.timeMicrosBefore()))
                    .put("timeAfter", Timestamps.print(gap.timeMicrosAfter()))
                    .put("reason", gap.reason());
            known.ifPresent(each -> doc.putObject("acknowledged")
                    .put("by", each.by())
                    .put("at", Timestamps.print(each.atMicros()))
                    .put("why", each.why()));
            output.json(doc);
            return;
        }
        output.line(gap.timeline() + "@seq:" + gap.afterSeq() + "  epoch " + gap.epochBefore() + " to "
                + gap.epochAfter() + ", " + Timestamps.print(gap.timeMicrosBefore()) + " to "
                + Timestamps.print(gap.timeMicrosAfter()) + ": " + gap.reason());
        output.line(known.map(each -> "       acknowledged by " + each.by() + " at "
                        + Timestamps.print(each.atMicros())
                        + (each.why().isEmpty() ? "" : ": " + each.why()))
                .orElse("       not acknowledged"));
    }
}
