package io.metawal.storage.object;

import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.ObjectExistsException;
import io.metawal.metadata.fault.ObjectNotFoundException;
import io.metawal.metadata.fault.UsageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A store in a directory: an object is a file, the parts of its key are folders.
 *
 * <p>An object is written whole and forced under a hidden name, then linked to its own: a link is refused where the name
 * is taken, so of several creators one wins, also among machines that share the directory; and it shows the whole object
 * or none. Then every folder up to the root is forced, since another process may have made one and not forced it yet.
 * Folders that a delete leaves empty are removed; a creator that loses its folder so makes it again.
 *
 * <p>A name is a file or a folder: a key cannot be the leading parts of another one, unlike in other stores.
 */
public final class FileObjectStore implements ObjectStore {
    private static final int LINK_ATTEMPTS_MAX = 100;

    private final Path root;
    private final DirectoryCalls calls;
    private final TempFiles temps;
    private final FileFaults faults;

    /** @param root a directory that is there, see {@link ObjectStoreOpener} */
    public FileObjectStore(Path root, InstantSource clock) {
        this(root, clock, DirectoryCalls.REAL);
    }

    FileObjectStore(Path root, InstantSource clock, DirectoryCalls calls) {
        this.root = root.toAbsolutePath().normalize();
        this.calls = calls;
        this.temps = new TempFiles(this.root, clock);
        this.faults = new FileFaults(this.root);
    }

    @Override
    public String describe() {
        return "file:" + root;
    }

    @Override
    public long usableBytes() {
        try {
            return Files.getFileStore(root).getUsableSpace();
        } catch (IOException | UnsupportedOperationException notTold) {
            return Long.MAX_VALUE;
        }
    }

    @Override
    public void create(ObjectKey key, ObjectBody body) {
        Path target = root.resolve(key.value());
        if (Files.exists(target)) {
            throw taken(key, target);
        }
        Path temp = write(key, body);
        try {
            link(key, temp, target);
        } finally {
            temps.drop(temp);
        }
        forceUpwards("create " + key, target.getParent());
    }

    @Override
    public void replace(ObjectKey key, byte[] bytes) {
        Path target = root.resolve(key.value());
        if (Files.isDirectory(target)) {
            throw taken(key, target);
        }
        Path temp = write(key, ObjectBody.of(bytes));
        try {
            makeFolders(key, target.getParent());
            calls.move(temp, target);
        } catch (IOException e) {
            throw faults.published("replace " + key, e);
        } finally {
            temps.drop(temp);
        }
        forceUpwards("replace " + key, target.getParent());
    }

    private Path write(ObjectKey key, ObjectBody body) {
        try {
            return temps.write(body);
        } catch (IOException e) {
            throw faults.unchanged("write " + key, e);
        }
    }

    private void link(ObjectKey key, Path temp, Path target) {
        for (int attempt = 1; ; attempt++) {
            try {
                makeFolders(key, target.getParent());
                calls.link(temp, target);
                return;
            } catch (FileAlreadyExistsException e) {
                // NFS may do a link, lose the reply, and report the second try.
                if (isSame(temp, target)) {
                    return;
                }
                throw taken(key, target);
            } catch (NoSuchFileException e) {
                if (attempt == LINK_ATTEMPTS_MAX || !Files.isDirectory(root) || !Files.exists(temp)) {
                    throw faults.unchanged("create " + key, e);
                }
            } catch (UnsupportedOperationException e) {
                throw withoutLinks(e);
            } catch (IOException e) {
                throw FileFaults.isWithoutLinks(e) ? withoutLinks(e) : faults.published("create " + key, e);
            }
        }
    }

    private UsageException withoutLinks(Exception e) {
        return new UsageException(
                describe() + " lies on a file system without hard links, by which writers exclude each other:"
                        + " put the repository on another one, such as ext4, xfs or NFS",
                e);
    }

