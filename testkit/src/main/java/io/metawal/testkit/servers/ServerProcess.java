package io.metawal.testkit.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A server as a process of this machine, with the processes that it starts itself. It can be started again after its end. It ends
 * with this JVM, however that ends, where the machine has {@code setpriv}.
 */
public final class ServerProcess {
    private static final long END_SECONDS_MAX = 20;
    private static final int TAIL_CHARS = 3000;
    /** Fields of {@code /proc/PID/stat} after the name, as proc(5) has them. */
    private static final int STATE = 0;

    private static final int THREADS = 17;

    private final ProcessBuilder builder;
    private final List<String> command;
    private final Path log;
    private @Nullable Process process;

    /** @param log the file that {@code builder} redirects what the server prints to, or a part of it */
    public ServerProcess(ProcessBuilder builder, Path log) {
        this.command = List.copyOf(builder.command());
        this.builder = builder.command(ProcessStarter.line(command));
        this.log = log;
    }

    /** A server that prints to {@code log}. */
    public static ServerProcess logging(List<String> command, Path log) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        return new ServerProcess(builder, log);
    }

    /** Starts it; returns at once. */
    public Process begin() {
        try {
            Process started = ProcessStarter.start(builder);
            process = started;
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting " + command, e);
        }
    }

    /** As kill -9; nothing of it runs any more when this returns. */
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
        children.forEach(ServerProcess::awaitEnd);
    }

    /** Sends a signal, as kill(1) names it, and waits for the end; kills it where that does not come. */
    public void stop(String signal) {
        Process running = process;
        if (running == null) {
            return;
        }
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(running.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (running.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                process = null;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run kill", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kill();
    }

    /** Fails, with the end of what it printed, where it has ended by itself; else waits that long for it to end. */
    public void failIfEnded(long waitMillis) throws InterruptedException {
        Process running = process;
        if (running != null && running.waitFor(waitMillis, TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException(command + " ended with " + running.exitValue() + ": " + tail());
        }
    }

    /**
     * Whether a port is this server's and not that of another one, which had it first. True for any port of a server that runs where
     * the machine does not say who listens.
     */
    public boolean listens(int port) {
        Process running = process;
        return running != null
                && runs(running.toHandle())
                && ListeningPorts.of(running.toHandle())
                        .map(ports -> ports.contains(port))
                        .orElse(true);
    }

    /** The end of what it printed. */
    public String tail() {
        try {
            String text = Files.exists(log) ? Files.readString(log) : "";
            return text.substring(Math.max(0, text.length() - TAIL_CHARS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Optional<Process> process() {
        return Optional.ofNullable(process);
    }

    /** {@link ProcessHandle#onExit} polls ever more rarely where this JVM did not start the process, so this polls itself. */
    private static void awaitEnd(ProcessHandle handle) {
        long began = System.nanoTime();
        try {
            while (runs(handle)) {
                if (System.nanoTime() - began > TimeUnit.SECONDS.toNanos(END_SECONDS_MAX)) {
                    throw new IllegalStateException("process " + handle.pid() + " does not end");
                }
                TimeUnit.MILLISECONDS.sleep(1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether a process still runs: one that has ended, and that nobody has waited for yet, does not. */
    public static boolean runs(ProcessHandle handle) {
        return handle.isAlive() && !isZombie(handle);
    }

    /**
     * An ended process that nobody has waited for: it has no memory and no port any more. One whose first thread has ended before the
     * others looks the same, but for their number, and still has its ports. Known on Linux alone.
     */
    private static boolean isZombie(ProcessHandle handle) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(handle.pid()), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return fields[STATE].equals("Z") && Integer.parseInt(fields[THREADS]) <= 1;
        } catch (IOException e) {
            // It is gone by now, or this is no Linux.
            return !handle.isAlive();
        }
    }
}
