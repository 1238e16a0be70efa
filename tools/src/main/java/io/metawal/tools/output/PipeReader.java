package io.metawal.tools.output;

import io.metawal.metadata.fault.OutputException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Finds out whether anybody still reads the pipe that standard output is, for a command that may have nothing to write for a
 * long time. To open a pipe for writing waits for a reader: where that takes long, there is none. On Linux alone; elsewhere
 * the next write finds out.
 */
public final class PipeReader {
    private static final Path STANDARD_OUTPUT = Path.of("/proc/self/fd/1");
    private static final long PATIENCE_MILLIS = 2_000;

    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread daemon = new Thread(task, "metawal-output-check");
        daemon.setDaemon(true);
        return daemon;
    });

    /** @throws OutputException where nobody reads any more */
    public void require() {
        if (!isPipe()) {
            return;
        }
        Future<?> opened = thread.submit(() -> {
            try (FileOutputStream pipe = new FileOutputStream(STANDARD_OUTPUT.toFile())) {
                return pipe.getFD().valid();
            }
        });
        try {
            opened.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new OutputException("cannot write to standard output: nobody reads the pipe any more", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException notKnown) {
            // It may not be opened a second time: the next write finds out.
        }
    }

    private static boolean isPipe() {
        try {
            return Files.readSymbolicLink(STANDARD_OUTPUT).toString().startsWith("pipe:");
        } catch (IOException | UnsupportedOperationException notLinux) {
            return false;
        }
    }
}
