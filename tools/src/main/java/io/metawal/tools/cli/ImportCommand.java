package io.metawal.tools.cli;

import io.metawal.metadata.fault.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = "Capture a file once: ndjson:FILE, commits as append takes them.")
final class ImportCommand implements Callable<Integer> {
    private static final String NDJSON = "ndjson:";

    @Mixin
    private final RepositoryOptions repository = new RepositoryOptions();

    @Mixin
    private final WriterOptions writer = new WriterOptions();

    @Parameters(paramLabel = "URL", description = "ndjson:FILE, or ndjson:- for standard input")
    private String url = "";

    @Override
    public Integer call() throws IOException {
        if (!url.startsWith(NDJSON)) {
            throw new UsageException("\"" + url + "\" cannot be imported: expected ndjson:FILE");
        }
        return AppendCommand.append(repository, writer, Path.of(url.substring(NDJSON.length())), "import");
    }
}
