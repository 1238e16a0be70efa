package io.metawal.connectors.databend.grpc;

import io.metawal.connectors.databend.rpc.DatabendClient;
import io.metawal.connectors.databend.rpc.ExportStream;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** An export as it comes, for those who read it once: nothing of it is on disk. For one thread. */
final class ExportLines extends InputStream {
    private final ExportStream lines;
    private byte[] line = {};
    private int used;
    private boolean ended;

    ExportLines(DatabendClient client, ExportSpool.ChunkLines chunk) {
        this.lines = client.export(chunk.lines());
    }

    private boolean ready() {
        if (used == line.length && !ended) {
            String next = next();
            ended = next == null;
            line = next == null ? new byte[0] : (next + "\n").getBytes(StandardCharsets.UTF_8);
            used = 0;
        }
        return used < line.length;
    }

    private @Nullable String next() {
        try {
            return lines.next();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MetawalException(ExitCode.INTERRUPTED, "interrupted while reading an export", e);
        }
    }

    @Override
    public int read() {
        return ready() ? line[used++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int wanted) {
        if (wanted == 0) {
            return 0;
        }
        if (!ready()) {
            return -1;
        }
        int some = Math.min(wanted, line.length - used);
        System.arraycopy(line, used, into, offset, some);
        used += some;
        return some;
    }

    @Override
    public void close() {
        lines.close();
    }
}
