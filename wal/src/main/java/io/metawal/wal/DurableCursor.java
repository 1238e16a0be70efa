package io.metawal.wal;

import io.metawal.metadata.fault.LocalFaults;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.repository.SealedJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A follower's own durable place in the log: the last seq that it has taken. A file {@code <name>.json} in the cursors'
 * directory; the log is not trimmed past the slowest. For one thread.
 */
public final class DurableCursor {
    private static final String SUFFIX = ".json";
    private final Path file;
    private final ObjectKey key;
    private long seq;

    private record Stored(long seq) {}

    private DurableCursor(Path file, ObjectKey key, long seq) {
        this.file = file;
        this.key = key;
        this.seq = seq;
    }

    /** The cursor of this name; a new one starts at {@code startSeq}. */
    public static DurableCursor open(Path directory, String name, long startSeq) {
        ObjectKey key = new ObjectKey(name);
        Path file = directory.resolve(name + SUFFIX);
        try {
            Files.createDirectories(directory);
            if (Files.exists(file)) {
                Stored stored = SealedJson.read(key, Files.readAllBytes(file), Stored.class);
                return new DurableCursor(file, key, stored.seq());
            }
            DurableCursor cursor = new DurableCursor(file, key, startSeq);
            cursor.store();
            return cursor;
        } catch (IOException e) {
            throw LocalFaults.of("cannot open the cursor " + file, e);
        }
    }

    public long seq() {
        return seq;
    }

    /** Moves on; durable on return. A cursor never goes back. */
    public void advance(long toSeq) {
        if (toSeq < seq) {
            throw new IllegalArgumentException("cursor " + file + " stands at " + seq + ", cannot go back to " + toSeq);
        }
        seq = toSeq;
        try {
            store();
        } catch (IOException e) {
            throw LocalFaults.of("cannot write the cursor " + file, e);
        }
    }

    private void store() throws IOException {
        DurableFile.write(file, SealedJson.write(key, new Stored(seq)));
    }

    /** Where all cursors of a directory stand. */
    public static List<Long> all(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        List<Long> seqs = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(SUFFIX) && !name.startsWith(".")) {
                    seqs.add(open(directory, name.substring(0, name.length() - SUFFIX.length()), 0)
                            .seq());
                }
            }
        } catch (IOException e) {
            throw LocalFaults.of("cannot list the cursors in " + directory, e);
        }
        return seqs;
    }
}
