package io.metawal.testkit.object;

/** The process died here: no {@code catch (Exception)} and no clean-up of a real process would see it. */
public final class CrashError extends Error {
    private static final long serialVersionUID = 1L;

    public CrashError(String message) {
        super(message);
    }
}
