package io.metawal.tools.cli;

import io.metawal.metadata.fault.UsageException;
import io.metawal.storage.object.IfAbsent;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.object.ObjectStoreOpener;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Repository;
import io.metawal.tools.output.Output;
import io.metawal.tools.output.Progress;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every verb takes. */
final class RepositoryOptions {
    @Option(
            names = "--repo",
            paramLabel = "URL",
            description = "the repository: a directory, file:/path, or s3://bucket/prefix")
    private @Nullable String repo;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "a YAML file: every option is a key of it")
    private @Nullable String config;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text, json, or for log cloudevents (default: ${DEFAULT-VALUE})")
    private Output.Format output = Output.Format.TEXT;

    @Option(
            names = "--progress",
            paramLabel = "MODE",
            defaultValue = "auto",
            description = "auto (a bar on a terminal), jsonl, or none")
    private Progress.Mode progress = Progress.Mode.AUTO;

    String repo() {
        if (repo == null) {
            throw new UsageException("which repository? Give --repo URL, or -c FILE with a key `repo`"
                    + (config == null ? "" : "; " + config + " has none"));
        }
        return repo;
    }

    ObjectStore store() {
        return ObjectStoreOpener.open(repo(), IfAbsent.REFUSE, clock(), System.getenv());
    }

    /** As {@link #store}, but made where it is not there. */
    ObjectStore madeStore() {
        return ObjectStoreOpener.open(repo(), IfAbsent.CREATE, clock(), System.getenv());
    }

    /** Whether the repository lies with a service, not on this machine. */
    boolean remote() {
        return repo().startsWith("s3:");
    }

    Repository open() {
        return Repository.open(store());
    }

    History history() {
        return History.load(open());
    }

    /** The hot log of a local repository lies beside it. */
    Path defaultWal() {
        if (remote()) {
            throw new UsageException("where is the hot log of " + repo()
                    + "? Give --wal DIR, a directory of this machine" + " that outlives the process");
        }
        Path directory =
                Path.of(repo().replaceFirst("^file:(//)?", "")).toAbsolutePath().normalize();
        return directory.resolveSibling(directory.getFileName() + ".wal");
    }

    InstantSource clock() {
        return InstantSource.system();
    }

    Output output() {
        return new Output(System.out, output);
    }

    /** To another stream than standard output. */
    Output output(PrintStream to) {
        return new Output(to, output);
    }

    Progress progress() {
        return new Progress(progress, System.err);
    }
}
