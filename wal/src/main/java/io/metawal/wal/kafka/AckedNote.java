package io.metawal.wal.kafka;

import io.metawal.metadata.commit.Chain;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.BusyException;
import io.metawal.metadata.fault.UnreachableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * How far was acknowledged, as this machine knows: file {@code kafka-acked}, two slots of 512 bytes written in turn, and locked while the
 * log is open. It is not forced: it is a second witness beside the topic, of what a process did, not the log's durability.
 * Little-endian:
 *
 * <pre>
 * 0 u32 CRC32C of bytes 4 to 79   4 u32 format = 1   8 u64 count of writes
 * 16 u32 timeline  20 u32 0  24 u64 seq  32 u64 epoch  40 i64 time, µs  48 32 bytes chain value
 * </pre>
 */
final class AckedNote implements AutoCloseable {
    private static final String NAME = "kafka-acked";
    private static final int SLOT = 512;
    private static final int USED = 80;
    private static final int FORMAT = 1;

    private final Path file;
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(USED).order(ByteOrder.LITTLE_ENDIAN);
    private long writes;

    private AckedNote(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    static AckedNote open(Path directory, KafkaUrl url) {
        Path file = directory.resolve(NAME);
        try {
            Files.createDirectories(directory);
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (lock(channel) == null) {
                channel.close();
                throw new BusyException("another process has " + file + ", and so the hot log " + url
                        + " open: stop the daemon first, or let it do this; a log has one writer");
            }
            return new AckedNote(file, channel);
        } catch (IOException e) {
            throw new UnreachableException("cannot open " + file + ": " + e, e);
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /** The newest whole slot; null where none is. */
    @Nullable
    Position read() {
        Position newest = null;
        for (int slot = 0; slot < 2; slot++) {
            ByteBuffer in = ByteBuffer.allocate(USED).order(ByteOrder.LITTLE_ENDIAN);
            if (readAt(in, (long) slot * SLOT) == USED
                    && in.getInt(0) == crc(in)
                    && in.getInt(4) == FORMAT
                    && in.getLong(8) > writes) {
                writes = in.getLong(8);
                newest = new Position(
                        in.getInt(16), in.getLong(24), in.getLong(32), in.getLong(40), Chain.of(in.array(), 48));
            }
        }
        return newest;
    }

    private int readAt(ByteBuffer in, long at) {
        try {
            return channel.read(in, at);
        } catch (IOException e) {
            throw new UnreachableException("cannot read " + file + ": " + e, e);
        }
    }

    void write(Position acked) {
        writes++;
        buffer.clear();
        buffer.putInt(0).putInt(FORMAT).putLong(writes);
        buffer.putInt(acked.timeline()).putInt(0).putLong(acked.seq());
        buffer.putLong(acked.epoch()).putLong(acked.timeMicros());
        buffer.put(acked.chain().value().asReadOnlyByteBuffer());
        buffer.flip();
        buffer.putInt(0, crc(buffer));
        long at = writes % 2 * SLOT;
        try {
            while (buffer.hasRemaining()) {
                at += channel.write(buffer, at);
            }
        } catch (IOException e) {
            throw new UnreachableException("cannot write " + file + ": " + e, e);
        }
    }

    private static int crc(ByteBuffer slot) {
        CRC32C crc = new CRC32C();
        crc.update(slot.duplicate().position(4).limit(USED));
        return (int) crc.getValue();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UnreachableException("cannot close " + file + ": " + e, e);
        }
    }
}
