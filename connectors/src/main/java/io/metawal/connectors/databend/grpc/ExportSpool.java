package io.metawal.connectors.databend.grpc;

import io.metawal.connectors.databend.rpc.DatabendClient;
import io.metawal.connectors.databend.rpc.ExportStream;
import io.metawal.connectors.databend.rpc.MessageTooLargeException;
import io.metawal.storage.spool.SpoolFile;
import io.metawal.storage.spool.SpoolWriter;
import io.metawal.storage.temp.TempFolder;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One export in a temporary file, since it is read in several passes and two exports are never the same. Nothing is read from it before the
 * whole of it is there: an export that breaks off leaves no trace. For one thread.
 */
final class ExportSpool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ExportSpool.class);

    private final TempFolder folder;
    private final SpoolFile file;

    private ExportSpool(TempFolder folder, SpoolFile file) {
        this.folder = folder;
        this.file = file;
    }

    /**
     * Fills a file; asks for fewer lines in a message for as long as messages are too large.
     *
     * @param scratch a directory for the file
     */
    static ExportSpool take(DatabendClient client, ChunkLines chunk, Path scratch) throws InterruptedException {
        return take(client, chunk, scratch, -1);
    }

    /**
     * As {@link #take(DatabendClient, ChunkLines, Path)}; where the log has this entry, it ends before the state, which comes last.
     *
     * @param joinsAfter -1 for the whole of it
     */
    static ExportSpool take(DatabendClient client, ChunkLines chunk, Path scratch, long joinsAfter)
            throws InterruptedException {
        TempFolder folder = TempFolder.in(scratch, "databend");
        boolean done = false;
        try {
            ExportSpool spool = new ExportSpool(folder, take(client, chunk, folder, joinsAfter));
            done = true;
            return spool;
        } finally {
            if (!done) {
                folder.close();
            }
        }
    }

    private static SpoolFile take(DatabendClient client, ChunkLines chunk, TempFolder folder, long joinsAfter)
            throws InterruptedException {
        while (true) {
            try {
                return fill(client, chunk.lines(), folder.folder(), joinsAfter);
            } catch (MessageTooLargeException e) {
                if (!chunk.fewer()) {
                    throw e;
                }
                LOG.info("{}; asking for {} lines a message", e.text(), chunk.lines());
            }
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

    private static SpoolFile fill(DatabendClient client, int chunkLines, Path scratch, long joinsAfter)
            throws InterruptedException {
        SpoolWriter out = SpoolFile.createTemp(scratch, "metawal-databend-", ".ndjson");
        boolean done = false;
        try (ExportStream lines = client.export(chunkLines)) {
            LogOnly log = new LogOnly(joinsAfter);
            for (String line = lines.next(); line != null && !log.endsBefore(line); line = lines.next()) {
                out.write(line.getBytes(StandardCharsets.UTF_8));
                out.write('\n');
            }
            SpoolFile file = out.seal();
            done = true;
            return file;
        } finally {
            if (!done) {
                out.discard();
            }
        }
    }

    /** Opens it from its beginning; a read fails where the file is not what was written. */
    InputStream open() {
        return file.open();
    }

    @Override
    public void close() {
        folder.close();
    }
}
