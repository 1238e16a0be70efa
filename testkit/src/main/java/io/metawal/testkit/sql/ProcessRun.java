package io.metawal.testkit.sql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A server as a process of this machine, with the processes that it begins itself. */
final class ProcessRun implements ServerRun {
    private static final long TRY_MILLIS = 50;
    private static final long END_SECONDS_MAX = 20;
    private static final int TAIL_CHARS = 3000;

    private final List<String> command;
    private final ServerDirectory directory;
    private final String stopSignal;
    private @Nullable Process process;

    /** {@code stopSignal} is what makes the server end in order without waiting for its clients, as kill(1) names it. */
    ProcessRun(List<String> command, ServerDirectory directory, String stopSignal) {
        this.command = command;
        this.directory = directory;
        this.stopSignal = stopSignal;
    }

    @Override
    public void begin() {
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(
                            ProcessBuilder.Redirect.appendTo(directory.log().toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command, e);
        }
    }

    @Override
    public void kill() {
        Process running = process;
        process = null;
        if (running == null) {
            return;
        }
        // A server's children would outlive it for a moment and keep its memory: the next start would be refused.
        List<ProcessHandle> children = running.descendants().toList();
        running.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        awaitEnd(running.toHandle());
        children.forEach(ProcessRun::awaitEnd);
    }

    @Override
    public void stop() {
        Process running = process;
        if (running == null) {
            return;
        }
        SqlPrograms.run(List.of("kill", "-" + stopSignal, Long.toString(running.pid())));
        try {
            if (running.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                process = null;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kill();
    }

    @Override
    public void pause() throws InterruptedException {
        Process running = process;
        if (running != null && running.waitFor(TRY_MILLIS, TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException(command + " ended with " + running.exitValue() + ": " + tail());
        }
    }

    @Override
    public String tail() {
        try {
            Path log = directory.log();
            String text = Files.exists(log) ? Files.readString(log) : "";
            return text.substring(Math.max(0, text.length() - TAIL_CHARS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Optional<Process> process() {
        return Optional.ofNullable(process);
    }

    @Override
    public Optional<Path> data() {
        return Optional.of(directory.data());
    }

    @Override
    public void close() {
        kill();
        directory.delete();
    }

    private static void awaitEnd(ProcessHandle handle) {
        try {
            handle.onExit().get(END_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("process " + handle.pid() + " does not end", e);
        }
    }
}
