package io.metawal.connectors.file;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.storage.spool.SpoolFile;
import io.metawal.storage.spool.SpoolWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file that is written beside its place under a hidden name, is read back and compared there, and comes into its place complete and
 * forced, or not at all. Only its owner may read it. An existing file is never replaced. For one thread.
 */
public final class PublishedFile implements AutoCloseable {
    private static final byte[] LINE_FEED = {'\n'};

    private final Path file;
    private final SpoolWriter out;
    private @Nullable SpoolFile written;

    public PublishedFile(Path place) {
        this.file = place.toAbsolutePath();
        this.out = SpoolFile.create(file.resolveSibling("." + file.getFileName() + ".part-"
                + ProcessHandle.current().pid() + "-" + Integer.toHexString(System.identityHashCode(this))));
    }

    /** Refuses a place that is taken. */
    public static void requireFree(Path file) {
        if (Files.exists(file)) {
            throw new MetawalException(
                    ExitCode.TARGET_NOT_EMPTY,
                    file + " exists already: choose another file, or move it away; a restore never overwrites");
        }
    }

    public void line(String line) {
        line(line.getBytes(StandardCharsets.UTF_8));
    }

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
                    file + " was made by somebody else meanwhile: nothing was overwritten",
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
        Files.createFile(file);
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

    private UnreachableException failed(IOException e) {
        return new UnreachableException("cannot write " + file + ": " + e, e);
    }

    /** Deletes what was not published. */
    @Override
    public void close() {
        out.discard();
    }
}
