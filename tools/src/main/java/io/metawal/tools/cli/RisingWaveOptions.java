package io.metawal.tools.cli;

import io.metawal.connectors.risingwave.RwPlaces;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.backuptarget.BackupTargetOptions;
import io.metawal.connectors.risingwave.backuptarget.MetaNodeCheck;
import io.metawal.connectors.risingwave.files.FileCheckMode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a restore of a RisingWave needs to know beside the target. */
final class RisingWaveOptions {
    @Option(
            names = "--ids",
            paramLabel = "WHERE",
            defaultValue = "newest",
            converter = IdsChoice.Converter.class,
            description =
                    "Where id generators continue: newest, the newest value known on any timeline; newest+N, N after it, for when"
                            + " commits are missing; target, the value of the point, only where nothing of the old history is used"
                            + " any more (default: ${DEFAULT-VALUE}).")
    private IdsChoice ids = IdsChoice.NEWEST;

    @Option(
            names = "--hummock",
            paramLabel = "URL",
            description = "with risingwave: the data directory of the restored cluster, file:/path or s3://bucket/path"
                    + " (default for risingwave+etcd: as its parameters say)")
    private @Nullable String hummock;

    @Option(
            names = "--check-files",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description =
                    "with a Hummock: every file that the version refers to must be there (default: ${DEFAULT-VALUE})")
    private boolean checkFiles = true;

    @Option(
            names = "--state-store",
            paramLabel = "URL",
            description = "with risingwave: new value of the parameter state_store")
    private @Nullable String stateStore;

    @Option(names = "--data-directory", paramLabel = "DIR", description = "and of data_directory")
    private @Nullable String dataDirectory;

    @Option(names = "--backup-storage-url", paramLabel = "URL", description = "and of backup_storage_url")
    private @Nullable String backupUrl;

    @Option(names = "--backup-storage-directory", paramLabel = "DIR", description = "and of backup_storage_directory")
    private @Nullable String backupDirectory;

    @Option(
            names = "--risingwave-version",
            paramLabel = "X.Y.Z",
            description =
                    "with risingwave: the version that is to read it (default: the one it was captured from, where that is known)")
    private @Nullable String version;

    @Option(
            names = "--meta",
            paramLabel = "HOST:PORT",
            split = ",",
            description = "with risingwave: meta nodes that must not be running (default: those last seen in the log)")
    private List<String> meta = List.of();

    @Option(
            names = "--even-if-alive",
            description =
                    "with risingwave: write although a meta node runs. It keeps the list of snapshots in memory: it overwrites"
                            + " ours at its next backup, and deletes files that only our snapshot refers to. Into a meta store,"
                            + " the checkpoint that it starts from is overwritten")
    private boolean evenIfAlive;

    IdsChoice ids() {
        return ids;
    }

    @Nullable
    String hummock() {
        return hummock;
    }

    FileCheckMode checkFiles() {
        return checkFiles ? FileCheckMode.REQUIRED : FileCheckMode.NOT_ASKED;
    }

    /** The version that is to read it; null where it was not told. */
    @Nullable
    RwVersion version() {
        return version == null ? null : RwVersion.parse(version);
    }

    List<String> meta() {
        return meta;
    }

    /** What keeps a restore from files that a living cluster uses; nothing where one was told to go on. */
    Supplier<Optional<String>> living(MetaNodeCheck nodes) {
        return evenIfAlive ? Optional::empty : nodes::livingNode;
    }

    BackupTargetOptions backup(Path scratch) {
        return new BackupTargetOptions(
                version(),
                evenIfAlive ? BackupTargetOptions.MetaNodeAlive.GO_ON : BackupTargetOptions.MetaNodeAlive.REFUSE,
                scratch);
    }

    RwPlaces places() {
        return new RwPlaces(stateStore, dataDirectory, backupUrl, backupDirectory);
    }
}
