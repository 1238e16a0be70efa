package io.metawal.connectors.risingwave.backuptarget;

import io.metawal.connectors.file.Scratch;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.backup.BackupFolder;
import io.metawal.connectors.risingwave.backup.StoreModel;
import io.metawal.connectors.risingwave.files.ObjectIds;
import io.metawal.connectors.risingwave.snapshot.Manifest;
import io.metawal.connectors.risingwave.snapshot.ManifestDraft;
import io.metawal.connectors.risingwave.snapshot.ManifestEntry;
import io.metawal.connectors.risingwave.snapshot.SnapshotBytes;
import io.metawal.connectors.risingwave.snapshot.SnapshotFile;
import io.metawal.connectors.risingwave.snapshot.SnapshotLayout;
import io.metawal.connectors.risingwave.snapshot.VersionForm;
import io.metawal.metadata.fault.BusyException;
import io.metawal.metadata.fault.LocalFaults;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.spool.SpoolFile;
import java.io.IOException;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code --into risingwave-backup:URL}: a snapshot more in RisingWave's backup directory, with the next free id, which the stock tool
 * restores. Staged: what is uploaded is nothing to RisingWave before the manifest names it, and that is the last step. The snapshot is read
 * back before. For one thread.
 */
public final class BackupTarget implements RestoreTarget {
    private static final Logger LOG = LoggerFactory.getLogger(BackupTarget.class);

    private final BackupFolder folder;
    private final MetaNodeCheck metaNode;
    private final BackupTargetOptions options;
    private final Supplier<OptionalLong> greatestObject;
    private String remarks = "";
    private @Nullable Scratch scratch;
    private @Nullable SnapshotParts parts;

    /** @param store whose root is RisingWave's backup directory; stays open */
    public BackupTarget(ObjectStore store, MetaNodeCheck metaNode, BackupTargetOptions options) {
        this(store, metaNode, options, OptionalLong::empty);
    }

    /**
     * @param store whose root is RisingWave's backup directory; stays open
     * @param greatestObject the greatest id of a file in the data directory, asked once all entries are there; empty where it was not
     *     listed
     */
    public BackupTarget(
            ObjectStore store,
            MetaNodeCheck metaNode,
            BackupTargetOptions options,
            Supplier<OptionalLong> greatestObject) {
        this.greatestObject = greatestObject;
        this.folder = new BackupFolder(store);
        this.metaNode = metaNode;
        this.options = options;
    }

    @Override
    public String describe() {
        return "risingwave-backup:" + folder.describe();
    }

    @Override
    public boolean staged() {
        return true;
    }

    @Override
    public void check(RestorePoint point) {
        refuseAlive();
        var unused = folder.manifest();
    }

    private void refuseAlive() {
        metaNode.livingNode().ifPresent(node -> {
            String what = "a meta node is alive: " + node
                    + ". It keeps the backup's manifest in memory, and at its next backup"
                    + " or deletion writes it over ours, without this snapshot";
            if (options.ifAlive() == BackupTargetOptions.MetaNodeAlive.REFUSE) {
                throw new BusyException(what + ". Stop it first, or say --even-if-alive");
            }
            LOG.warn("{}", what);
        });
    }

    @Override
    public void examine(Entry entry) {
        open();
        write(entry);
    }

    @Override
    public RestoreReport ready() {
        open();
        try {
            Made made = made(Objects.requireNonNull(parts), Objects.requireNonNull(scratch));
            folder.requireRoom(made.file().size());
            return made.report();
        } catch (IOException e) {
            throw scratchFull(e);
        }
    }

    @Override
    public void prepare(RestorePoint point) {
        check(point);
        remarks = "metawal: " + point.cluster() + " " + point.provenance().timeline() + "@seq:"
                + point.provenance().seq();
        open();
    }

    private void open() {
        if (scratch == null) {
            Scratch made = new Scratch(options.scratch(), "backup");
            scratch = made;
            parts = new SnapshotParts(made);
        }
    }

    @Override
    public void write(Entry entry) {
        try {
            Objects.requireNonNull(parts, "prepare comes first").add(entry);
        } catch (IOException e) {
            throw scratchFull(e);
        }
    }

    private MetawalException scratchFull(IOException e) {
        return LocalFaults.of("cannot write temporary files in " + options.scratch(), e);
    }

    @Override
    public RestoreReport publish(Runnable beforeVisible) {
        SnapshotParts all = Objects.requireNonNull(parts, "prepare comes first");
        try {
            return publish(all, Objects.requireNonNull(scratch), beforeVisible);
        } catch (IOException e) {
            throw scratchFull(e);
        }
    }

