package io.metawal.connectors.ndjson;

import io.metawal.connectors.file.PublishedFile;
import io.metawal.metadata.fault.LocalFaults;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code --into ndjson:FILE}: written beside the file, forced, read back line by line, and put in its place in one step. The entries that
 * the lines stand for must be those that were given, meta included. An existing file is refused. For one thread.
 */
public final class NdjsonTarget implements RestoreTarget {
    private final Path file;
    private @Nullable PublishedFile out;
    private Digest given = Digest.EMPTY;
    private long examined;
    private long bytes;

    public NdjsonTarget(Path file) {
        this.file = file.toAbsolutePath();
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
    public void check(RestorePoint point) {
        PublishedFile.check(file);
    }

    @Override
    public void examine(Entry entry) {
        bytes += EntryJson.write(entry).getBytes(StandardCharsets.UTF_8).length + 1;
        examined++;
    }

    @Override
    public RestoreReport ready() {
        PublishedFile.requireRoom(file, bytes);
        return new RestoreReport(examined, 0, List.of());
    }

    @Override
    public void prepare(RestorePoint point) {
        check(point);
        out = new PublishedFile(file);
    }

    private PublishedFile prepared() {
        return Objects.requireNonNull(out, "prepare comes first");
    }

    @Override
    public void write(Entry entry) {
        given = given.plus(Digest.of(EntryJson.asRead(entry)));
        prepared().line(EntryJson.write(entry));
    }

    @Override
    public RestoreReport publish(Runnable beforeVisible) {
        Digest found = readBack();
        if (!found.equals(given)) {
            throw new MismatchException(file + " does not hold what was to be written to it: expected " + given.count()
                    + " entries with digest " + given + ", read back " + found.count() + " with digest " + found
                    + ". Nothing was published");
        }
        beforeVisible.run();
        prepared().publish();
        return new RestoreReport(given.count(), 0, List.of());
    }

    private Digest readBack() {
        Digest found = Digest.EMPTY;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(prepared().readBack(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                found = found.plus(Digest.of(EntryJson.read(line)));
            }
            return found;
        } catch (UsageException e) {
            throw new MismatchException(
                    file + " was written, but entry " + (found.count() + 1)
                            + " of it cannot be read back. Nothing was published",
                    e);
        } catch (IOException e) {
            throw LocalFaults.of("cannot read back " + file, e);
        }
    }

    @Override
    public void close() {
        PublishedFile open = out;
        out = null;
        if (open != null) {
            open.close();
        }
    }
}
