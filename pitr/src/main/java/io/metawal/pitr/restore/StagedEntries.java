package io.metawal.pitr.restore;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryCodec;
import io.metawal.metadata.image.EntryHash;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.pitr.replay.MergedEntries;
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
 * A replayed image kept on disk until it is proven, for targets that cannot hide what is half written: a {@link SpoolFile} of lengths and
 * entries, zstd with checksum. What comes out is summed up again, since it is what goes to the target.
 */
final class StagedEntries {
    private static final int BUFFER = 1 << 16;
    private static final int ZSTD_LEVEL = 1;
    private static final int END = -1;
    private final SpoolFile file;

    private StagedEntries(SpoolFile file) {
        this.file = file;
    }

    static StagedEntries of(MergedEntries entries, Path directory) {
        SpoolWriter file = SpoolFile.create(directory.resolve("staged.zst"));
        try (ZstdOutputStream zstd = new ZstdOutputStream(file, ZSTD_LEVEL).setChecksum(true);
                DataOutputStream out = new DataOutputStream(new BufferedOutputStream(zstd, BUFFER))) {
            while (entries.hasNext()) {
                byte[] bytes = entries.nextBytes();
                out.writeInt(bytes.length);
                out.write(bytes);
            }
            out.writeInt(END);
        } catch (IOException e) {
            throw unreadable(file.path(), e);
        }
        return new StagedEntries(file.seal());
    }

    private static MismatchException unreadable(Path file, IOException e) {
        return new MismatchException(
                "the restored entries in " + file + " cannot be read: " + e.getMessage()
                        + ". Nothing was published: repeat the command",
                e);
    }

    /** Reads the file once and compares it with what was written, so that damage is found before a target is touched. */
    void check() {
        file.check();
    }

    Reading read() {
        try {
            return new Reading();
        } catch (IOException e) {
            throw unreadable(file.path(), e);
        }
    }

    /** The entries in order, and the digest of those that were given out. For one thread. */
    final class Reading implements EntryIterator {
        private final DataInputStream in;
        private int nextLength;
        private Digest given = Digest.EMPTY;

        private Reading() throws IOException {
            in = new DataInputStream(new BufferedInputStream(new ZstdInputStream(file.open()), BUFFER));
            nextLength = in.readInt();
        }

        @Override
        public boolean hasNext() {
            return nextLength != END;
        }

        @Override
        public Entry next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            try {
                byte[] bytes = new byte[nextLength];
                in.readFully(bytes);
                nextLength = in.readInt();
                given = given.plus(EntryHash.of(bytes, 0, bytes.length));
                return EntryCodec.read(bytes, bytes.length, EntryCodec.position(0));
            } catch (IOException e) {
                throw unreadable(file.path(), e);
            }
        }

        Digest given() {
            return given;
        }

        @Override
        public void close() {
            try {
                in.close();
            } catch (IOException e) {
                throw unreadable(file.path(), e);
            }
        }
    }
}