    private static boolean isSame(Path temp, Path target) {
        try {
            return Files.isSameFile(temp, target);
        } catch (IOException e) {
            return false;
        }
    }

    private MetawalException taken(ObjectKey key, Path target) {
        return Files.isDirectory(target)
                ? new UsageException(key + " cannot be an object in " + describe() + ": it is a folder of others")
                : new ObjectExistsException(key + " exists already in " + describe());
    }

    private void makeFolders(ObjectKey key, @Nullable Path folder) throws IOException {
        if (folder == null || folder.equals(root) || Files.isDirectory(folder)) {
            return;
        }
        makeFolders(key, folder.getParent());
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            if (Files.isRegularFile(folder)) {
                throw new UsageException(
                        key + " cannot be created in " + describe() + ": " + root.relativize(folder)
                                + " is an object and cannot be a folder too",
                        e);
            }
        }
    }

    /** From the bottom up, and all of them: who made a folder may not have come to forcing it. */
    private void forceUpwards(String deed, @Nullable Path folder) {
        try {
            for (Path at = folder; at != null && at.startsWith(root); at = at.getParent()) {
                calls.force(at);
            }
        } catch (IOException e) {
            throw faults.unknown(deed, e);
        }
    }

    @Override
    public byte[] read(ObjectKey key) {
        try {
            return Files.readAllBytes(root.resolve(key.value()));
        } catch (IOException e) {
            throw unread(key, e);
        }
    }

    @Override
    public byte[] read(ObjectKey key, long offset, int length) {
        ByteRange range = new ByteRange(offset, length);
        try (FileChannel channel = FileChannel.open(root.resolve(key.value()), StandardOpenOption.READ)) {
            ByteBuffer bytes = ByteBuffer.allocate(range.lengthIn(channel.size()));
            while (bytes.hasRemaining() && channel.read(bytes, offset + bytes.position()) >= 0) {}
            return bytes.hasRemaining() ? Arrays.copyOf(bytes.array(), bytes.position()) : bytes.array();
        } catch (IOException e) {
            throw unread(key, e);
        }
    }

    private MetawalException unread(ObjectKey key, IOException e) {
        return faults.isAbsent(e)
                ? new ObjectNotFoundException(key + " is not in " + describe(), e)
                : faults.unchanged("read " + key, e);
    }

    @Override
    public @Nullable ObjectStat stat(ObjectKey key) {
        try {
            ObjectStat stat = FileListing.stat(root, key);
            if (stat == null && !Files.isDirectory(root)) {
                throw new NoSuchFileException(root.toString());
            }
            return stat;
        } catch (IOException e) {
            if (faults.isAbsent(e)) {
                return null;
            }
            throw faults.unchanged("look at " + key, e);
        }
    }

    @Override
    public List<ObjectStat> list(String prefix, String after, int limit) {
        try {
            return new FileListing(root, prefix, after, limit).page();
        } catch (IOException e) {
            throw faults.unchanged("list " + prefix, e);
        }
    }

    @Override
    public void delete(ObjectKey key) {
        if (stat(key) == null) {
            return;
        }
        Path target = root.resolve(key.value());
        try {
            Files.deleteIfExists(target);
        } catch (IOException e) {
            throw faults.published("delete " + key, e);
        }
        Path folder = target.getParent();
        if (folder == null) {
            return;
        }
        try {
            calls.force(folder);
        } catch (NoSuchFileException gone) {
            // Another deleter found the folder empty and removed it.
        } catch (IOException e) {
            throw faults.unknown("delete " + key, e);
        }
        removeEmpty(folder);
    }

    private void removeEmpty(Path folder) {
        try {
            for (Path at = folder; at != null && !at.equals(root) && !Files.isSymbolicLink(at); at = at.getParent()) {
                Files.deleteIfExists(at);
            }
        } catch (DirectoryNotEmptyException inUse) {
            // As most are.
        } catch (IOException leftEmpty) {
            // An empty folder harms nobody.
        }
    }

    @Override
    public void close() {}
}
