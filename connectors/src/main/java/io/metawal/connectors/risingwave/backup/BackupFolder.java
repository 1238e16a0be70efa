package io.metawal.connectors.risingwave.backup;

import io.metawal.connectors.risingwave.snapshot.Manifest;
import io.metawal.connectors.risingwave.snapshot.ManifestEntry;
import io.metawal.connectors.risingwave.snapshot.SnapshotBytes;
import io.metawal.connectors.risingwave.snapshot.SnapshotFile;
import io.metawal.connectors.risingwave.snapshot.VersionForm;
import io.metawal.metadata.fault.DiskFullException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.fault.ObjectNotFoundException;
import io.metawal.metadata.fault.UnknownOutcomeException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStat;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.object.ObjectStores;
import io.metawal.storage.spool.SpoolFile;
import io.metawal.storage.spool.SpoolWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A backup directory of RisingWave's: {@code manifest.json} and {@code <id>.snapshot}, at the root of the store. */
public final class BackupFolder {
    private static final ObjectKey MANIFEST = new ObjectKey(Manifest.NAME);
    private static final Pattern SNAPSHOT = Pattern.compile("(\\d{1,20})\\.snapshot");

    private final ObjectStore store;

    public BackupFolder(ObjectStore store) {
        this.store = store;
    }

    public String describe() {
        return store.describe();
    }

    public String nameOf(ManifestEntry entry) {
        return entry.object() + " in " + store.describe();
    }

    /** Null where there is none. */
    public @Nullable Manifest manifest() {
        byte[] bytes;
        try {
            bytes = store.read(MANIFEST);
        } catch (ObjectNotFoundException none) {
            return null;
        }
        return Manifest.parse(bytes, MANIFEST + " in " + store.describe());
    }

    /** Puts a manifest in the old one's place, and reads it back. */
    public void write(Manifest manifest) {
        byte[] bytes = manifest.encode();
        try {
            store.replace(MANIFEST, bytes);
        } catch (UnknownOutcomeException lost) {
            // What is there says whether it was taken.
        }
        if (!Arrays.equals(written(), bytes)) {
            throw new MismatchException(MANIFEST + " in " + store.describe()
                    + " is not what was just written: somebody else wrote it meanwhile. Stop the meta node, look at it, and"
                    + " restore again");
        }
    }

    private byte[] written() {
        try {
            return store.read(MANIFEST);
        } catch (UnreachableException e) {
            throw new UnknownOutcomeException(
                    MANIFEST + " in " + store.describe()
                            + " was written, and cannot be read back: whether the snapshot counts is not known. Look at it"
                            + " once the store answers (" + e.text() + ")",
                    e);
        }
    }

    /** The greatest id among snapshots that are there, in the manifest or not; 0 for none. */
    public long greatestId() {
        long[] greatest = {0};
        for (char digit = '0'; digit <= '9'; digit++) {
            ObjectStores.forEach(store, String.valueOf(digit), "", stat -> {
                Matcher m = SNAPSHOT.matcher(stat.key().value());
                if (m.matches()) {
                    long id = Long.parseUnsignedLong(m.group(1));
                    greatest[0] = Long.compareUnsigned(id, greatest[0]) > 0 ? id : greatest[0];
                }
            });
        }
        return greatest[0];
    }

    /** Copies a snapshot into a local file, which is made. */
    public SpoolFile download(String object, Path into) {
        SpoolWriter out = SpoolFile.create(into);
        try (out) {
            copy(object, out);
        } catch (IOException e) {
            throw new UnreachableException("cannot write a copy of " + object + " to " + into + ": " + e, e);
        }
        return out.seal();
    }

    /** A snapshot's bytes as they are there now. */
    public InputStream read(String object) {
        return new ObjectInput(store, object(object));
    }

    /** The form of the Hummock version in a snapshot of version 2. */
    public VersionForm versionForm(ManifestEntry entry) {
        ObjectStat stat = object(entry.object());
        SnapshotBytes bytes = new SnapshotBytes() {
            @Override
            public long size() {
                return stat.size();
            }

            @Override
            public InputStream open() {
                return new ObjectInput(store, stat);
            }
        };
        return SnapshotFile.versionForm(bytes, nameOf(entry));
    }

    private void copy(String object, OutputStream out) throws IOException {
        try (InputStream in = read(object)) {
            in.transferTo(out);
        }
    }

    private ObjectStat object(String object) {
        ObjectKey key = new ObjectKey(object);
        ObjectStat stat = store.stat(key);
        if (stat == null) {
            throw new ObjectNotFoundException(key + " is not in " + store.describe()
                    + ", though the manifest names it: it was deleted, or is of another" + " directory");
        }
        return stat;
    }

    /** The last eight bytes of a snapshot, little-endian: its checksum as it stands there. */
    public long storedChecksum(String object) {
        ObjectKey key = new ObjectKey(object);
        ObjectStat stat = store.stat(key);
        if (stat == null) {
            throw new ObjectNotFoundException(
                    key + " is not in " + store.describe() + ", though the manifest names it");
        }
        byte[] last = store.read(key, Math.max(0, stat.size() - Long.BYTES), Long.BYTES);
        long checksum = 0;
        for (int n = last.length - 1; n >= 0; n--) {
            checksum = checksum << Byte.SIZE | last[n] & 0xff;
        }
        return checksum;
    }

    /** Creates a snapshot's object out of a local file. */
    public void upload(SpoolFile file, String object) {
        ObjectStores.createOrConfirm(store, new ObjectKey(object), body(file));
    }

    /** Deletes a snapshot that no manifest names. */
    public void delete(String object) {
        store.delete(new ObjectKey(object));
    }

    /** Refuses a snapshot that is larger than the room there is for it now. */
    public void requireRoom(long bytes) {
        long room = store.usableBytes();
        if (bytes > room) {
            throw new DiskFullException(
                    "cannot write a snapshot to " + store.describe() + ": it needs " + bytes + " bytes, and there are "
                            + room + " left. Free or add space there, or choose another place",
                    null);
        }
    }

    private static ObjectBody body(SpoolFile file) {
        return new ObjectBody() {
            @Override
            public long size() {
                return file.size();
            }

            @Override
            public InputStream open(long offset) {
                return file.open(offset);
            }
        };
    }
}
