package io.metawal.connectors.databend.targets;

import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.connectors.file.CountedBytes;
import io.metawal.connectors.file.PublishedFile;
import io.metawal.metadata.commit.Category;
import io.metawal.metadata.commit.CategoryRules;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code --into databend-export:FILE}: an export, data version V004, that {@code databend-metactl import} takes. Lines are sorted as it wants
 * them: Sequences, LastApplied, LastMembership, Nodes, Expire, GenericKV. Written beside the file and put in its place in one step; an
 * existing file is refused.
 */
public final class DatabendExportTarget implements RestoreTarget {
    private final Path file;
    private final ExportOptions options;
    private final Path scratch;
    private final TreeMap<Path, Long> files = new TreeMap<>();
    private @Nullable KeySpool records;
    private final List<Entry> system = new ArrayList<>();
    private final TreeMap<String, Long> strangers = new TreeMap<>();
    private long ephemeral;

    /** @param scratch where temporary files may be written */
    public DatabendExportTarget(Path file, ExportOptions options, Path scratch) {
        this.file = file.toAbsolutePath();
        this.options = options;
        this.scratch = scratch;
        if (options.cluster().isPresent() && options.id().isEmpty()) {
            options.cluster()
                    .get()
                    .nodes()
                    .keySet()
                    .forEach(id -> files.put(this.file.resolveSibling(this.file.getFileName() + "." + id), id));
        } else {
            long id = options.id().orElse(0);
            options.cluster().ifPresent(cluster -> cluster.node(id));
            files.put(this.file, id);
        }
    }

    @Override
    public String describe() {
        return "databend-export:" + file;
    }

    @Override
    public boolean staged() {
        return true;
    }

    @Override
    public void check(RestorePoint point) {
        files.keySet().forEach(PublishedFile::check);
    }

    @Override
    public void prepare(RestorePoint point) {
        check(point);
        spool();
    }

    @Override
    public void examine(Entry entry) {
        spool();
        write(entry);
    }

    private void spool() {
        if (records == null) {
            records = KeySpool.in(scratch);
        }
    }

    @Override
    public RestoreReport ready() {
        spool();
        ExportWriter writer = writer();
        CountedBytes counted = new CountedBytes();
        files.values().forEach(id -> writer.write(counted, id));
        PublishedFile.requireRoom(file, counted.bytes());
        return report(writer);
    }

    @Override
    public void write(Entry entry) {
        KeySpool spool = records;
        if (spool == null) {
            throw new IllegalStateException("not prepared");
        }
        if (!DatabendSpaces.holdsRecords(entry.entryKey().space())) {
            if (SystemEntries.knows(entry.entryKey())) {
                system.add(entry);
            } else {
                strangers.merge(entry.entryKey().space().name(), 1L, Long::sum);
            }
        } else if (options.ephemeral() == ExportOptions.Ephemeral.LEFT_OUT
                && CategoryRules.DEFAULT.categoryOf(entry.entryKey()) == Category.EPHEMERAL) {
            ephemeral++;
        } else {
            spool.add(entry);
        }
    }

    private ExportWriter writer() {
        KeySpool spool = records;
        if (spool == null) {
            throw new IllegalStateException("not prepared");
        }
        SystemEntries entries = SystemEntries.of(system);
        if (!entries.any()) {
            throw new UsageException(
                    "the point is not of a Databend meta service: it has neither LastApplied nor a sequence"
                            + (strangers.isEmpty() ? "" : ", but entries in " + strangers.keySet())
                            + ". Nothing was written to " + file + "; choose another target");
        }
        return new ExportWriter(entries, spool, options);
    }

    @Override
    public RestoreReport publish(Runnable beforeVisible) {
        ExportWriter writer = writer();
        List<PublishedFile> written = new ArrayList<>();
        try {
            files.forEach((path, id) -> {
                PublishedFile part = new PublishedFile(path);
                written.add(part);
                writer.write(part, id);
            });
            written.forEach(PublishedFile::verify);
            beforeVisible.run();
            PublishedFile.publishAll(written);
        } finally {
            written.forEach(PublishedFile::close);
        }
        return report(writer);
    }

    private RestoreReport report(ExportWriter writer) {
        List<String> notes = new ArrayList<>(writer.notes());
        if (ephemeral > 0) {
            notes.add(ephemeral
                    + " records that last only while somebody renews them (sessions, heartbeats, locks) were left out");
        }
        long homeless = strangers.values().stream().mapToLong(Long::longValue).sum();
        if (homeless > 0) {
            notes.add(homeless + " entries have no place in a Databend export and were left out: " + strangers);
        }
        // What only lasts while it is renewed is not missed: nodes write it again.
        return new RestoreReport(writer.lines(), homeless + writer.skipped(), ephemeral, notes);
    }

    @Override
    public void close() {
        KeySpool spool = records;
        records = null;
        if (spool != null) {
            spool.close();
        }
    }
}
