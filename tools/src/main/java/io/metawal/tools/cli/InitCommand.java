package io.metawal.tools.cli;

import io.metawal.storage.repository.Repository;
import io.metawal.tools.output.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "init",
        mixinStandardHelpOptions = true,
        description = "Create a repository; where it is there already, say so and change nothing.")
final class InitCommand implements Callable<Integer> {
    @Mixin
    private final RepositoryOptions repository = new RepositoryOptions();

    @Option(
            names = "--cluster",
            paramLabel = "NAME",
            defaultValue = "default",
            description = "whose history this is (default: ${DEFAULT-VALUE})")
    private String cluster = "default";

    @Mixin
    private final ConditionalWrites conditionalWrites = new ConditionalWrites();

    @Override
    public Integer call() {
        var store = repository.madeStore();
        if (repository.remote()) {
            conditionalWrites.require(store);
        }
        Repository.Initialised done =
                Repository.init(store, cluster, repository.clock().instant());
        var output = repository.output();
        if (output.json()) {
            output.json(Json.document()
                    .put("cluster", cluster)
                    .put("clusterId", done.repository().identity().clusterId())
                    .put("created", done.created()));
        } else {
            output.line((done.created() ? "created a repository for cluster \"" : "already initialised for cluster \"")
                    + cluster + "\" at " + store.describe());
        }
        return 0;
    }
}
