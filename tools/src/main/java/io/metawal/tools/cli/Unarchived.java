package io.metawal.tools.cli;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.tools.engine.Engine;

/** What a writer leaves behind when the store takes nothing: durable here, and archived by the next that runs. */
final class Unarchived {
    private Unarchived() {}

    static int told(long commits, Engine engine) {
        if (commits == 0) {
            return ExitCode.DONE.number();
        }
        System.err.println(
                "metawal: " + commits + " commits are durable in the hot log, but the store does not take them ("
                        + engine.archive().failure() + "); the next append or run archives them");
        return ExitCode.WARNINGS.number();
    }
}
