package io.metawal.tools;

import io.metawal.tools.cli.MetawalCommand;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Starts the command line. */
public final class Metawal {
    private Metawal() {}

    public static void main(String[] args) {
        // Libraries that log by java.util.logging say at INFO what interests nobody.
        Logger.getLogger("").setLevel(Level.WARNING);
        Runtime.getRuntime().exit(MetawalCommand.run(args, System.out, System.err));
    }
}
