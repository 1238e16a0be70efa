package io.metawal.tools;

import io.metawal.tools.cli.MetawalCommand;

/** Starts the command line. */
public final class Metawal {
    private Metawal() {}

    public static void main(String[] args) {
        Runtime.getRuntime().exit(MetawalCommand.run(args, System.out, System.err));
    }
}
