package io.metawal.pitr.restore;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryCodec;
import io.metawal.pitr.replay.MergedEntries;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A replayed image kept on disk until it is proven, for targets that cannot hide what is half written. */
final class StagedEntries {
    private static final int BUFFER = 1 << 16;
    private static final int ZSTD_LEVEL = 1;
    private static final int END = -1;
    private final Path file;

    private StagedEntries(Path file) {
        this.file = file;
    }

    static StagedEntries of(MergedEntries entries, Path directory) {
        Path file = directory.resolve("staged.zst");
        try (DataOutputStream out = new DataOutputStream(
                new BufferedOutputStream(new ZstdOutputStream(Files.newOutputStream(file), ZSTD_LEVEL), BUFFER))) {
            while (entries.hasNext()) {
                byte[] bytes = entries.nextBytes();
                out.writeInt(bytes.length);
                out.write(bytes);
            }
            out.writeInt(END);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot stage the restored entries in " + directory, e);
        }
        return new StagedEntries(file);
    }

    void forEach(Consumer<Entry> action) {
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(new ZstdInputStream(Files.newInputStream(file)), BUFFER))) {
            for (int length = in.readInt(); length != END; length = in.readInt()) {
                byte[] bytes = new byte[length];
                in.readFully(bytes);
                action.accept(EntryCodec.read(bytes, length, EntryCodec.position(0)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read back " + file, e);
        }
    }
}
