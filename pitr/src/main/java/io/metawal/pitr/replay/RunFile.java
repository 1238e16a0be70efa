package io.metawal.pitr.replay;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NoSuchElementException;

/** A sorted run put aside on disk, for the time of one restore: seq, tombstone, length, bytes, one after another, zstd. */
final class RunFile implements RunCursor {
    private static final int BUFFER = 1 << 16;
    private static final int ZSTD_LEVEL = 1;
    private static final int END = -1;

    private final Path file;
    private final DataInputStream in;
    private int nextLength;

    private RunFile(Path file) throws IOException {
        this.file = file;
        this.in = new DataInputStream(new BufferedInputStream(new ZstdInputStream(Files.newInputStream(file)), BUFFER));
        this.nextLength = in.readInt();
    }

    /** Writes a run and opens it for reading; the file goes when the cursor is closed. */
    static RunFile write(Path directory, RunCursor sorted) {
        try {
            Path file = Files.createTempFile(directory, "run-", ".zst");
            try (DataOutputStream out = new DataOutputStream(
                    new BufferedOutputStream(new ZstdOutputStream(Files.newOutputStream(file), ZSTD_LEVEL), BUFFER))) {
                while (sorted.hasNext()) {
                    RunEntry entry = sorted.next();
                    out.writeInt(entry.bytes().length);
                    out.writeLong(entry.seq());
                    out.writeBoolean(entry.tombstone());
                    out.write(entry.bytes());
                }
                out.writeInt(END);
            }
            return new RunFile(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot put replayed entries aside in " + directory, e);
        }
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
            throw new UncheckedIOException("cannot read back " + file, e);
        }
    }

    @Override
    public void close() {
        try {
            in.close();
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + file, e);
        }
    }
}
