package io.metawal.connectors.databend;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.export.ExportCheck;
import io.metawal.connectors.databend.export.ExportReader;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.GapException;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.port.CommitSink;
import io.metawal.metadata.port.Source;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code databend+dir:FILE-PATTERN}: exports that somebody puts into a directory, imported in the order of the log entries that they reach,
 * each once it has not changed for a while. One that is not sound, or that nothing leads to, is left, told of once a minute and looked at
 * again; the others are gone on with. Another cluster's ends the capture.
 */
public final class DatabendDirectorySource implements Source {
    private static final Logger LOG = LoggerFactory.getLogger(DatabendDirectorySource.class);

    private final Path directory;
    private final String pattern;
    private final ImportOptions options;
    private final Pace pace;
    private final SettledFiles files;
    private boolean toldNothing;

    /**
     * How often is looked, and what is waited for.
     *
     * @param pollMillis between two looks
     * @param settleMillis that a file must not have changed for
     */
    public record Pace(long pollMillis, long settleMillis) {
        public static final Pace DEFAULT = new Pace(1_000, 5_000);
    }

    private record Found(Path file, SettledFiles.Stamp stamp, long end) {}

    /** @param files a path whose last segment is a pattern, such as {@code /backup/meta-*.ndjson} */
    public DatabendDirectorySource(String files, ImportOptions options, Pace pace) {
        int slash = files.lastIndexOf('/');
        this.pattern = files.substring(slash + 1);
        this.directory = Path.of(slash < 0 ? "." : slash == 0 ? "/" : files.substring(0, slash));
        if (pattern.isEmpty()) {
            throw new UsageException(
                    "databend+dir:" + files + " names no files: expected a pattern behind the last /, such as"
                            + " databend+dir:/backup/meta-*.ndjson");
        }
        requireNoRaftDirectory(files);
        this.options = options;
        this.pace = pace;
        this.files = new SettledFiles(TimeUnit.MILLISECONDS.toNanos(pace.settleMillis()));
    }

    private void requireNoRaftDirectory(String files) {
        boolean raft = Files.isDirectory(directory.resolve("df_meta"))
                || Files.isDirectory(Path.of(files, "df_meta"))
                || directory.toString().contains("df_meta");
        if (raft || Files.isDirectory(Path.of(files))) {
            throw new UsageException("databend+dir:" + files
                    + (raft ? " is a meta service's own directory" : " is a directory")
                    + ": expected a pattern of files that databend-metactl export wrote, such as"
                    + " databend+dir:/backup/meta-*.ndjson"
                    + (raft ? "; of a stopped service, databend-metactl export --raft-dir writes one" : ""));
        }
    }

    @Override
    public String origin() {
        return DatabendImport.ORIGIN;
    }

    /** Empty: no export names its cluster. That each goes on from the last is looked at where it is imported. */
    @Override
    public String identity() {
        return "";
    }

    /** {@code doubtful_files}: how many are left for now since they are not sound. */
    @Override
    public Map<String, Double> gauges() {
        return Map.of("doubtful_files", (double) files.doubtful());
    }

    @Override
    public void capture(ByteString resumeAt, CommitSink sink) throws InterruptedException {
        ByteString position = resumeAt;
        CountDownLatch never = new CountDownLatch(1);
        try {
            while (!Thread.currentThread().isInterrupted()) {
                tellWhereNothingIs();
                for (Found found : look()) {
                    position = take(found, position, sink);
                }
                var unused = never.await(pace.pollMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            // To be interrupted is how a capture ends; whoever runs the thread still sees that it was.
            Thread.currentThread().interrupt();
        }
    }

    /** Once: a pattern that fits nothing yet may be meant so. */
    private void tellWhereNothingIs() {
        if (!toldNothing && list().isEmpty()) {
            LOG.warn(
                    "no file in {} is named {}: waiting for one that databend-metactl export wrote",
                    directory,
                    pattern);
        }
        toldNothing = true;
    }

    private ByteString take(Found found, ByteString position, CommitSink sink) throws InterruptedException {
        DatabendPosition at = position.isEmpty() ? null : DatabendPosition.parse(position);
        ImportRun run;
        ImportPlan plan;
        try {
            ExportReader reader = reader(found.file());
            ExportCheck check = ExportCheck.of(reader, at == null ? -1 : at.index());
            run = new ImportRun(reader, check, options, sink);
            plan = run.plan(at);
        } catch (CorruptException | GapException | UnsupportedFormatException | UnreachableException e) {
            doubt(found.file(), found.stamp(), e);
            return position;
        }
        ImportReport report = run.run(plan, at);
        report.findings().forEach(finding -> LOG.warn("{}: {}", found.file(), finding));
        report.notes().forEach(note -> LOG.info("{}: {}", found.file(), note));
        LOG.info("{}: {} commits, up to log index {}", found.file(), report.commits(), report.to());
        files.done(found.file(), found.stamp());
        return report.position();
    }

    private void doubt(Path file, SettledFiles.Stamp stamp, MetawalException e) {
        if (files.doubt(file, stamp, System.nanoTime())) {
            LOG.warn("{}: left for now, and looked at again later: {}", file, e.text());
        }
    }

    private static ExportReader reader(Path file) {
        return new ExportReader(file.toString(), () -> Files.newInputStream(file));
    }

    /** What is new, sound, and in order. */
    private List<Found> look() throws InterruptedException {
        List<Found> found = new ArrayList<>();
        for (Map.Entry<Path, SettledFiles.Stamp> each :
                files.look(list(), System.nanoTime()).entrySet()) {
            Path file = each.getKey();
            try {
                found.add(new Found(
                        file, each.getValue(), ExportCheck.of(reader(file), -1).end()));
            } catch (MetawalException e) {
                doubt(file, each.getValue(), e);
            }
        }
        found.sort(Comparator.comparingLong(Found::end).thenComparing(Found::file));
        return found;
    }

    private Map<Path, SettledFiles.Stamp> list() {
        Map<Path, SettledFiles.Stamp> listed = new HashMap<>();
        try (DirectoryStream<Path> there = Files.newDirectoryStream(directory, pattern)) {
            for (Path file : there) {
                if (Files.isRegularFile(file)) {
                    listed.put(file, new SettledFiles.Stamp(Files.size(file), Files.getLastModifiedTime(file)));
                }
            }
            return listed;
        } catch (NoSuchFileException e) {
            // One was taken away meanwhile, or the directory was: the next look tells.
            if (Files.isDirectory(directory)) {
                return listed;
            }
            throw new UnreachableException("cannot list " + directory + ": " + e, e);
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            throw new UnreachableException("cannot list " + directory + ": " + e, e);
        }
    }

    @Override
    public void close() {}
}
