package io.metawal.pitr.verify;

/**
 * Something that is not as it should be.
 *
 * @param kind missing, damaged, misplaced, gap, chain, digest, unknown, unfinished, superseded, unconditional, untried
 * @param object the object's key
 */
public record Finding(Severity severity, String kind, String object, String detail) {
    /** ERROR: something promised cannot be had. WARNING: look at it. INFO: expected now and then. */
    public enum Severity {
        ERROR,
        WARNING,
        INFO
    }
}
