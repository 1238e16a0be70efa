package io.metawal.connectors.risingwave.backup;

import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.BaseCommits;
import io.metawal.connectors.capture.CheckedSink;
import io.metawal.connectors.capture.EntryDiff;
import io.metawal.connectors.capture.EntrySorter;
import io.metawal.connectors.capture.EntrySource;
import io.metawal.connectors.file.Scratch;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.hummock.Epochs;
import io.metawal.connectors.risingwave.snapshot.Manifest;
import io.metawal.connectors.risingwave.snapshot.ManifestEntry;
import io.metawal.connectors.risingwave.snapshot.SnapshotBytes;
import io.metawal.connectors.risingwave.snapshot.SnapshotFaultException;
import io.metawal.connectors.risingwave.snapshot.SnapshotFile;
import io.metawal.connectors.risingwave.snapshot.SnapshotLayout;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.CommitSink;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.spool.SpoolFile;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code import risingwave-backup:URL}: each snapshot that the manifest names, in the order of ids, becomes the commit that takes the image
 * to it. Repeated, it goes on where it ended. A snapshot is read to its end and sorted before the first of its changes is given to the
 * sink, so none is imported half because of what is wrong with it. Disk: about twice the snapshot; memory: its Hummock version and 32 MiB.
 */
public final class BackupImport {
    public static final String ORIGIN = "risingwave-backup";
    private static final Logger LOG = LoggerFactory.getLogger(BackupImport.class);
    private static final long SORT_BYTES_MAX = 32 << 20;

    private final BackupFolder folder;
    private final Path scratch;
    private final BaseCommits.Limits limits;

    /**
     * A snapshot that is in the log.
     *
     * @param seq of the commit after which the image is the snapshot's
     * @param label for a named point at that commit
     */
    public record Imported(long snapshotId, long seq, String label) {}

    /**
     * @param store whose root is RisingWave's backup directory; stays open
     * @param scratch where temporary files may be written
     */
    public BackupImport(ObjectStore store, Path scratch) {
        this(store, scratch, BaseCommits.Limits.DEFAULT);
    }

    BackupImport(ObjectStore store, Path scratch, BaseCommits.Limits limits) {
        this.folder = new BackupFolder(store);
        this.scratch = scratch;
        this.limits = limits;
    }

    /**
     * Imports what is not in the log yet.
     *
     * @param resumeAt the source position of the last commit in the log; empty where there is none
     * @return those imported now, in order
     */
    public List<Imported> run(ByteString resumeAt, CommitSink sink) throws InterruptedException {
        ImportPosition position = ImportPosition.parse(resumeAt);
        List<Imported> imported = new ArrayList<>();
        Long last = position.lastId();
        for (ManifestEntry entry : entries()) {
            if (last != null && Long.compareUnsigned(entry.id(), last) <= 0) {
                position.checkImported(entry.id(), folder.storedChecksum(entry.object()), folder.nameOf(entry));
            } else {
                Step step = one(entry, position, sink);
                position = step.position();
                imported.add(step.imported());
            }
        }
        return imported;
    }

    /** The ids of the snapshots that are in the log, by the source position of a commit of an import. */
    public static Set<Long> snapshots(ByteString position) {
        return Set.copyOf(ImportPosition.parse(position).snapshots().keySet());
    }

    /** What the point of a snapshot is called. */
    public static String label(long snapshotId) {
        return "risingwave-snapshot-" + Long.toUnsignedString(snapshotId);
    }

    private List<ManifestEntry> entries() {
        Manifest manifest = folder.manifest();
        if (manifest == null) {
            throw new UsageException(folder.describe() + " has no " + Manifest.NAME
                    + ": name RisingWave's backup directory itself, such as …/hummock_001/backup");
        }
        List<ManifestEntry> entries = new ArrayList<>(manifest.snapshots());
        entries.sort(Comparator.comparing(ManifestEntry::id, Long::compareUnsigned));
        for (int n = 1; n < entries.size(); n++) {
            if (entries.get(n).id() == entries.get(n - 1).id()) {
                throw new SnapshotFaultException(
                        SnapshotFaultException.Kind.COUNT,
                        Manifest.NAME + " in " + folder.describe() + " names "
                                + entries.get(n).object() + " twice");
            }
        }
        return entries;
    }

    private record Step(ImportPosition position, Imported imported) {}

