package io.metawal.tools.output;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** How far long work has come: a bar on a terminal, lines of JSON where asked, else nothing. Safe for several threads. */
public final class Progress implements AutoCloseable {
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");
    private static final long LINE_EVERY_NANOS = 500_000_000L;

    /** Where progress goes. */
    public enum Mode {
        AUTO,
        JSONL,
        NONE
    }

    private final Mode mode;
    private final PrintStream err;
    private @Nullable ProgressBar bar;
    private String task = "";
    private long done;
    private long total;
    private long lastNanos;

    public Progress(Mode mode, PrintStream err) {
        this.mode = mode;
        this.err = err;
    }

    /** Starts a task; {@code units} is -1 where it is not known. */
    public synchronized void start(String name, long units) {
        finish();
        task = name;
        done = 0;
        total = units;
        if (mode == Mode.AUTO && terminal()) {
            bar = new ProgressBarBuilder()
                    .setTaskName(name)
                    .setInitialMax(units)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(200)
                    .build();
        }
        line(true);
    }

    /** The bar goes to standard error: what standard input is does not matter. */
    private static boolean terminal() {
        if (System.getenv("TERM") == null) {
            return false;
        }
        try {
            String device = Files.readSymbolicLink(STANDARD_ERROR).toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty") || device.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException notLinux) {
            return hasConsole();
        }
    }

    @SuppressWarnings("SystemConsoleNull") // harmless there: the bar is only drawn where TERM is set too
    private static boolean hasConsole() {
        return System.console() != null;
    }

    public synchronized void step(long units) {
        done += units;
        ProgressBar showing = bar;
        if (showing != null) {
            showing.stepBy(units);
        }
        line(false);
    }

    private void line(boolean always) {
        if (mode == Mode.JSONL && (always || System.nanoTime() - lastNanos > LINE_EVERY_NANOS)) {
            lastNanos = System.nanoTime();
            err.println(
                    Json.line(Json.object().put("task", task).put("done", done).put("total", total)));
        }
    }

    private void finish() {
        ProgressBar showing = bar;
        bar = null;
        if (showing != null) {
            showing.close();
        }
        if (!task.isEmpty()) {
            line(true);
        }
        task = "";
    }

    @Override
    public synchronized void close() {
        finish();
    }
}
