package io.metawal.storage.repository;

/**
 * By how much a store's clock is ahead of this machine's; negative where it is behind. A request takes time, and a store may report
 * whole seconds: so the difference is known to lie between two values only. Where 0 is between them, the clocks count as equal.
 *
 * @param aheadMicros the value closest to 0: the clocks differ by this much for certain
 * @param aheadMicrosMin the smallest value: a time of this machine, moved by it, is never later than the store's
 */
public record StoreClock(long aheadMicros, long aheadMicrosMin) {
    static final StoreClock EQUAL = new StoreClock(0, 0);

    private static final long TICK_MICROS = 1_000_000;

    /**
     * Compares the clocks by an object that was written just now.
     *
     * @param beforeMicros this machine's time before it was written
     * @param writtenMicros the store's time of the object, rounded down to a whole second or not
     * @param afterMicros this machine's time after the store answered
     */
    static StoreClock compared(long beforeMicros, long writtenMicros, long afterMicros) {
        long least = writtenMicros - afterMicros;
        long most = writtenMicros + TICK_MICROS - beforeMicros;
        if (least <= 0 && most >= 0) {
            return EQUAL;
        }
        return new StoreClock(least > 0 ? least : most, least);
    }
}
