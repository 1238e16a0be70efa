package io.metawal.storage.spool;

import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.EntryHash;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Writes a {@link SpoolFile}, which only its owner may read. Buffered. A full disk and the like are typed faults, so no method throws
 * {@code IOException}. For one thread.
 */
public final class SpoolWriter extends OutputStream {
    private static final FileAttribute<?>[] OWNER_ONLY = {
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
    };
    private static final FileAttribute<?>[] UNCHANGED = {};

    private static final int FIRST_BYTES = 1 << 12;

    private final Path file;
    private final SeekableByteChannel channel;
    private final List<Digest> blocks = new ArrayList<>();
    /** Grows up to a block: of many files at once, most are small. */
    private byte[] block = new byte[FIRST_BYTES];

    private int used;
    private long size;

    private SpoolWriter(Path file, SeekableByteChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    static SpoolWriter create(Path file) {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        try {
            return new SpoolWriter(
                    file,
                    Files.newByteChannel(
                            file,
                            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                            posix ? OWNER_ONLY : UNCHANGED));
        } catch (IOException e) {
            throw SpoolFaults.of(file, "create", e);
        }
    }

    static SpoolWriter createTemp(Path directory, String prefix, String suffix) {
        try {
            Path file = Files.createTempFile(directory, prefix, suffix);
            return new SpoolWriter(file, Files.newByteChannel(file, StandardOpenOption.WRITE));
        } catch (IOException e) {
            throw SpoolFaults.of(directory.resolve(prefix + "*" + suffix), "create", e);
        }
    }

    public Path path() {
        return file;
    }

    @Override
    public void write(int b) {
        makeRoom();
        block[used++] = (byte) b;
    }

    @Override
    public void write(byte[] bytes) {
        write(bytes, 0, bytes.length);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        for (int done = 0; done < length; ) {
            makeRoom();
            int some = Math.min(length - done, block.length - used);
            System.arraycopy(bytes, offset + done, block, used, some);
            used += some;
            done += some;
        }
    }

    private void makeRoom() {
        if (used == SpoolFile.BLOCK_BYTES) {
            endBlock();
        } else if (used == block.length) {
            block = Arrays.copyOf(block, Math.min(2 * used, SpoolFile.BLOCK_BYTES));
        }
    }

    /** Does nothing: blocks are written when they are full. */
    @Override
    public void flush() {}

    private void endBlock() {
        try {
            blocks.add(EntryHash.of(block, 0, used));
            ByteBuffer rest = ByteBuffer.wrap(block, 0, used);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            size += used;
            used = 0;
        } catch (IOException e) {
            throw SpoolFaults.of(file, "write", e);
        }
    }

    /** Ends the file; nothing can be written any more. */
    public SpoolFile seal() {
        close();
        return new SpoolFile(file, size, blocks);
    }

    /** Ends the file, which stays. */
    @Override
    public void close() {
        if (channel.isOpen()) {
            if (used > 0) {
                endBlock();
            }
            closeChannel();
        }
    }

    private void closeChannel() {
        try {
            channel.close();
        } catch (IOException e) {
            throw SpoolFaults.of(file, "write", e);
        }
    }

    /** Closes it without what is not written yet, and deletes it. */
    public void discard() {
        closeChannel();
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw SpoolFaults.of(file, "delete", e);
        }
    }
}
