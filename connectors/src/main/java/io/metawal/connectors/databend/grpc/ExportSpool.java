package io.metawal.connectors.databend.grpc;

import io.metawal.connectors.databend.rpc.DatabendClient;
import io.metawal.connectors.databend.rpc.ExportStream;
import io.metawal.connectors.databend.rpc.MessageTooLargeException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One export in a temporary file, since it is read in several passes and two exports are never the same. Nothing is read from it before the
 * whole of it is there: an export that breaks off leaves no trace. For one thread.
 */
final class ExportSpool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ExportSpool.class);
    private static final int BUFFER_BYTES = 1 << 20;

    private final Path file;

    private ExportSpool(Path file) {
        this.file = file;
    }

    /** Begins a file and fills it; asks for fewer lines in a message for as long as messages are too large. */
    static ExportSpool take(DatabendClient client, ChunkLines chunk) throws InterruptedException {
        ExportSpool spool = new ExportSpool(create());
        try {
            spool.fill(client, chunk);
            return spool;
        } catch (IOException e) {
            spool.close();
            throw new MetawalException(
                    ExitCode.FAILED,
                    "the export of " + client.address() + " cannot be kept in " + spool.file + ": " + e.getMessage()
                            + ". Make room there, or give the JVM another -Djava.io.tmpdir",
                    e);
        } catch (RuntimeException | InterruptedException e) {
            spool.close();
            throw e;
        }
    }

    private static Path create() {
        try {
            return Files.createTempFile("metawal-databend-", ".ndjson");
        } catch (IOException e) {
            throw new MetawalException(
                    ExitCode.FAILED,
                    "no temporary file for an export can be made: " + e.getMessage()
                            + ". Give the JVM another -Djava.io.tmpdir",
                    e);
        }
    }

    /** How many lines to ask for in a message; learnt once, kept for all exports. */
    static final class ChunkLines {
        private int lines;

        ChunkLines(int lines) {
            this.lines = lines;
        }

        int lines() {
            return lines;
        }

        private boolean fewer() {
            if (lines == 1) {
                return false;
            }
            lines = Math.max(1, lines / 4);
            return true;
        }
    }

    private void fill(DatabendClient client, ChunkLines chunk) throws IOException, InterruptedException {
        while (true) {
            try {
                fillOnce(client, chunk.lines());
                return;
            } catch (MessageTooLargeException e) {
                if (!chunk.fewer()) {
                    throw e;
                }
                LOG.info("{}; asking for {} lines a message", e.text(), chunk.lines());
            }
        }
    }

    private void fillOnce(DatabendClient client, int chunkLines) throws IOException, InterruptedException {
        try (ExportStream lines = client.export(chunkLines);
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES)) {
            for (String line = lines.next(); line != null; line = lines.next()) {
                out.write(line.getBytes(StandardCharsets.UTF_8));
                out.write('\n');
            }
        }
    }

    /** Opens it from its beginning. */
    InputStream open() throws IOException {
        return Files.newInputStream(file);
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("the temporary file {} cannot be deleted: {}", file, e.getMessage());
        }
    }
}
