package io.metawal.tools.cli;

import io.metawal.metadata.fault.UsageException;
import io.metawal.wal.kafka.KafkaUrl;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a restore reads the hot log of the last writer. */
final class ReadLogOption {
    @Option(
            names = "--wal",
            paramLabel = "DIR",
            description =
                    "Hot log of the last writer, read for ids that it gave out and did not archive (default: <repo>.wal"
                            + " beside a local repository).")
    private @Nullable String wal;

    /** The directory of that writer; null where none is known here. */
    @Nullable
    Path directory(RepositoryOptions repository) {
        String given = wal;
        if (given == null) {
            return repository.remote() ? null : repository.defaultWal();
        }
        if (KafkaUrl.names(given)) {
            throw new UsageException("--wal " + given
                    + ": a restore reads no log on Kafka. `metawal run` or `metawal append` with this --wal"
                    + " archives what is in it: restore after that");
        }
        Path directory = Path.of(given).toAbsolutePath();
        if (!Files.isDirectory(directory.resolve("log"))) {
            throw new UsageException(
                    "--wal " + given + ": there is no hot log in it: name the directory that `metawal run` or"
                            + " `metawal append` had as --wal");
        }
        return directory;
    }
}
