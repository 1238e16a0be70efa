package io.metawal.wal.chronicle;

import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.repository.SealedJson;
import io.metawal.wal.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code log.json}: whose log this is, and the position before its first commit, which moves when the log is trimmed. Written
 * before any file is deleted.
 */
record LogIdentity(int format, String clusterId, Position before) {
    private static final int FORMAT = 1;
    static final ObjectKey KEY = new ObjectKey("log.json");

    /** @param begins run before a log is begun */
    static LogIdentity open(ChronicleLogConfig config, Runnable begins) throws IOException {
        Path file = config.directory().resolve(KEY.value());
        if (!Files.exists(file)) {
            LogIdentity fresh = new LogIdentity(FORMAT, config.clusterId(), config.start());
            if (!Cycles.list(config.queueDirectory()).isEmpty()) {
                throw new LostCommitsException(
                        config.start().seq() + 1, LostCommitsException.UNKNOWN, file + " is missing", null);
            }
            begins.run();
            fresh.store(config.directory());
            return fresh;
        }
        LogIdentity found = SealedJson.read(KEY, Files.readAllBytes(file), LogIdentity.class);
        if (found.format > FORMAT) {
            throw new UnsupportedFormatException(file + " is of format " + found.format + ", this version reads up to "
                    + FORMAT + ": use a newer metawal");
        }
        if (!found.clusterId.equals(config.clusterId())) {
            throw new MetawalException(
                    ExitCode.CONFLICT,
                    config.directory() + " is the hot log of cluster id " + found.clusterId
                            + ", but the repository is of " + config.clusterId() + ": give each its own with --wal");
        }
        return found;
    }

    LogIdentity startingAfter(Position position) {
        return new LogIdentity(format, clusterId, position);
    }

    void store(Path directory) throws IOException {
        DurableFile.write(directory.resolve(KEY.value()), SealedJson.write(KEY, this));
    }
}
