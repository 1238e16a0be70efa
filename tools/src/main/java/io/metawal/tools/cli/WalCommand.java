package io.metawal.tools.cli;

import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.UsageException;
import io.metawal.storage.repository.History;
import io.metawal.tools.engine.LogCopy;
import io.metawal.tools.output.Json;
import io.metawal.tools.output.Output;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "wal", mixinStandardHelpOptions = true, description = "The hot log.")
final class WalCommand implements Runnable {
    @picocli.CommandLine.Spec
    private picocli.CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public void run() {
        Subcommands.required(spec);
    }

    @Command(
            name = "copy",
            mixinStandardHelpOptions = true,
            description = {
                "Copy a hot log to another place, directory or topic: the same commits, bytes and chain. Stop its writer first:",
                "a log in a directory is refused while it is open, one on Kafka is taken from whoever writes it. A copy that was",
                "broken off is gone on with; a target with another history is refused."
            })
    int copy(
            @Mixin RepositoryOptions repository,
            @Option(names = "--from", required = true, paramLabel = "WAL", description = "as --wal") String from,
            @Option(names = "--to", required = true, paramLabel = "WAL", description = "as --wal") String to,
            @Option(names = "--kafka-properties", paramLabel = "FILE", description = "as for append") @Nullable
                    Path properties) {
        if (from.equals(to)) {
            throw new UsageException("--from and --to are the same: " + from);
        }
        History history = repository.history();
        String clusterId = history.repository().identity().clusterId();
        Position archived = history.end(history.timelines().lastKey()).at().position();
        LogCopy copy = new LogCopy(
                WalPlace.copied(from, properties, clusterId, repository.clock()),
                WalPlace.copied(to, properties, clusterId, repository.clock()));
        print(repository.output(), copy.run(archived));
        return 0;
    }

    private static void print(Output output, LogCopy.Copied copied) {
        Position head = copied.head();
        if (output.json()) {
            output.json(Json.document()
                    .put("commits", copied.commits())
                    .put("copied", copied.copied())
                    .put("seq", head.seq())
                    .put("chain", head.chain().toString()));
        } else {
            output.line("copied " + copied.copied() + " of " + copied.commits() + " commits; both end at "
                    + InfoCommand.describe(head));
        }
    }
}
