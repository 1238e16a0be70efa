package io.metawal.connectors.file;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnreachableException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that is written beside its place, {@code FILE.tmp}, and comes into it whole and forced, or not at all. */
public final class PublishedFile implements AutoCloseable {
    private static final byte[] LINE_FEED = {'\n'};

    private final Path file;
    private final Path part;
    private final OutputStream out;

    public PublishedFile(Path file) {
        this.file = file;
        this.part = Path.of(file + ".tmp");
        try {
            out = new BufferedOutputStream(
                    Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING),
                    1 << 16);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    public void line(String line) {
        line(line.getBytes(StandardCharsets.UTF_8));
    }

    public void line(byte[] line) {
        write(line);
        write(LINE_FEED);
    }

    public void write(byte[] bytes) {
        try {
            out.write(bytes);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    public void publish() {
        try {
            out.close();
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            // A link, unlike a rename, never replaces what somebody else put there meanwhile.
            Files.createLink(file, part);
        } catch (FileAlreadyExistsException e) {
            throw new MetawalException(
                    ExitCode.TARGET_NOT_EMPTY, file + " came into being meanwhile: nothing was overwritten", e);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private UnreachableException failed(IOException e) {
        return new UnreachableException("cannot write " + file + ": " + e, e);
    }

    @Override
    public void close() {
        try {
            out.close();
            Files.deleteIfExists(part);
        } catch (IOException e) {
            throw failed(e);
        }
    }
}
