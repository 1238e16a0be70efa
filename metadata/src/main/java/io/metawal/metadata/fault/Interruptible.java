package io.metawal.metadata.fault;

/** Steps that may be interrupted, for callers that cannot say so: the thread's flag is set again, and the fault is typed. */
public final class Interruptible {
    private Interruptible() {}

    /** What is done. */
    @FunctionalInterface
    public interface Step<T> {
        T run() throws InterruptedException;
    }

    /** @param doing said behind "interrupted while " */
    public static <T> T run(String doing, Step<T> step) {
        try {
            return step.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MetawalException(ExitCode.INTERRUPTED, "interrupted while " + doing, e);
        }
    }
}
