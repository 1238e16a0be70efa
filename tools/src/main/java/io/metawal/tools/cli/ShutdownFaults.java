package io.metawal.tools.cli;

import org.jspecify.annotations.Nullable;

/**
 * Failures that have no other cause than that the process is ending: a library that is first used then cannot register its own
 * shutdown hook, and fails. It may do so a moment before the hook of {@link ProcessEnd} runs.
 */
final class ShutdownFaults {
    /** What {@link Runtime#addShutdownHook} says. */
    private static final String TEXT = "Shutdown in progress";

    private ShutdownFaults() {}

    /** By text and by type: what a server says is no fault of this process's end, whatever its words are. */
    static boolean causes(Throwable failure) {
        for (@Nullable Throwable at = failure; at != null; at = at.getCause()) {
            String message = at.getMessage();
            boolean ofLibrary = at instanceof IllegalStateException || at instanceof LinkageError;
            if (ofLibrary && message != null && message.contains(TEXT)) {
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
