package io.metawal.tools.cli;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.storage.temp.OpenFolders;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The end of the process on SIGTERM, SIGINT and SIGHUP: the command is interrupted, unwinds within a bound, and the process
 * ends with one line and exit code 130. A daemon stops in order instead, and ends with its own code. Temporary files are deleted
 * in either case, whatever the threads are doing.
 *
 * <p>It runs in a shutdown hook, which the JVM starts for those signals and for an ordinary end alike.
 */
public final class ProcessEnd {
    private static final long UNWINDING_MILLIS_MAX = 3_000;

    private final Thread main;
    private final PrintStream err;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean asked;
    private volatile boolean gaveUp;
    private volatile int code = ExitCode.INTERRUPTED.number();
    private volatile @Nullable IntSupplier orderly;
    private static volatile @Nullable ProcessEnd current;

    private ProcessEnd(Thread main, PrintStream err) {
        this.main = main;
        this.err = err;
    }

    /** For the launcher: what is run on this thread ends so. */
    public static ProcessEnd watch(PrintStream err) {
        ProcessEnd end = new ProcessEnd(Thread.currentThread(), err);
        current = end;
        OpenFolders.deletedAtEnd();
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(end::shutDown, "metawal-end"));
        } catch (IllegalStateException ending) {
            // A signal came first, and nothing has begun.
            end.interruptedLine();
            Runtime.getRuntime().halt(ExitCode.INTERRUPTED.number());
        }
        return end;
    }

    /**
     * For a command that stops in order when it is asked to.
     *
     * @param stop asks it, waits, and returns the exit code
     * @throws MetawalException where a signal came before: the command was interrupted, and does not begin
     */
    static void stopWith(IntSupplier stop) {
        ProcessEnd end = current;
        if (end != null && !end.stopsWith(stop)) {
            throw new MetawalException(ExitCode.INTERRUPTED, "interrupted by a signal");
        }
    }

    private synchronized boolean stopsWith(IntSupplier stop) {
        if (!asked) {
            orderly = stop;
        }
        return !asked;
    }

    private synchronized @Nullable IntSupplier ask() {
        asked = true;
        return orderly;
    }

    /** The command has come to its end; returns false where the process is ending by a signal, and nothing more is to be said. */
    public boolean reached(int exit) {
        code = exit;
        ended.countDown();
        return !asked;
    }

    /**
     * Whether a failure is that of a command that was interrupted: the end itself prints the line, and has its own code. One that stops in
     * order says itself how it ended.
     */
    static boolean took(Throwable failure) {
        ProcessEnd end = current;
        if (end == null || end.orderly != null || !end.asked && !ShutdownFaults.causes(failure)) {
            return false;
        }
        end.gaveUp = true;
        return true;
    }

    private void shutDown() {
        if (ended.getCount() == 0) {
            OpenFolders.deleteAll();
            return;
        }
        IntSupplier stop = ask();
        Thread.UncaughtExceptionHandler others = Thread.getDefaultUncaughtExceptionHandler();
        ShutdownFaults.hideInThreads(others == null ? ProcessEnd::printed : others);
        int exit = stop == null ? interrupted() : stop.getAsInt();
        if (stop != null) {
            var unused = unwound();
        }
        OpenFolders.deleteAll();
        Runtime.getRuntime().halt(exit);
    }

    private static void printed(Thread thread, Throwable failure) {
        System.err.println("Exception in thread \"" + thread.getName() + "\"");
        failure.printStackTrace();
    }

    /** A command that came to its end all the same has its own exit code. */
    private int interrupted() {
        main.interrupt();
        if (unwound() && !gaveUp) {
            return code;
        }
        interruptedLine();
        return ExitCode.INTERRUPTED.number();
    }

    private void interruptedLine() {
        err.println("metawal: interrupted by a signal");
        err.flush();
    }

    private boolean unwound() {
        try {
            return ended.await(UNWINDING_MILLIS_MAX, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
