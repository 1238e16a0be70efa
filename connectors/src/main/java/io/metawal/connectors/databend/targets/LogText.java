package io.metawal.connectors.databend.targets;

import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import java.util.Optional;

/** The log entry that a commit of an import is of: {@code {"log_id":…,"payload":…}}, as the export had it. */
public final class LogText {
    private LogText() {}

    /** Empty for a base, or where it was imported without. */
    public static Optional<String> of(CommitBody commit) {
        for (Change change : commit.changes()) {
            if (change.entryKey().equals(DatabendSpaces.LAST_LOG_ENTRY)) {
                return Optional.of(change.value().toStringUtf8());
            }
        }
        return Optional.empty();
    }
}
