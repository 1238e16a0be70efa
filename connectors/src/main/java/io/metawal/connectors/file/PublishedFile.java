package io.metawal.connectors.file;

import io.metawal.metadata.fault.DiskFullException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.LocalFaults;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.storage.spool.SpoolFile;
import io.metawal.storage.spool.SpoolWriter;
import io.metawal.storage.temp.TempFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file that is written in a hidden folder beside its place, is read back and compared there, and comes into its place complete and
 * forced, or not at all. Its mode is 0600. An existing file is never replaced. What a crash leaves is deleted by the next one that is
 * written in that directory. For one thread.
 */
public final class PublishedFile implements LineSink, AutoCloseable {
    private static final byte[] LINE_FEED = {'\n'};

    private final Path file;
    private final TempFolder folder;
    private final SpoolWriter out;
    private @Nullable SpoolFile written;

    public PublishedFile(Path place) {
        this.file = place.toAbsolutePath();
        this.folder = TempFolder.hiddenIn(directory(file), "part");
        try {
            this.out = SpoolFile.create(folder.file("content"));
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
        long room = room(directory(file));
        if (bytes > room) {
            throw new DiskFullException(
                    "cannot write " + file + ": it needs " + bytes + " bytes, and its file system has " + room
                            + " left. Free or add space there, or choose another place",
                    null);
        }
    }

    private static long room(Path directory) {
        try {
            return Files.getFileStore(directory).getUsableSpace();
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
    public void line(String line) {
        line(line.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void line(byte[] line) {
        write(line);
        write(LINE_FEED);
    }

    public void write(byte[] bytes) {
        out.write(bytes);
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
            sealed = out.seal();
            sealed.force();
            written = sealed;
        }
        return sealed;
    }

    /** Puts it in its place; to be verified before. */
    public void publish() {
        Path part = Objects.requireNonNull(written, "verify comes first").path();
        try {
            place(part);
            forceFolder();
            Files.deleteIfExists(part);
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

    private void forceFolder() throws IOException {
        try (FileChannel folder = FileChannel.open(Objects.requireNonNull(file.getParent()), StandardOpenOption.READ)) {
            folder.force(true);
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
