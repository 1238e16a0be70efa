package io.metawal.pitr.replay;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.storage.spool.SpoolFile;
import io.metawal.storage.spool.SpoolWriter;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.NoSuchElementException;

/**
 * A sorted run kept on disk, for the time of one restore: length, seq, tombstone, bytes, one after another, zstd with checksum. A {@link
 * SpoolFile}: a run that changed on disk is a {@code MismatchException} before any entry of it is seen.
 */
final class RunFile implements RunCursor {
    private static final int BUFFER = 1 << 16;
    private static final int ZSTD_LEVEL = 1;
    private static final int END = -1;

    private final SpoolFile file;
    private final DataInputStream in;
    private int nextLength;

    private RunFile(SpoolFile file) throws IOException {
        this.file = file;
        this.in = new DataInputStream(new BufferedInputStream(new ZstdInputStream(file.open()), BUFFER));
        this.nextLength = in.readInt();
    }

    /** Writes a run and opens it for reading; the file goes when the cursor is closed. */
    static RunFile write(Path directory, RunCursor sorted) {
        SpoolWriter file = SpoolFile.createTemp(directory, "run-", ".zst");
        try {
            try (ZstdOutputStream zstd = new ZstdOutputStream(file, ZSTD_LEVEL).setChecksum(true);
                    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(zstd, BUFFER))) {
                while (sorted.hasNext()) {
                    RunEntry entry = sorted.next();
                    out.writeInt(entry.bytes().length);
                    out.writeLong(entry.seq());
                    out.writeBoolean(entry.tombstone());
                    out.write(entry.bytes());
                }
                out.writeInt(END);
            }
            return new RunFile(file.seal());
        } catch (IOException e) {
            throw unreadable(file.path(), e);
        }
    }

    /** The bytes are those that were written, so that they cannot be read is a fault of memory or of zstd. */
    private static MismatchException unreadable(Path file, IOException e) {
        return new MismatchException(
                "replayed entries in " + file + " cannot be read: " + e.getMessage()
                        + ". Nothing was published: repeat the command",
                e);
    }

    @Override
    public boolean hasNext() {
        return nextLength != END;
    }

    @Override
    public RunEntry next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        try {
            long seq = in.readLong();
            boolean tombstone = in.readBoolean();
            byte[] bytes = new byte[nextLength];
            in.readFully(bytes);
            nextLength = in.readInt();
            return EntryBytes.of(bytes, seq, tombstone);
        } catch (IOException e) {
            throw unreadable(file.path(), e);
        }
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw unreadable(file.path(), e);
        } finally {
            file.delete();
        }
    }
}
