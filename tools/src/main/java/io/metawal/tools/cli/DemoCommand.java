package io.metawal.tools.cli;

import io.metawal.tools.demo.Demo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description =
                "The whole story on embedded defaults, with nothing else installed: capture, a mistake, find it, undo it.")
final class DemoCommand implements Callable<Integer> {
    @Option(names = "--seed", description = "of the simulated meta service (default: ${DEFAULT-VALUE})")
    private long seed = 42;

    @Option(names = "--dir", description = "where to play (default: a new temporary directory)")
    private @Nullable Path directory;

    @Option(names = "--fast", description = "without the pauses that let one read along")
    private boolean fast;

    @Override
    public Integer call() throws IOException {
        Path place = directory == null ? Files.createTempDirectory("metawal-demo-") : directory;
        return new Demo(place, seed, fast, System.out).run();
    }
}
