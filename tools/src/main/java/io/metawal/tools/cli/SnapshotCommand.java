package io.metawal.tools.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.snapshotter.SnapshotCatalogue;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.repository.SnapshotId;
import io.metawal.storage.repository.SnapshotManifest;
import io.metawal.tools.engine.Engine;
import io.metawal.tools.output.Json;
import io.metawal.tools.output.Output;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "snapshot",
        mixinStandardHelpOptions = true,
        description = "Base snapshots. Taken by the daemon as its policy says, or here while no daemon runs.")
final class SnapshotCommand implements Runnable {
    @picocli.CommandLine.Spec
    private picocli.CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

    @Override
    public void run() {
        Subcommands.required(spec);
    }

    @Command(name = "create", mixinStandardHelpOptions = true, description = "Take one of the newest commit.")
    int create(@Mixin RepositoryOptions repository, @Mixin WriterOptions writer) {
        Repository open = repository.open();
        try (Engine engine = writer.openToMaintain(repository, open)) {
            SnapshotManifest manifest = engine.snapshot("it was asked for");
            engine.flush();
            print(repository.output(), History.load(open), manifest.id());
        }
        return 0;
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "All snapshots, oldest first.")
    int list(@Mixin RepositoryOptions repository) {
        History history = repository.history();
        SnapshotCatalogue.ids(history).forEach(id -> print(repository.output(), history, id));
        return 0;
    }

    @Command(
            name = "delete",
            mixinStandardHelpOptions = true,
            description = "Delete one; refused where the window needs it.")
    int delete(
            @Mixin RepositoryOptions repository,
            @Mixin WriterOptions writer,
            @Parameters(paramLabel = "ID") String snapshot) {
        SnapshotId id = SnapshotId.parse(snapshot);
        Repository open = repository.open();
        SnapshotCatalogue.checkDeletable(History.load(open), id);
        try (Engine engine = writer.openToMaintain(repository, open)) {
            SnapshotCatalogue.checkDeletable(History.load(open), id);
            SnapshotCatalogue.delete(engine.role(), id);
            engine.flush();
        }
        Output output = repository.output();
        if (output.json()) {
            output.json(Json.document().put("deleted", id.toString()));
        } else {
            output.line("deleted snapshot " + id);
        }
        return 0;
    }

    private static void print(Output output, History history, SnapshotId id) {
        if (output.json()) {
            ObjectNode doc = Json.document();
            doc.setAll(json(history, id));
            output.json(doc);
        } else {
            output.line(text(history, id));
        }
    }

    static ObjectNode json(History history, SnapshotId id) {
        ObjectNode node = Json.object().put("id", id.toString()).put("timeline", id.timeline());
        try {
            SnapshotManifest manifest = SnapshotCatalogue.read(history.repository(), id);
            node.setAll(Json.clocks(
                    manifest.at().seq(), manifest.at().epoch(), manifest.at().timeMicros()));
            return node.put("entries", manifest.at().digest().count())
                    .put("bytes", manifest.bytes())
                    .put("taken", Timestamps.print(manifest.takenMicros()))
                    .put("digest", manifest.at().digest().toString());
        } catch (MetawalException e) {
            return node.put("seq", id.seq()).put("unreadable", e.text());
        }
    }

    static String text(History history, SnapshotId id) {
        try {
            SnapshotManifest manifest = SnapshotCatalogue.read(history.repository(), id);
            return id + " at " + InfoCommand.describe(manifest.at().position()) + ", "
                    + manifest.at().digest().count() + " entries, " + manifest.bytes() + " bytes";
        } catch (MetawalException e) {
            return id + " " + InfoCommand.unreadable(e);
        }
    }
}
