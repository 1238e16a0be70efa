package io.metawal.storage.spool;

import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.EntryHash;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A written file whose bytes are checked as they are read back.
 *
 * <pre>
 * file     the bytes as they were written, nothing else
 * memory   the size, and XXH3 (128 bits) of each block of 64 KiB
 * </pre>
 *
 * The hashes are never in the file, so no change of the file can make them fit: a flipped bit, a shorter or longer file, and another
 * file in its place are all found. No byte of a block is given out before the block was checked. Memory: about 32 bytes for each 64 KiB.
 * Immutable; several streams may be open at once.
 */
public final class SpoolFile {
    static final int BLOCK_BYTES = 1 << 16;

    private final Path file;
    private final long size;
    private final List<Digest> blocks;

    SpoolFile(Path file, long size, List<Digest> blocks) {
        this.file = file;
        this.size = size;
        this.blocks = List.copyOf(blocks);
    }

    /** Begins a file that must not exist. */
    public static SpoolWriter create(Path file) {
        return SpoolWriter.create(file);
    }

    /** Begins a file of a name that no other has. */
    public static SpoolWriter createTemp(Path directory, String prefix, String suffix) {
        return SpoolWriter.createTemp(directory, prefix, suffix);
    }

    public Path path() {
        return file;
    }

    public long size() {
        return size;
    }

    /** Opens it from its beginning; a read throws {@code MismatchException} where the file is not what was written. */
    public InputStream open() {
        return open(0);
    }

    /** Opens it at a byte. */
    public InputStream open(long offset) {
        try {
            return new SpoolReader(this, Files.newInputStream(file), offset);
        } catch (IOException e) {
            throw SpoolFaults.of(file, "read", e);
        }
    }

    /** Reads all of it once. */
    public void check() {
        try (InputStream in = open()) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw SpoolFaults.of(file, "read", e);
        }
    }

    /** Fails unless these bytes, from wherever they come, are the ones that were written here. Closes them. */
    public void checkSame(InputStream copy, String name) {
        try (InputStream in = new SpoolReader(this, copy, 0, name)) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw SpoolFaults.of(file, "compare " + name + " with", e);
        }
    }

    /** Makes sure that it is on the medium. */
    public void force() {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        } catch (IOException e) {
            throw SpoolFaults.of(file, "force", e);
        }
    }

    public void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw SpoolFaults.of(file, "delete", e);
        }
    }

    int blocks() {
        return blocks.size();
    }

    int lengthOf(int block) {
        return (int) Math.min(BLOCK_BYTES, size - (long) block * BLOCK_BYTES);
    }

    void checkBlock(int block, byte[] bytes, int length, String name) {
        long from = (long) block * BLOCK_BYTES;
        if (length < lengthOf(block)) {
            throw changed(name, "it ends at byte " + (from + length) + ", expected " + size + " bytes");
        }
        if (!EntryHash.of(bytes, 0, length).equals(blocks.get(block))) {
            throw changed(name, "bytes " + from + " to " + (from + length - 1) + " differ");
        }
    }

    MismatchException changed(String name, String how) {
        boolean own = name.equals(file.toString());
        return new MismatchException(name + " is not what was written to it: " + how
                + (own
                        ? ". The disk or the memory of this machine is damaged, or somebody changed the file. Nothing of it was"
                                + " published: repeat the command, with temporary files on another disk"
                        : ". Nothing of it was published: repeat the command"));
    }
}
