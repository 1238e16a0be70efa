package io.metawal.connectors.ndjson;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code --into ndjson:FILE}: written beside the file, forced, and put in its place in one step; an existing file is refused. */
public final class NdjsonTarget implements RestoreTarget {
    private static final int BUFFER_CHARS = 1 << 16;

    private final Path file;
    private final Path part;
    private @Nullable BufferedWriter out;
    private long entries;

    public NdjsonTarget(Path file) {
        this.file = file.toAbsolutePath();
        this.part = this.file.resolveSibling("." + this.file.getFileName() + ".part-"
                + ProcessHandle.current().pid() + "-" + Integer.toHexString(System.identityHashCode(this)));
    }

    @Override
    public String describe() {
        return "ndjson:" + file;
    }

    @Override
    public boolean staged() {
        return true;
    }

    @Override
    public void prepare(RestorePoint point) {
        refuseExisting();
        try {
            out = new BufferedWriter(
                    new java.io.OutputStreamWriter(
                            Files.newOutputStream(part, StandardOpenOption.CREATE_NEW), StandardCharsets.UTF_8),
                    BUFFER_CHARS);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private void refuseExisting() {
        if (Files.exists(file)) {
            throw new MetawalException(
                    ExitCode.TARGET_NOT_EMPTY,
                    file + " exists already: choose another file, or move it away; a restore never overwrites");
        }
    }

    private UnreachableException failed(IOException e) {
        return new UnreachableException("cannot write " + file + ": " + e, e);
    }

    @Override
    public void write(Entry entry) {
        try {
            BufferedWriter writer = out;
            if (writer == null) {
                throw new IllegalStateException("not prepared");
            }
            writer.write(EntryJson.write(entry));
            writer.write('\n');
            entries++;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public RestoreReport publish() {
        try {
            closeWriter();
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            // A link, unlike a rename, never replaces what somebody else put there meanwhile.
            Files.createLink(file, part);
            Files.delete(part);
            return new RestoreReport(entries, 0, List.of());
        } catch (FileAlreadyExistsException e) {
            refuseExisting();
            throw failed(e);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private void closeWriter() throws IOException {
        BufferedWriter writer = out;
        out = null;
        if (writer != null) {
            writer.close();
        }
    }

    @Override
    public void close() {
        try {
            closeWriter();
            Files.deleteIfExists(part);
        } catch (IOException e) {
            throw failed(e);
        }
    }
}
