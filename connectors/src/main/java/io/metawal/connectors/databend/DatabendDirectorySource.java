package io.metawal.connectors.databend;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.export.ExportCheck;
import io.metawal.connectors.databend.export.ExportReader;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.port.CommitSink;
import io.metawal.metadata.port.Source;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
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
 * {@code databend+dir:FILE-PATTERN}: exports that somebody puts into a directory, imported as they come, in the order of the log entries
 * that they reach. A file that is not sound is left until it changes, since it may still be being written; where it has not changed by
 * the next look but one, that is a failure.
 */
public final class DatabendDirectorySource implements Source {
    private static final Logger LOG = LoggerFactory.getLogger(DatabendDirectorySource.class);

    private final Path directory;
    private final String pattern;
    private final ImportOptions options;
    private final long pollMillis;
    private final Map<Path, Stamp> done = new HashMap<>();
    private final Map<Path, Stamp> doubtful = new HashMap<>();

    private record Stamp(long size, FileTime modified) {}

    private record Found(Path file, Stamp stamp, long end) {}

    /**
     * @param files a path whose last segment is a pattern, such as {@code /backup/meta-*.ndjson}
     * @param pollMillis how long to wait between two looks
     */
    public DatabendDirectorySource(String files, ImportOptions options, long pollMillis) {
        int slash = files.lastIndexOf('/');
        this.pattern = files.substring(slash + 1);
        this.directory = Path.of(slash < 0 ? "." : slash == 0 ? "/" : files.substring(0, slash));
        if (pattern.isEmpty()) {
            throw new UsageException(
                    "databend+dir:" + files + " names no files: expected a pattern behind the last /, such as"
                            + " databend+dir:/backup/meta-*.ndjson");
        }
        this.options = options;
        this.pollMillis = pollMillis;
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

    @Override
    public void capture(ByteString resumeAt, CommitSink sink) throws InterruptedException {
        ByteString position = resumeAt;
        CountDownLatch never = new CountDownLatch(1);
        try {
            while (!Thread.currentThread().isInterrupted()) {
                for (Found found : look()) {
                    position = take(found, position, sink);
                }
                var unused = never.await(pollMillis, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            // To be interrupted is how a capture ends; whoever runs the thread still sees that it was.
            Thread.currentThread().interrupt();
        }
    }

    private ByteString take(Found found, ByteString position, CommitSink sink) throws InterruptedException {
        ImportReport report = new DatabendImport(reader(found.file()), options).run(position, sink);
        report.findings().forEach(finding -> LOG.warn("{}: {}", found.file(), finding));
        report.notes().forEach(note -> LOG.info("{}: {}", found.file(), note));
        LOG.info("{}: {} commits, up to log index {}", found.file(), report.commits(), report.to());
        done.put(found.file(), found.stamp());
        return report.position();
    }

    private static ExportReader reader(Path file) {
        return new ExportReader(file.toString(), () -> Files.newInputStream(file));
    }

    /** What is new, sound, and in order. */
    private List<Found> look() throws InterruptedException {
        List<Found> found = new ArrayList<>();
        Map<Path, Stamp> present = list();
        done.keySet().retainAll(present.keySet());
        doubtful.keySet().retainAll(present.keySet());
        for (Map.Entry<Path, Stamp> each : present.entrySet()) {
            Path file = each.getKey();
            if (!each.getValue().equals(done.get(file))) {
                try {
                    found.add(new Found(
                            file,
                            each.getValue(),
                            ExportCheck.of(reader(file), -1).end()));
                    doubtful.remove(file);
                } catch (MetawalException e) {
                    if (each.getValue().equals(doubtful.put(file, each.getValue()))) {
                        throw e;
                    }
                    LOG.warn("{}: looked at again later: {}", file, e.text());
                }
            }
        }
        found.sort(Comparator.comparingLong(Found::end).thenComparing(Found::file));
        return found;
    }

    private Map<Path, Stamp> list() {
        Map<Path, Stamp> files = new HashMap<>();
        try (DirectoryStream<Path> listed = Files.newDirectoryStream(directory, pattern)) {
            for (Path file : listed) {
                if (Files.isRegularFile(file)) {
                    files.put(file, new Stamp(Files.size(file), Files.getLastModifiedTime(file)));
                }
            }
            return files;
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            throw new UnreachableException("cannot list " + directory + ": " + e, e);
        }
    }

    @Override
    public void close() {}
}