    /** A snapshot that is complete and proven, in a temporary file. */
    private record Made(
            SpoolFile file,
            long id,
            int formatVersion,
            @Nullable RwVersion writtenBy,
            Manifest manifest,
            VersionPart version,
            RestoreReport report) {}

    private Made made(SnapshotParts all, Scratch work) throws IOException {
        SnapshotLayout layout = LayoutRule.choose(all.store(), options.version(), all);
        Manifest before = folder.manifest();
        Manifest manifest = before == null ? Manifest.EMPTY : before;
        long id = freeId(manifest, all.backupIds());
        TargetNotes notes = new TargetNotes(layout, all);
        all.place(notes.raised(layout.formatVersion(), all.backupIds(), id));
        Entry objectIds = all.objectIds();
        if (objectIds != null) {
            all.place(notes.afterFiles(objectIds, greatestObject.get()));
        }

        VersionForm form = new FormRule(folder, manifest).choose(layout, options.form(), all.store(), all.migrations());
        VersionPart version = VersionPart.write(all.takeVersion(), layout.formatVersion(), form, work);
        SpoolFile made = new SnapshotAssembly(layout, all, version).write(work.file("made"), id);
        RwVersion writtenBy = layoutVersion(all);
        SnapshotBytes bytes = SnapshotBytes.of(made);
        prove(SnapshotFile.open(bytes, "the snapshot made", layoutOrNewer(layout, writtenBy)), all, version);

        if (layout.versionForms().size() > 1) {
            notes.form(form, layoutOrNewer(layout, writtenBy));
        }
        RestoreReport report = notes.report(all.count(), version, ManifestEntry.object(id));
        return new Made(made, id, layout.formatVersion(), writtenBy, manifest, version, report);
    }

    private RestoreReport publish(SnapshotParts all, Scratch work, Runnable beforeVisible) throws IOException {
        Made made = made(all, work);
        String object = ManifestEntry.object(made.id());
        ObjectIds objects = made.version().objects();
        objects.addAll(all.changeLogObjects());
        folder.upload(made.file(), object);
        boolean named = false;
        try {
            made.file().checkSame(folder.read(object), object + " in " + folder.describe());
            refuseAlive();
            beforeVisible.run();
            // From here on the manifest may name it, whatever the answer is: then it stays.
            named = true;
            folder.write(made.manifest()
                    .with(new ManifestDraft(
                                    made.id(),
                                    made.formatVersion(),
                                    made.writtenBy(),
                                    remarks,
                                    objects.sorted(),
                                    made.version().head())
                            .entry()));
        } catch (UnreachableException refused) {
            named = false;
            throw refused;
        } finally {
            if (!named) {
                withdraw(object);
            }
        }
        return made.report();
    }

    /** Deletes what was uploaded and is not named. */
    private void withdraw(String object) {
        try {
            folder.delete(object);
        } catch (MetawalException e) {
            LOG.warn(
                    "{} in {} was uploaded and could not be deleted again ({}). No manifest names it: delete it",
                    object,
                    folder.describe(),
                    e.text());
        }
    }

    private long freeId(Manifest manifest, @Nullable Entry generator) {
        long greatest = folder.greatestId();
        for (ManifestEntry entry : manifest.snapshots()) {
            greatest = Long.compareUnsigned(entry.id(), greatest) > 0 ? entry.id() : greatest;
        }
        long next = generator == null ? 1 : Counters.next(generator);
        return Long.compareUnsigned(next, greatest) > 0 ? next : greatest + 1;
    }

    /** Null where it is not known. */
    private @Nullable RwVersion layoutVersion(SnapshotParts all) {
        StoreModel store = all.store();
        return options.version() != null || store == null ? options.version() : store.version();
    }

    private static RwVersion layoutOrNewer(SnapshotLayout layout, @Nullable RwVersion writtenBy) {
        return writtenBy == null ? layout.from() : writtenBy;
    }

    /** That the snapshot comes apart into the entries that were given. */
    private static void prove(SnapshotFile file, SnapshotParts all, VersionPart version) {
        SnapshotDigest found = SnapshotDigest.of(file);
        if (!found.rows().equals(all.digest()) || !found.version().equals(version.digest())) {
            throw new MismatchException("the snapshot made does not hold what was to be restored: expected rows "
                    + all.digest() + " and version " + version.digest() + ", found " + found.rows() + " and "
                    + found.version() + ". Nothing was written; this is a defect of metawal, please report it");
        }
    }

    @Override
    public void close() {
        SnapshotParts open = parts;
        Scratch work = scratch;
        parts = null;
        scratch = null;
        try {
            if (open != null) {
                open.close();
            }
        } catch (IOException e) {
            throw scratchFull(e);
        } finally {
            if (work != null) {
                work.close();
            }
        }
    }
}
