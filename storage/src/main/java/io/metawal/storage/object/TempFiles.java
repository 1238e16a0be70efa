package io.metawal.storage.object;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Objects while they are written: whole and forced files in a hidden folder of the store, so that what appears under an
 * object's name is complete. What a crashed writer left is deleted once it is older than any write can be.
 */
final class TempFiles {
    static final String FOLDER = ".tmp";
    private static final Duration STALE_AGE = Duration.ofDays(1);
    private static final int BUFFER_BYTES = 256 * 1024;

    private final Path folder;
    private final InstantSource clock;
    private final AtomicLong number = new AtomicLong();
    private final AtomicBoolean swept = new AtomicBoolean();

    TempFiles(Path root, InstantSource clock) {
        this.folder = root.resolve(FOLDER);
        this.clock = clock;
    }

    /** A new file with these bytes, forced. Nothing stays behind where that fails. */
    Path write(ObjectBody body) throws IOException {
        makeFolder();
        Path file = create();
        boolean done = false;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                InputStream in = body.open(0)) {
            long written = copy(in, channel);
            if (written != body.size()) {
                throw new IOException("the body announced " + body.size() + " bytes, gave " + written);
            }
            channel.force(true);
            done = true;
        } finally {
            if (!done) {
                drop(file);
            }
        }
        return file;
    }

    void drop(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException leftForTheSweep) {
            // It takes space and does nothing else.
        }
    }

    private static long copy(InputStream in, FileChannel channel) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long written = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            for (ByteBuffer rest = ByteBuffer.wrap(buffer, 0, read); rest.hasRemaining(); ) {
                written += channel.write(rest);
            }
        }
        return written;
    }

    /** Names are tried until one is free: two hosts that share the directory may have processes of one number. */
    private Path create() throws IOException {
        while (true) {
            Path file = folder.resolve(ProcessHandle.current().pid() + "-" + number.incrementAndGet());
            try {
                return Files.createFile(file);
            } catch (FileAlreadyExistsException taken) {
                // By the next number, then.
            }
        }
    }

    /** Made when it is needed, so that a store that is only read may lie on a read-only disk. */
    private void makeFolder() throws IOException {
        if (!Files.isDirectory(folder)) {
            try {
                Files.createDirectory(folder);
            } catch (FileAlreadyExistsException another) {
                return;
            }
        }
        if (swept.compareAndSet(false, true)) {
            sweep();
        }
    }

    private void sweep() {
        Instant staleBefore = clock.instant().minus(STALE_AGE);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(staleBefore)) {
                    drop(file);
                }
            }
        } catch (IOException | DirectoryIteratorException leftForTheNext) {
            // Another writer may be sweeping too; nothing depends on it.
        }
    }
}
