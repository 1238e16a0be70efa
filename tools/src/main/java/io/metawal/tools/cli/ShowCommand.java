package io.metawal.tools.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.metawal.connectors.ndjson.EntryJson;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.GapException;
import io.metawal.metadata.fault.PointNotFoundException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.point.Ref;
import io.metawal.metadata.point.RefParser;
import io.metawal.pitr.plan.CommitFinder;
import io.metawal.pitr.plan.RefResolver;
import io.metawal.pitr.plan.ResolvedPoint;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Segments;
import io.metawal.tools.output.CommitView;
import io.metawal.tools.output.Json;
import io.metawal.tools.output.Output;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = "Show a commit with its changes; or, with KEY, what that key held at the point.")
final class ShowCommand implements Callable<Integer> {
    @Mixin
    private final RepositoryOptions repository = new RepositoryOptions();

    @Parameters(index = "0", paramLabel = "REF")
    private String ref = "latest";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "KEY",
            description = "as SPACE/KEY, or SPACE/NAME as log shows names")
    private @Nullable String key;

    @Mixin
    private final TableOption table = new TableOption();

    @Mixin
    private final DisplayOptions display = new DisplayOptions();

    @Override
    public Integer call() {
        History history = repository.history();
        Ref point =
                table.narrow(history, RefParser.parse(ref), repository.clock().instant());
        Output output = repository.output();
        if (key == null) {
            ResolvedPoint at = new RefResolver(history, repository.clock().instant()).resolve(point);
            PointNotes.tell(point, at);
            Commit commit = new CommitFinder(
                            history.line(at.timeline()),
                            new Segments(history.repository().store()))
                    .bySeq(at.seq())
                    .orElseThrow(() -> new GapException("the log of seq " + at.seq()
                            + " is missing, only its snapshot is there: `metawal show " + point
                            + " KEY` shows an entry of it"))
                    .record()
                    .commit();
            new CommitView(output, history.repository().identity().cluster(), display.of(history, at.timeline()))
                    .show(commit, commit.changes());
            return 0;
        }
        EntryKey wanted = EntryName.parse(key);
        ResolvedPoint asked = new RefResolver(history, repository.clock().instant()).resolve(point);
        PointNotes.tell(point, asked);
        CalledKeys called = new CalledKeys(key, wanted, display.of(history, asked.timeline()));
        Entry[] found = {null};
        ResolvedPoint at = Replayed.look(history, point, repository.clock().instant(), entry -> {
            if (called.matches(entry)) {
                found[0] = entry.entryKey().equals(wanted) || found[0] == null ? entry : found[0];
            }
        });
        called.requireOne();
        if (found[0] == null) {
            throw new PointNotFoundException(
                    key + " does not exist at seq " + at.seq() + "; `metawal history " + key + "` tells when it did");
        }
        if (output.json()) {
            ObjectNode doc = Json.document();
            doc.set("at", Json.clocks(at.seq(), at.at().epoch(), at.at().timeMicros()));
            doc.setAll(EntryJson.key(found[0]));
            display.of(history, at.timeline()).put(doc, "value", found[0]);
            EntryJson.putMeta(doc, found[0]);
            output.json(doc);
        } else {
            output.line(display.of(history, at.timeline()).text(found[0]));
        }
        return 0;
    }
}
