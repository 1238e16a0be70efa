package io.metawal.tools.cli;

import io.metawal.connectors.risingwave.backup.BackupImport;
import io.metawal.connectors.risingwave.files.RisingWaveStores;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.pitr.plan.CommitScan;
import io.metawal.storage.object.IfAbsent;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Points;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.repository.Segments;
import io.metawal.storage.temp.TempFolder;
import io.metawal.tools.engine.Engine;
import io.metawal.tools.engine.EngineSink;
import io.metawal.tools.engine.SourceKinds;
import io.metawal.tools.engine.SourcePosition;
import io.metawal.tools.output.Json;
import io.metawal.tools.output.Output;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

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
        try (ObjectStore store =
                        RisingWaveStores.open(url.substring(SCHEME.length()), IfAbsent.REFUSE, clock, System.getenv());
                Engine engine = writer.open(options, repository, "")) {
            SourceKinds.requireImport(engine, BackupImport.ORIGIN);
            BackupImport source = new BackupImport(store, TempFolder.machineDirectory());
            try {
                imported = source.run(SourcePosition.of(engine), new EngineSink(engine));
            } finally {
                unarchived = engine.flush();
            }
            timeline = engine.log().head().timeline();
            exit = Unarchived.told(unarchived, engine);
        }
        if (unarchived == 0) {
            name(repository, timeline, clock);
        }
        print(options.output(), imported);
        return exit;
    }

    /** Every snapshot in the log has its point, also one that an earlier import did not come to name. */
    private static void name(Repository repository, int timeline, InstantSource clock) {
        Points points = new Points(repository);
        Set<String> named = points.list().stream().map(Points.Point::label).collect(Collectors.toSet());
        History history = History.load(repository);
        Map<Long, Long> seqs = new TreeMap<>();
        // A hole costs the points of the snapshots in it, and nothing else.
        new CommitScan(new Segments(repository.store()))
                .forEachPresent(history.line(timeline), 1, Long.MAX_VALUE, stamped -> {
                    var body = stamped.record().commit().body();
                    if (body.origin().equals(BackupImport.ORIGIN)) {
                        BackupImport.snapshots(body.sourcePosition())
                                .forEach(id ->
                                        seqs.putIfAbsent(id, stamped.record().seq()));
                    }
                    return true;
                });
        seqs.forEach((id, seq) -> {
            String label = BackupImport.label(id);
            if (!named.contains(label)) {
                points.create(new Points.Point(
                        label,
                        timeline,
                        seq,
                        System.getProperty("user.name", "unknown"),
                        Timestamps.micros(clock.instant())));
            }
        });
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
