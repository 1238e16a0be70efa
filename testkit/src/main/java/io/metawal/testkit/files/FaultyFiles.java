package io.metawal.testkit.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A real directory under a path of a file system of its own: whatever is written there is read with a fault. So every temporary file that
 * is made under a path that was handed in is reached, without a hook in the code under test. Files have numbers in the order of their
 * first reading. Safe for several threads.
 */
public final class FaultyFiles {
    private static final int SHORT_READ_BYTES = 7;

    private final Path directory;
    private final @Nullable FileFault fault;
    private final Links links;
    private final List<Path> written = new ArrayList<>();
    private final List<Path> read = new ArrayList<>();
    private boolean struck;

    /** Whether a file can have several names there. */
    private enum Links {
        REAL,
        REFUSED
    }

    private long usableBytes = Long.MAX_VALUE;

    private FaultyFiles(Path directory, @Nullable FileFault fault, Links links) {
        this.directory = directory;
        this.fault = fault;
        this.links = links;
    }

    /** @param fault null for none: to see which files there are */
    public static FaultyFiles over(Path directory, @Nullable FileFault fault) {
        return new FaultyFiles(directory.toAbsolutePath(), fault, Links.REAL);
    }

    /** Without a fault, on a file system that has no hard links, such as exFAT: the call fails with "Operation not permitted". */
    public static FaultyFiles withoutLinks(Path directory) {
        return new FaultyFiles(directory.toAbsolutePath(), null, Links.REFUSED);
    }

    /** Without a fault, on a file system that says it has this much room left. */
    public static FaultyFiles withRoom(Path directory, long usableBytes) {
        FaultyFiles files = new FaultyFiles(directory.toAbsolutePath(), null, Links.REAL);
        files.usableBytes = usableBytes;
        return files;
    }

    long usableBytes(long real) {
        return Math.min(real, usableBytes);
    }

    void checkLinks(Path link, Path existing) throws FileSystemException {
        if (links == Links.REFUSED) {
            throw new FileSystemException(link.toString(), existing.toString(), "Operation not permitted");
        }
    }

    /** The directory as code under test is to get it. */
    public Path directory() {
        FaultyProvider provider = new FaultyProvider(this, directory.getFileSystem());
        return provider.system().wrap(directory);
    }

    /** Names of the files that were written and then read, in the order of their first reading. */
    public synchronized List<String> filesRead() {
        return read.stream().map(file -> directory.relativize(file).toString()).toList();
    }

    /** Whether the fault came to pass. */
    public synchronized boolean struck() {
        return struck;
    }

    synchronized void wrote(Path file) {
        if (!written.contains(file)) {
            written.add(file);
        }
    }

    SeekableByteChannel open(Path file, Set<? extends OpenOption> options) throws IOException {
        SeekableByteChannel real = Files.newByteChannel(file, options);
        return faulted(file) ? damaged(real, file) : real;
    }

    private synchronized boolean faulted(Path file) {
        if (!written.contains(file)) {
            return false;
        }
        if (!read.contains(file)) {
            read.add(file);
        }
        return fault != null && read.indexOf(file) == fault.file();
    }

    private synchronized SeekableByteChannel damaged(SeekableByteChannel real, Path file) throws IOException {
        real.close();
        struck = true;
        FileFault known = java.util.Objects.requireNonNull(fault);
        byte[] bytes = Files.readAllBytes(file);
        byte[] given = known.apply(bytes, other(file, bytes));
        return new MemoryChannel(
                ByteBuffer.wrap(given),
                known.kind() == FileFault.Kind.SHORT_READ ? SHORT_READ_BYTES : Integer.MAX_VALUE);
    }

    private byte[] other(Path file, byte[] own) throws IOException {
        for (Path each : written) {
            if (!each.equals(file) && Files.isRegularFile(each)) {
                return Files.readAllBytes(each);
            }
        }
        return own;
    }

    static boolean writes(Set<? extends OpenOption> options) {
        return options.contains(StandardOpenOption.WRITE) || options.contains(StandardOpenOption.APPEND);
    }

    /** A file's bytes as they are read. */
    private static final class MemoryChannel implements SeekableByteChannel {
        private final ByteBuffer bytes;
        private final int readMax;
        private boolean closed;

        MemoryChannel(ByteBuffer bytes, int readMax) {
            this.bytes = bytes;
            this.readMax = readMax;
        }

        @Override
        public int read(ByteBuffer into) {
            if (!bytes.hasRemaining()) {
                return -1;
            }
            int some = Math.min(Math.min(readMax, into.remaining()), bytes.remaining());
            into.put(bytes.slice(bytes.position(), some));
            bytes.position(bytes.position() + some);
            return some;
        }

        @Override
        public int write(ByteBuffer from) {
            throw new java.nio.channels.NonWritableChannelException();
        }

        @Override
        public long position() {
            return bytes.position();
        }

        @Override
        public SeekableByteChannel position(long position) {
            bytes.position((int) Math.min(position, bytes.limit()));
            return this;
        }

        @Override
        public long size() {
            return bytes.limit();
        }

        @Override
        public SeekableByteChannel truncate(long size) {
            throw new java.nio.channels.NonWritableChannelException();
        }

        @Override
        public boolean isOpen() {
            return !closed;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
