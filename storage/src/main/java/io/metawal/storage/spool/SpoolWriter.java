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

    private final Path file;
    private final SeekableByteChannel channel;
    private final List<Digest> blocks = new ArrayList<>();
    private final byte[] block = new byte[SpoolFile.BLOCK_BYTES];
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
        if (used == block.length) {
            endBlock();
        }
        block[used++] = (byte) b;
    }

    @Override
    public void write(byte[] bytes) {
        write(bytes, 0, bytes.length);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        for (int done = 0; done < length; ) {
            if (used == block.length) {
                endBlock();
            }
            int some = Math.min(length - done, block.length - used);
            System.arraycopy(bytes, offset + done, block, used, some);
            used += some;
            done += some;
        }
    }

    /** Blocks are written when they are full: what is checked is a whole block. */
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
