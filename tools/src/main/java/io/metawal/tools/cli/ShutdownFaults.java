package io.metawal.tools.cli;

import org.jspecify.annotations.Nullable;

/**
 * Failures that have no other cause than that the process is ending: a library that is first used then cannot register its own
 * shutdown hook, and fails.
 */
final class ShutdownFaults {
    /** What {@link Runtime#addShutdownHook} says. */
    private static final String TEXT = "Shutdown in progress";

    private ShutdownFaults() {}

    static boolean causes(Throwable failure) {
        for (@Nullable Throwable at = failure; at != null; at = at.getCause()) {
            String message = at.getMessage();
            if (message != null && message.contains(TEXT)) {
                return true;
            }
        }
        return false;
    }

    /** Failures of threads of libraries are printed as always, except for these. */
    static void hideInThreads(Thread.UncaughtExceptionHandler others) {
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            if (!causes(failure)) {
                others.uncaughtException(thread, failure);
            }
        });
    }
}
