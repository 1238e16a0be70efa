package io.metawal.connectors.ndjson;

import io.metawal.metadata.fault.LocalFaults;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.OutputException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * {@code --into ndjson:-}, a pipe or a device: lines that can be seen as they are written. The image is proven before the first
 * one.
 */
public final class NdjsonStream implements RestoreTarget {
    private static final int BUFFER = 1 << 16;

    private final String name;
    private final Callable<OutputStream> opening;
    private @Nullable OutputStream out;
    private long examined;
    private long entries;

    /**
     * @param name for people
     * @param opening opens the stream, when the first entry may be written; it is closed with the target
     */
    public NdjsonStream(String name, Callable<OutputStream> opening) {
        this.name = name;
        this.opening = opening;
    }

    @Override
    public String describe() {
        return name;
    }

    @Override
    public boolean staged() {
        return false;
    }

    /** What went into a stream does not come back. */
    @Override
    public boolean readsBack() {
        return false;
    }

    /** Every reader takes a stream that begins; nothing is known of it before. */
    @Override
    public void check(RestorePoint point) {}

    @Override
    public void examine(Entry entry) {
        examined++;
    }

    @Override
    public RestoreReport ready() {
        return new RestoreReport(examined, 0, List.of());
    }

    @Override
    public void prepare(RestorePoint point) {
        try {
            out = new BufferedOutputStream(opening.call(), BUFFER);
        } catch (IOException e) {
            throw failed(e);
        } catch (MetawalException e) {
            throw e;
        } catch (Exception e) {
            throw new OutputException("cannot write to " + name + ": " + e, e);
        }
    }

    @Override
    public void write(Entry entry) {
        try {
            OutputStream to = Objects.requireNonNull(out, "prepare comes first");
            to.write(EntryJson.write(entry).getBytes(StandardCharsets.UTF_8));
            to.write('\n');
            entries++;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public RestoreReport publish(Runnable beforeVisible) {
        try {
            Objects.requireNonNull(out, "prepare comes first").flush();
        } catch (IOException e) {
            throw failed(e);
        }
        // Lines are seen as they are written: the last step is that all of them are.
        beforeVisible.run();
        return new RestoreReport(entries, 0, List.of());
    }

    private MetawalException failed(IOException e) {
        return new OutputException("cannot write to " + name + ": " + LocalFaults.reason(e), e);
    }

    @Override
    public void close() {
        OutputStream open = out;
        out = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                throw failed(e);
            }
        }
    }
}
