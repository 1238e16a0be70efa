package io.metawal.tools.cli;

import io.metawal.connectors.risingwave.backup.BackupImport;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.storage.object.IfAbsent;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.object.ObjectStoreOpener;
import io.metawal.storage.repository.Points;
import io.metawal.storage.repository.Repository;
import io.metawal.tools.engine.Engine;
import io.metawal.tools.engine.EngineSink;
import io.metawal.tools.engine.SourceKinds;
import io.metawal.tools.engine.SourcePosition;
import io.metawal.tools.output.Json;
import io.metawal.tools.output.Output;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** RisingWave's own snapshots as commits, each with a named point. */
final class RisingWaveImport {
    static final String SCHEME = "risingwave-backup:";

    private RisingWaveImport() {}

    static int run(RepositoryOptions options, WriterOptions writer, String url) throws InterruptedException {
        Repository repository = options.open();
        InstantSource clock = options.clock();
        List<BackupImport.Imported> imported;
        long unarchived;
        int exit;
        int timeline;
        try (ObjectStore store = ObjectStoreOpener.open(
                        url.substring(SCHEME.length()), IfAbsent.REFUSE, clock, System.getenv());
                Engine engine = writer.open(options, repository, "")) {
            SourceKinds.requireImport(engine, BackupImport.ORIGIN);
            BackupImport source = new BackupImport(store, Path.of(System.getProperty("java.io.tmpdir")));
            try {
                imported = source.run(SourcePosition.of(engine), new EngineSink(engine));
            } finally {
                unarchived = engine.flush();
            }
            timeline = engine.log().head().timeline();
            exit = Unarchived.told(unarchived, engine);
        }
        if (unarchived == 0) {
            imported.forEach(snapshot -> name(repository, snapshot, timeline, clock));
        }
        print(options.output(), imported);
        return exit;
    }

    private static void name(Repository repository, BackupImport.Imported snapshot, int timeline, InstantSource clock) {
        new Points(repository)
                .create(new Points.Point(
                        snapshot.label(),
                        timeline,
                        snapshot.seq(),
                        System.getProperty("user.name", "unknown"),
                        Timestamps.micros(clock.instant())));
    }

    private static void print(Output output, List<BackupImport.Imported> imported) {
        for (BackupImport.Imported snapshot : imported) {
            if (output.json()) {
                output.json(Json.document()
                        .put("snapshot", Long.toUnsignedString(snapshot.snapshotId()))
                        .put("seq", snapshot.seq())
                        .put("point", snapshot.label()));
            } else {
                output.line("snapshot " + Long.toUnsignedString(snapshot.snapshotId()) + " is seq " + snapshot.seq()
                        + ", name:" + snapshot.label());
            }
        }
        if (imported.isEmpty() && !output.json()) {
            output.line("nothing new: every snapshot of the manifest was imported before");
        }
    }
}
