package io.metawal.tools.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** A verb that only groups others. */
final class Subcommands {
    private Subcommands() {}

    static void required(@Nullable CommandSpec spec) {
        if (spec != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "which one? " + String.join(" | ", spec.subcommands().keySet()));
        }
    }
}
