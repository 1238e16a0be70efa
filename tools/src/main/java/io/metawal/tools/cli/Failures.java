package io.metawal.tools.cli;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.LocalFaults;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.storage.temp.NativeFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** What a failed command prints, and the exit code of it. Only what no user can cause is called an error of metawal. */
final class Failures {
    private Failures() {}

    static int print(Throwable failure, PrintStream err) {
        MetawalException known = known(failure);
        ExitCode code = known == null ? ExitCode.FAILED : known.code();
        if (ProcessEnd.took(failure)) {
            return ExitCode.INTERRUPTED.number();
        }
        if (known == null) {
            err.println("metawal: an error in metawal itself; please report it with what follows");
            failure.printStackTrace(err);
        } else {
            err.println("metawal: " + known.text());
        }
        return code.number();
    }

    /** Null for a bug. */
    private static @Nullable MetawalException known(Throwable failure) {
        if (failure instanceof MetawalException typed) {
            return typed;
        }
        Throwable cause = failure.getCause();
        if (failure instanceof UncheckedIOException && cause instanceof IOException io) {
            String message = failure.getMessage();
            return LocalFaults.of(
                    message == null || message.equals(io.toString()) ? "a file cannot be used" : message, io);
        }
        if (failure instanceof IOException io) {
            return LocalFaults.of("a file cannot be used", io);
        }
        if (failure instanceof LinkageError) {
            return NativeFolder.fault("a library", cause == null ? failure : cause);
        }
        if (failure instanceof InterruptedException) {
            return new MetawalException(ExitCode.INTERRUPTED, "interrupted", failure);
        }
        boolean wraps = failure instanceof CompletionException
                || failure instanceof ExecutionException
                || failure instanceof IllegalStateException;
        return wraps && cause != null ? known(cause) : null;
    }
}
