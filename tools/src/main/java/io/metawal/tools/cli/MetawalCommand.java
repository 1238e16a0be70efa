package io.metawal.tools.cli;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.point.RefParser;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code metawal}: the verbs, and how their failures become exit codes. */
@Command(
        name = "metawal",
        mixinStandardHelpOptions = true,
        version = "metawal 0.1.0",
        description = "A write-ahead log for metadata, with point-in-time recovery.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            InitCommand.class,
            AppendCommand.class,
            ImportCommand.class,
            RunCommand.class,
            InfoCommand.class,
            LogCommand.class,
            ShowCommand.class,
            HistoryCommand.class,
            DiffCommand.class,
            SnapshotCommand.class,
            PointCommand.class,
            GapCommand.class,
            RestoreCommand.class,
            VerifyCommand.class,
            TimelineCommand.class,
            WalCommand.class,
            CompletionCommand.class,
            CommandLine.HelpCommand.class
        },
        footerHeading = "%nPoints are named the same everywhere:%n",
        footer =
                "  latest | seq:N | epoch:N | time:RFC3339-with-zone | -PT15M | ago:PT15M | name:LABEL | snap:ID | REF~N | TL@REF")
public final class MetawalCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        Subcommands.required(spec);
    }

    /** Runs one command line and returns what the process ends with. */
    public static int run(String[] args, PrintStream out, PrintStream err) {
        CommandLine line = new CommandLine(new MetawalCommand());
        line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpAutoWidth(true);
        line.setExecutionExceptionHandler((e, command, parsed) -> Failures.print(e, err));
        // Help and versions are printed outside what that handler sees.
        line.setExecutionStrategy(parsed -> {
            try {
                return new CommandLine.RunLast().execute(parsed);
            } catch (MetawalException e) {
                return Failures.print(e, err);
            }
        });
        IParameterExceptionHandler usage = line.getParameterExceptionHandler();
        line.setParameterExceptionHandler((e, words) -> e.getCause() instanceof MetawalException known
                ? Failures.print(known, err)
                : usage.handleParseException(e, words));
        try {
            line.setDefaultValueProvider(ConfigFile.of(args));
            int code = line.execute(refsAreNoOptions(args));
            if (code != ExitCode.OUTPUT_FAILED.number()) {
                out.flush();
            }
            return code;
        } catch (MetawalException | LinkageError e) {
            return Failures.print(e, err);
        }
    }

    /** {@code -PT15M} names a point, though it looks like an option: it is passed with another minus sign. */
    private static String[] refsAreNoOptions(String[] args) {
        String[] words = args.clone();
        for (int n = 0; n < words.length; n++) {
            if (words[n].matches("-P[0-9T].*")) {
                words[n] = RefParser.MINUS + words[n].substring(1);
            }
        }
        return words;
    }
}
