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
        description = {
            "Capture once: ndjson:FILE, commits as append takes them; or",
            "risingwave-backup:URL, RisingWave's own snapshots, each a commit with a named point; or",
            "databend:FILE, an export of Databend's meta service with its log. Repeated, each goes on where it was."
        })
final class ImportCommand implements Callable<Integer> {
    private static final String NDJSON = "ndjson:";

    @Mixin
    private final RepositoryOptions repository = new RepositoryOptions();

    @Mixin
    private final WriterOptions writer = new WriterOptions();

    @Parameters(
            paramLabel = "URL",
            description = "ndjson:FILE, ndjson:- for standard input, risingwave-backup:URL, or databend:FILE|-")
    private String url = "";

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (url.startsWith(RisingWaveImport.SCHEME)) {
            return RisingWaveImport.run(repository, writer, url);
        }
        if (url.startsWith(DatabendFileImport.SCHEME)) {
            return DatabendFileImport.run(repository, writer, url);
        }
        if (!url.startsWith(NDJSON)) {
            throw new UsageException(
                    "\"" + url + "\" cannot be imported: expected ndjson:FILE, risingwave-backup:URL or databend:FILE");
        }
        return AppendCommand.append(repository, writer, Path.of(url.substring(NDJSON.length())), "import");
    }
}
