package io.metawal.connectors.etcd;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnreachableException;

/** How often what went wrong has gone wrong in a row, over all the watches of a capture. For one thread. */
final class Retries {
    private static final int DENIED_MAX = 2;
    private static final int SILENCES_MAX = 3;

    private int failures;
    private int deniedWatches;
    private int deniedReads;
    private int silences;
    private long hole = -1;

    /** The watch reported something. */
    void answered() {
        failures = 0;
        deniedWatches = 0;
    }

    /** A revision was captured. */
    void captured() {
        silences = 0;
        hole = -1;
    }

    int failed() {
        return ++failures;
    }

    /** A refused watch is tried once more: with the token of before a restart, etcd says the same. */
    MetawalException watch(MetawalException fault) {
        if (fault.code() == ExitCode.ACCESS_DENIED && ++deniedWatches < DENIED_MAX) {
            return new UnreachableException(fault.text(), fault);
        }
        return fault;
    }

    void read() {
        deniedReads = 0;
    }

    /** Throws what a read failed with where it is for an operator: etcd continues a watch whose user lost the permission. */
    void read(MetawalException fault) {
        if (fault.code() == ExitCode.ACCESS_DENIED && ++deniedReads >= DENIED_MAX) {
            throw fault;
        }
    }

    /** Whether revisions after this one were left out by the watch before too. */
    boolean holeAgain(long after) {
        boolean again = hole == after;
        hole = after;
        return again;
    }

    /** Whether watch after watch reports nothing, though etcd is at a later revision. */
    boolean silentAgain() {
        return ++silences >= SILENCES_MAX;
    }
}
