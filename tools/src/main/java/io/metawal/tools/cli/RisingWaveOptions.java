package io.metawal.tools.cli;

import io.metawal.connectors.risingwave.RwPlaces;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.backuptarget.BackupTargetOptions;
import io.metawal.connectors.risingwave.backuptarget.MetaNodeCheck;
import io.metawal.connectors.risingwave.files.FileCheckMode;
import io.metawal.connectors.risingwave.files.HummockObjects;
import io.metawal.connectors.risingwave.files.RwFiles;
import io.metawal.connectors.risingwave.outside.OutsideTarget;
import io.metawal.connectors.risingwave.snapshot.VersionForm;
import io.metawal.connectors.risingwave.sqltarget.TimeTravel;
import io.metawal.metadata.port.RestoreTarget;
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
            description =
                    "With risingwave: the data directory of the restored cluster, as file:/path, s3://bucket/path or a URL of"
                            + " RisingWave's own, such as gcs://bucket/path. METAWAL_HUMMOCK_* say how it is reached (default: as its"
                            + " parameters say; with risingwave-backup none).")
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
            names = "--version-form",
            paramLabel = "FORM",
            description =
                    "With risingwave-backup of a v2.8: write the Hummock version as json, which the tags up to v2.8.5 read, or as"
                            + " protobuf, which builds of that release from July 2026 on read (default: as the newest snapshot"
                            + " in the directory, else as the image says).")
    private @Nullable String versionForm;

    @Option(
            names = "--with-time-travel",
            negatable = true,
            fallbackValue = "true",
            description =
                    "With a SQL meta store: restore the tables of time travel as well (default: where a job was being created that"
                            + " reads them).")
    private @Nullable Boolean withTimeTravel;

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

    TimeTravel timeTravel() {
        Boolean asked = withTimeTravel;
        if (asked == null) {
            return TimeTravel.WHERE_NEEDED;
        }
        return asked ? TimeTravel.ALWAYS : TimeTravel.NEVER;
    }

    /** Where the generator of objects' ids continues. */
    RwFiles.Ids objectIds() {
        return ids.from() == IdsChoice.From.NEWEST ? RwFiles.Ids.AFTER_FILES : RwFiles.Ids.AS_KNOWN;
    }

    /** The same target, which also reports what is not rewound. */
    RestoreTarget outside(RestoreTarget target, @Nullable HummockObjects files) {
        OutsideTarget.SchemaHistory histories = files == null || checkFiles() == FileCheckMode.NOT_ASKED
                ? OutsideTarget.SchemaHistory.UNSEEN
                : files::withoutSchemaHistory;
        return new OutsideTarget(target, histories, places().parameters());
    }

    BackupTargetOptions backup(Path scratch) {
        return new BackupTargetOptions(
                version(),
                versionForm == null ? null : VersionForm.parse(versionForm),
                evenIfAlive ? BackupTargetOptions.MetaNodeAlive.GO_ON : BackupTargetOptions.MetaNodeAlive.REFUSE,
                scratch);
    }

    RwPlaces places() {
        return new RwPlaces(stateStore, dataDirectory, backupUrl, backupDirectory);
    }
}
