package io.metawal.tools.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.point.RefParser;
import io.metawal.pitr.plan.RefResolver;
import io.metawal.pitr.plan.ResolvedPoint;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Points;
import io.metawal.tools.output.Json;
import io.metawal.tools.output.Output;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "point",
        mixinStandardHelpOptions = true,
        description = "Named restore points, kept whatever the retention, reached as name:LABEL.")
final class PointCommand implements Runnable {
    @picocli.CommandLine.Spec
    private picocli.CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

    @Override
    public void run() {
        Subcommands.required(spec);
    }

    @Command(name = "create", mixinStandardHelpOptions = true, description = "Name a commit.")
    int create(
            @Mixin RepositoryOptions repository,
            @Parameters(paramLabel = "LABEL") String label,
            @Option(names = "--at", paramLabel = "REF", defaultValue = "latest") String at) {
        History history = repository.history();
        ResolvedPoint resolved = new RefResolver(history, repository.clock().instant()).resolve(RefParser.parse(at));
        PointNotes.tell(RefParser.parse(at), resolved);
        Points.Point point = new Points.Point(
                label,
                resolved.timeline(),
                resolved.seq(),
                System.getProperty("user.name", "unknown"),
                Timestamps.micros(repository.clock().instant()));
        new Points(history.repository()).create(point);
        print(repository.output(), point);
        return 0;
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "All points.")
    int list(@Mixin RepositoryOptions repository) {
        Output output = repository.output();
        new Points(repository.open()).list().forEach(point -> print(output, point));
        return 0;
    }

    @Command(name = "delete", mixinStandardHelpOptions = true, description = "Drop a name; the commit itself stays.")
    int delete(@Mixin RepositoryOptions repository, @Parameters(paramLabel = "LABEL") String label) {
        new Points(repository.open()).delete(label);
        Output output = repository.output();
        if (output.json()) {
            output.json(Json.document().put("deleted", label));
        } else {
            output.line("deleted the point \"" + label + "\"");
        }
        return 0;
    }

    private static void print(Output output, Points.Point point) {
        if (output.json()) {
            ObjectNode doc = Json.document();
            doc.setAll(json(point));
            output.json(doc);
        } else {
            output.line(text(point));
        }
    }

    static ObjectNode json(Points.Point point) {
        return Json.object()
                .put("label", point.label())
                .put("timeline", point.timeline())
                .put("seq", point.seq())
                .put("owner", point.owner())
                .put("created", Timestamps.print(point.createdMicros()));
    }

    static String text(Points.Point point) {
        return point.label() + " at seq " + point.seq() + " of timeline " + point.timeline() + ", by " + point.owner()
                + ", " + Timestamps.print(point.createdMicros());
    }
}