    private Step one(ManifestEntry entry, ImportPosition before, CommitSink sink) throws InterruptedException {
        String name = folder.nameOf(entry);
        try (Scratch work = new Scratch(scratch, "backup")) {
            SpoolFile copy = folder.download(entry.object(), work.file("snapshot"));
            SnapshotFile file = SnapshotFile.open(SnapshotBytes.of(copy), name, entry.version());
            checkHeader(entry, file);
            warnIfNewer(entry, name);
            EntrySorter sorted = new EntrySorter(work.folder(), SORT_BYTES_MAX, BackupImport::twice);
            SnapshotEntries.Summary summary = SnapshotEntries.split(file, entry.version(), sorted::add);
            sorted.check();
            ImportPosition after = before.with(entry.id(), file.checksum(), summary.clusterId(), name);
            boolean real = summary.committedEpoch() != 0;
            BaseCommits.Place place = new BaseCommits.Place(
                    ORIGIN,
                    real ? summary.committedEpoch() : CommitDraft.ABSENT,
                    real ? Epochs.timeMicros(summary.committedEpoch()) : CommitDraft.ABSENT,
                    before.partOf(entry.id()),
                    after.bytes(),
                    gap(before, entry));
            CommitKind kind = before.lastId() == null ? CommitKind.BASE : CommitKind.DATA;
            long seq = commit(sorted, place, kind, new CheckedSink(sink));
            return new Step(after, new Imported(entry.id(), seq, label(entry.id())));
        }
    }

    private static void warnIfNewer(ManifestEntry entry, String name) {
        RwVersion by = entry.version();
        if (by != null && SnapshotLayout.isNewer(by)) {
            LOG.warn(
                    "{} is of RisingWave {}, which is newer than the releases known to this metawal (up to {}.{}): it was read by"
                            + " the newest layout that is known. It goes back into a meta store of its own level; a snapshot"
                            + " made of it is refused. Use a metawal that knows this release",
                    name,
                    by,
                    SnapshotLayout.KNOWN_UP_TO.major(),
                    SnapshotLayout.KNOWN_UP_TO.minor());
        }
    }

    /** The seq of the snapshot's last commit, which is durable. */
    private long commit(EntrySorter sorted, BaseCommits.Place place, CommitKind kind, CheckedSink sink)
            throws InterruptedException {
        BaseCommits commits = new BaseCommits(place, sink, limits);
        try (ImageView image = sink.image();
                EntryIterator present = image.entries();
                EntryIterator wanted = sorted.entries()) {
            EntryDiff diff = new EntryDiff(EntrySource.of(wanted), present, key -> true);
            for (Change change = diff.next(); change != null; change = diff.next()) {
                if (!goesBack(change, diff.replaced())) {
                    commits.add(change);
                }
            }
        }
        commits.finish(kind);
        return Objects.requireNonNull(sink.settle()).seq();
    }

    /** What a snapshot knows of a counter is the largest id that is still there; an older one may know of a larger one. */
    private static boolean goesBack(Change change, @Nullable Entry before) {
        return before != null
                && change.entryKey().space().equals(RwSpaces.ID_AUTO_INCREMENT)
                && (change.op() == Op.DELETE || number(change.value()).compareTo(number(before.value())) < 0);
    }

    private static BigInteger number(ByteString decimal) {
        return new BigInteger(decimal.toStringUtf8());
    }

    private static void checkHeader(ManifestEntry entry, SnapshotFile file) {
        int declared = Math.max(1, entry.formatVersion());
        if (file.head().id() != entry.id() || file.head().formatVersion() != declared) {
            throw new SnapshotFaultException(
                    SnapshotFaultException.Kind.CONTENT,
                    file.name() + " is not the snapshot that the manifest names: expected id "
                            + Long.toUnsignedString(entry.id()) + " of format version " + declared + ", found id "
                            + Long.toUnsignedString(file.head().id()) + " of format version "
                            + file.head().formatVersion());
        }
    }

    private static String gap(ImportPosition before, ManifestEntry entry) {
        Long last = before.lastId();
        return last == null
                ? ""
                : "between RisingWave snapshots " + Long.toUnsignedString(last) + " and "
                        + Long.toUnsignedString(entry.id()) + " nothing was captured";
    }

    private static SnapshotFaultException twice(EntryKey key) {
        return new SnapshotFaultException(
                SnapshotFaultException.Kind.COUNT,
                "the snapshot has two rows of one key: " + key.space() + " "
                        + key.key().toStringUtf8());
    }
}
