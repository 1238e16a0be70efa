package io.metawal.testkit.object;

/** How a call goes wrong. */
public enum Fault {
    /** Nothing happens, and the caller is told that the store is unreachable. */
    FAIL_BEFORE,
    /** It takes effect, and the reply is lost: the caller is told that the outcome is unknown. */
    SUCCEED_BUT_REPORT_FAILURE,
    /** The call waits until it is released, and then goes on as if nothing had been: a writer that was stopped. */
    HANG_UNTIL_RELEASED,
    /** The process dies before the call takes effect: this and every later call throws {@link CrashError}. */
    CRASH_BEFORE,
    /** The process dies after the call took effect. */
    CRASH_AFTER,
    /** The process dies while the request is on its way: it takes effect when {@link FaultyObjectStore#land} says so. */
    CRASH_AND_LAND_LATER
}
