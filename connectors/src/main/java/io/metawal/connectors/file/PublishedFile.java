package io.metawal.connectors.file;

import io.metawal.metadata.fault.DiskFullException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.LocalFaults;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.storage.spool.SpoolFile;
import io.metawal.storage.spool.SpoolWriter;
import io.metawal.storage.temp.OpenFolders;
import io.metawal.storage.temp.TempFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A file that is written in a hidden folder beside its place, is read back and compared there, and comes into its place complete and
 * forced, or not at all. Its mode is 0600. An existing file is never replaced. What a crash leaves is deleted by the next one that is
 * written in that directory. For one thread.
 */
public final class PublishedFile implements LineSink, AutoCloseable {
    private final Path file;
    private final TempFolder folder;
    private final SpoolWriter out;
    private @Nullable SpoolFile written;

    public PublishedFile(Path place) {
        this.file = place.toAbsolutePath();
        this.folder = naming(() -> TempFolder.hiddenIn(directory(file), "part"));
        try {
            this.out = naming(() -> SpoolFile.create(folder.file("content")));
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    /** Refuses what {@link #publish} would refuse, without writing anything: a file that exists, a directory that takes none. */
    public static void check(Path file) {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new MetawalException(
                    ExitCode.TARGET_NOT_EMPTY,
                    file + " exists already: choose another name, or move it away; a restore never overwrites");
        }
        Path directory = directory(file);
        if (!Files.isDirectory(directory)) {
            throw new UsageException("cannot write " + file + ": " + directory + " is no directory: make it first");
        }
        if (!Files.isWritable(directory)) {
            throw new MetawalException(
                    ExitCode.ACCESS_DENIED,
                    "cannot write " + file + ": no permission to write in " + directory
                            + ". Grant this user write access, or choose another place");
        }
    }

    /** Refuses a file that is larger than the room there is for it now. */
    public static void requireRoom(Path file, long bytes) {
        long room = room(file);
        if (bytes > room) {
            throw new DiskFullException(
                    "cannot write " + file + ": it needs " + bytes + " bytes, and its file system has " + room
                            + " left. Free or add space there, or choose another place",
                    null);
        }
    }

    /** How many bytes there is room for in the directory of a file; {@code Long.MAX_VALUE} where that is not known. */
    public static long room(Path file) {
        try {
            return Files.getFileStore(directory(file)).getUsableSpace();
        } catch (IOException | UnsupportedOperationException notTold) {
            return Long.MAX_VALUE;
        }
    }

    /** A new, empty file with mode 0600. */
    public static Path createOwnerOnly(Path file) throws IOException {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
                : Files.createFile(file);
    }

    private static Path directory(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            throw new UsageException(file + " is no name of a file");
        }
        return parent;
    }

    @Override
    public void write(byte[] bytes) {
        naming(() -> {
            out.write(bytes);
            return file;
        });
    }

    /** A full disk is that of the file that was asked for, whatever the temporary file is called. */
    private <T> T naming(Supplier<T> step) {
        try {
            return step.get();
        } catch (DiskFullException e) {
            throw new DiskFullException("cannot write " + file + ": " + e.text(), e);
        }
    }

    /** Ends and forces it, and opens what is on the disk now; a read fails where that is not what was written. */
    public InputStream readBack() {
        return sealed().open();
    }

    /** Ends and forces it, and compares what is on the disk with what was written. */
    public void verify() {
        sealed().check();
    }

    private SpoolFile sealed() {
        SpoolFile sealed = written;
        if (sealed == null) {
            SpoolFile ended = naming(out::seal);
            ended.force();
            sealed = ended;
            written = ended;
        }
        return sealed;
    }

    /** Puts it in its place; to be verified before. */
    public void publish() {
        publishAll(List.of(this));
    }

    /** Puts files in their places, in this order: all of them, or none. To be verified before. */
    public static void publishAll(List<PublishedFile> files) {
        OpenFolders.unbroken(() -> {
            Deque<PublishedFile> placed = new ArrayDeque<>();
            try {
                for (PublishedFile file : files) {
                    file.putInPlace();
                    placed.push(file);
                }
                files.forEach(PublishedFile::forcePlace);
            } catch (RuntimeException e) {
                throw withdrawn(placed, e);
            }
        });
    }

    /** The same failure, once what was made visible is gone again. */
    private static RuntimeException withdrawn(Deque<PublishedFile> placed, RuntimeException failure) {
        List<Path> left = new ArrayList<>();
        for (PublishedFile each : placed) {
            try {
                Files.deleteIfExists(each.file);
            } catch (IOException e) {
                failure.addSuppressed(e);
                left.add(each.file);
            }
        }
        return left.isEmpty() || !(failure instanceof MetawalException known)
                ? failure
                : new MetawalException(
                        known.code(), known.text() + ". " + left + " cannot be removed again: delete it", failure);
    }

    private void putInPlace() {
        Path part = Objects.requireNonNull(written, "verify comes first").path();
        try {
            folder.publish(() -> place(part));
        } catch (FileAlreadyExistsException e) {
            throw new MetawalException(
                    ExitCode.TARGET_NOT_EMPTY,
                    file + " was created by somebody else meanwhile: nothing was overwritten",
                    e);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** A link, unlike a rename, never replaces what somebody else put there meanwhile. */
    private void place(Path part) throws IOException {
        try {
            Files.createLink(file, part);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (UnsupportedOperationException | FileSystemException withoutLinks) {
            reserve(part);
        }
    }

    /** For file systems without links: an empty file takes the name, and is then replaced by a rename. */
    private void reserve(Path part) throws IOException {
        createOwnerOnly(file);
        boolean done = false;
        try {
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            done = true;
        } finally {
            if (!done) {
                Files.delete(file);
            }
        }
    }

    private void forcePlace() {
        try (FileChannel directory =
                FileChannel.open(Objects.requireNonNull(file.getParent()), StandardOpenOption.READ)) {
            directory.force(true);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private MetawalException failed(IOException e) {
        return LocalFaults.of("cannot write " + file, e);
    }

    /** Deletes what was not published. */
    @Override
    public void close() {
        try {
            out.discard();
        } finally {
            folder.close();
        }
    }
}
