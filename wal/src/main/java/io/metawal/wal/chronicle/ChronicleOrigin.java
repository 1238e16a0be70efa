package io.metawal.wal.chronicle;

import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.repository.SealedJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a log in a directory begins, as it says itself. */
public final class ChronicleOrigin {
    private static final ObjectKey KEY = new ObjectKey("log.json");

    private ChronicleOrigin() {}

    /** The position before its first commit; null where there is no log. */
    public static @Nullable Position of(Path logDirectory) {
        Path file = logDirectory.resolve(KEY.value());
        try {
            return Files.exists(file)
                    ? SealedJson.read(KEY, Files.readAllBytes(file), LogIdentity.class)
                            .before()
                    : null;
        } catch (IOException e) {
            throw new UnreachableException("cannot read " + file + ": " + e, e);
        }
    }
}
