package io.metawal.tools.cli;

import io.metawal.metadata.fault.UsageException;
import io.metawal.storage.repository.History;
import io.metawal.wal.chronicle.ChronicleTail;
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
    Path directory(RepositoryOptions repository, History history) {
        String given = wal;
        if (given == null) {
            Path beside = repository.remote() ? null : repository.defaultWal();
            return beside == null || foreign(beside, history) != null ? null : beside;
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
        String other = foreign(directory, history);
        if (other != null) {
            throw new UsageException("--wal " + given + " is the hot log of cluster id " + other
                    + ", but the repository is of "
                    + history.repository().identity().clusterId()
                    + ": name the one of this repository's writer");
        }
        return directory;
    }

    /** The cluster whose log it is; null where it is of this repository, or does not say. */
    private static @Nullable String foreign(Path directory, History history) {
        String own = history.repository().identity().clusterId();
        return ChronicleTail.clusterId(directory.resolve("log"))
                .filter(id -> !id.equals(own))
                .orElse(null);
    }
}
