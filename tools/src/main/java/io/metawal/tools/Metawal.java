package io.metawal.tools;

import io.metawal.tools.cli.MetawalCommand;
import io.metawal.tools.cli.ProcessEnd;
import io.metawal.tools.output.StandardInput;
import io.metawal.tools.output.StandardOutput;
import java.io.PrintStream;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Starts the command line. */
public final class Metawal {
    private Metawal() {}

    public static void main(String[] args) {
        // Libraries that log by java.util.logging say at INFO what interests nobody.
        Logger.getLogger("").setLevel(Level.WARNING);
        PrintStream out = StandardOutput.ofProcess();
        System.setOut(out);
        System.setIn(StandardInput.ofProcess());
        ProcessEnd end = ProcessEnd.watch(System.err);
        int code = MetawalCommand.run(args, out, System.err);
        if (end.reached(code)) {
            Runtime.getRuntime().exit(code);
        }
    }
}
