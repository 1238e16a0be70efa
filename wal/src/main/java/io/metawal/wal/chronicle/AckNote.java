package io.metawal.wal.chronicle;

import io.metawal.metadata.commit.Chain;
import io.metawal.metadata.commit.Position;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The durable note of how far was acknowledged: file {@code acked}, two slots written in turn, so that a torn write leaves the
 * other. Little-endian, a slot every 512 bytes:
 *
 * <pre>
 * 0 u32 CRC32C of bytes 4 to 79   4 u32 format = 1   8 u64 count of writes
 * 16 u32 timeline  20 u32 0  24 u64 seq  32 u64 epoch  40 i64 time, µs  48 32 bytes chain value
 * </pre>
 */
final class AckNote implements AutoCloseable {
    private static final String NAME = "acked";
    private static final int SLOT = 512;
    private static final int USED = 80;
    private static final int FORMAT = 1;

    private final Path file;
    private final FileChannel channel;
    private final Forcer forcer;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(USED).order(ByteOrder.LITTLE_ENDIAN);
    private long writes;

    private AckNote(Path file, FileChannel channel, Forcer forcer) {
        this.file = file;
        this.channel = channel;
        this.forcer = forcer;
    }

    static AckNote open(Path directory, Forcer forcer) throws IOException {
        Path file = directory.resolve(NAME);
        boolean fresh = !Files.exists(file);
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (fresh) {
            // Both slots are there from the start: a write then never has to change the file's size.
            channel.write(ByteBuffer.allocate(2 * SLOT), 0);
            channel.force(true);
        }
        return new AckNote(file, channel, forcer);
    }

    /** What the note of a directory says, read without opening it to write; empty where there is none. */
    static Optional<Position> peek(Path directory) throws IOException {
        Path file = directory.resolve(NAME);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                AckNote note = new AckNote(file, channel, Forcer.REAL)) {
            return note.read();
        }
    }

    /** The newest whole slot; empty where none is. */
    Optional<Position> read() throws IOException {
        Position newest = null;
        for (int slot = 0; slot < 2; slot++) {
            ByteBuffer in = ByteBuffer.allocate(USED).order(ByteOrder.LITTLE_ENDIAN);
            if (channel.read(in, (long) slot * SLOT) < USED
                    || in.getInt(0) != crc(in)
                    || in.getInt(4) != FORMAT
                    || in.getLong(8) <= writes) {
                continue;
            }
            writes = in.getLong(8);
            newest = new Position(
                    in.getInt(16), in.getLong(24), in.getLong(32), in.getLong(40), Chain.of(in.array(), 48));
        }
        return Optional.ofNullable(newest);
    }

    /** Durable on return. */
    void write(Position acked) throws IOException {
        writes++;
        buffer.clear();
        buffer.putInt(0).putInt(FORMAT).putLong(writes);
        buffer.putInt(acked.timeline())
                .putInt(0)
                .putLong(acked.seq())
                .putLong(acked.epoch())
                .putLong(acked.timeMicros());
        buffer.put(acked.chain().value().asReadOnlyByteBuffer());
        buffer.flip();
        buffer.putInt(0, crc(buffer));
        long at = writes % 2 * SLOT;
        while (buffer.hasRemaining()) {
            at += channel.write(buffer, at);
        }
        forcer.force(file, channel);
    }

    private static int crc(ByteBuffer slot) {
        CRC32C crc = new CRC32C();
        crc.update(slot.duplicate().position(4).limit(USED));
        return (int) crc.getValue();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
