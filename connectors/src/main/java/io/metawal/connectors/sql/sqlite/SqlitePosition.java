package io.metawal.connectors.sql.sqlite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Meta;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.UsageException;
import java.time.Duration;
import java.time.format.DateTimeParseException;

/**
 * Where the capture of a SQLite file goes on, as one line of JSON with sorted names:
 *
 * <pre>
 * {"changes":87,"engine":"sqlite","every":"PT5S","identity":"…","inode":"(dev=801,ino=42)","path":"/var/rw/meta.db","reads":12,"schema":31}
 * </pre>
 *
 * and {@code "base_after":N} in it where a base is unfinished: the log was complete at read N, 0 for none.
 *
 * @param state what told the file apart, and how old it was, at that read
 * @param reads number of reads that are in the log
 * @param every time between two reads
 * @param baseAfter of an unfinished base; else -1
 */
record SqlitePosition(FileState state, long reads, Duration every, long baseAfter) {
    private static final long NO_BASE = -1;

    static SqlitePosition at(FileState state, long reads, Duration every) {
        return new SqlitePosition(state, reads, every, NO_BASE);
    }

    SqlitePosition inBase(long after) {
        return new SqlitePosition(state, reads, every, after);
    }

    boolean unfinished() {
        return baseAfter != NO_BASE;
    }

    /** The last read up to which the log is complete; 0 for none. */
    long complete() {
        return unfinished() ? baseAfter : reads;
    }

    ByteString bytes() {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("engine", "sqlite")
                .put("every", every.toString())
                .put("path", state.path())
                .put("inode", state.inode())
                .put("identity", state.identity())
                .put("schema", state.schemaVersion())
                .put("changes", state.changes())
                .put("reads", reads);
        if (unfinished()) {
            json.put("base_after", baseAfter);
        }
        return Meta.of(json);
    }

    /** @throws CorruptException where the log was filled by another kind of source */
    static SqlitePosition parse(ByteString bytes) {
        try {
            JsonNode json = Meta.parse(bytes);
            if (json != null && json.path("engine").asText().equals("sqlite")) {
                return new SqlitePosition(
                        new FileState(
                                json.path("path").asText(),
                                json.path("inode").asText(),
                                json.path("identity").asText(),
                                json.path("schema").asLong(),
                                json.path("changes").asLong()),
                        json.path("reads").asLong(),
                        Duration.parse(json.path("every").asText()),
                        json.path("base_after").asLong(NO_BASE));
            }
        } catch (UsageException | DateTimeParseException e) {
            throw notOne(bytes, e);
        }
        throw notOne(bytes, null);
    }

    private static CorruptException notOne(ByteString bytes, @org.jspecify.annotations.Nullable Throwable cause) {
        return new CorruptException(
                "the log's source position \"" + bytes.toStringUtf8() + "\" is not one of a SQLite file: expected"
                        + " {\"engine\":\"sqlite\",…}. Was this log filled by another kind of source?",
                cause);
    }
}
