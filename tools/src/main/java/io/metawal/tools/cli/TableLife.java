package io.metawal.tools.cli;

import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.image.Entry;
import io.metawal.storage.format.StampedCommit;

/**
 * The last commit at which a table of Hummock's was there and had committed no later epoch than the one asked for: by the table's own epochs,
 * which may be made up, and lag behind or run before those of others. It ends where the table passes the epoch, or is dropped.
 */
final class TableLife {
    private final EntryKey key;
    private final long epoch;
    private boolean there;
    private boolean known;
    private long last;

    TableLife(EntryKey key, long epoch) {
        this.key = key;
        this.epoch = epoch;
    }

    /** Commits come in order; says whether later ones matter. */
    boolean take(StampedCommit stamped) {
        for (Change change : stamped.record().commit().changes()) {
            if (!change.entryKey().equals(key)) {
                continue;
            }
            known = true;
            boolean passed = change.op() == Op.DELETE
                    || Long.compareUnsigned(TableOption.committedEpoch(Entry.of(change)), epoch) > 0;
            if (passed && (there || change.op() == Op.PUT)) {
                return false;
            }
            there = !passed;
        }
        if (there && stamped.record().kind().restorable()) {
            last = stamped.record().seq();
        }
        return true;
    }

    /** Its seq; 0 for none. */
    long last() {
        return last;
    }

    /** Why there is none. */
    String why() {
        return known ? "its first epoch is a later one" : "Hummock never knew a table of this id";
    }
}
