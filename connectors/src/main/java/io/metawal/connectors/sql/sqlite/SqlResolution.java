package io.metawal.connectors.sql.sqlite;

import com.google.protobuf.ByteString;
import io.metawal.metadata.fault.CorruptException;
import java.time.Duration;
import java.util.Optional;

/** What a source that is read at an interval can tell apart, in plain words. */
public final class SqlResolution {
    private SqlResolution() {}

    /** Of the source position of a commit; empty for a source that tells every transaction. */
    public static Optional<String> of(ByteString sourcePosition) {
        try {
            Duration every = SqlitePosition.parse(sourcePosition).every();
            return Optional.of("the SQLite file is read every " + text(every) + ": transactions between two reads are"
                    + " one commit, what was changed and changed back between them is not seen, and a commit's time"
                    + " is that of the read");
        } catch (CorruptException ofAnotherKind) {
            return Optional.empty();
        }
    }

    private static String text(Duration every) {
        long millis = every.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
    }
}
