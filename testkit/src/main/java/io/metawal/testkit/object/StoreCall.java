package io.metawal.testkit.object;

/**
 * A call that a store got.
 *
 * @param number of the call among all calls to the store, from 1
 * @param subject the key, or the prefix of a list
 */
public record StoreCall(int number, Kind kind, String subject) {
    /** The kinds of calls. */
    public enum Kind {
        CREATE,
        REPLACE,
        READ,
        STAT,
        LIST,
        DELETE;

        /** Whether it changes what is stored, so that its outcome can be unknown. */
        public boolean writes() {
            return this == CREATE || this == REPLACE || this == DELETE;
        }
    }

    @Override
    public String toString() {
        return "call " + number + ": " + kind + " " + subject;
    }
}
