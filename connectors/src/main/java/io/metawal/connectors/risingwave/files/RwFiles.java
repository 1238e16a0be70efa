package io.metawal.connectors.risingwave.files;

import io.metawal.connectors.risingwave.proto.HummockVersion;
import java.util.List;
import java.util.OptionalLong;

/** The object store of a restored cluster: what is asked of it before anything is restored, and the last thing that is written. */
public interface RwFiles {
    /** Where the generator of objects' ids continues in a restored cluster. */
    enum Ids {
        /** After every file that is there, and every value that is known. */
        AFTER_FILES,
        /** At the value that is restored. */
        AS_KNOWN
    }

    /**
     * A warning of what happens to other points once a restored cluster runs on the files that the captured one has.
     *
     * <p>Source: {@code src/meta/src/hummock/manager/gc.rs} of RisingWave. Its minor GC (from v2.1 on) deletes what no version, backup or
     * time-travel row of its own meta store names, without an age limit; its full GC does so for files older than
     * {@code min_sst_retention_time_sec}.
     */
    String SHARED_FILES =
            "WARNING: the restored cluster runs on the same files as the captured one. Its garbage collection knows its own metadata"
                    + " alone, and deletes the files that only other points need: all of them within"
                    + " min_sst_retention_time_sec (6 h) plus full_gc_interval_sec (1 h) after its start, some within a minute."
                    + " The metadata of those points stays restorable, their data does not, as long as nothing pins their"
                    + " files. Before it starts, turn on versioning in the bucket, with a rule that keeps noncurrent versions"
                    + " as long as the window, or restore to a copy (--state-store, --data-directory). A larger"
                    + " min_sst_retention_time_sec delays the full GC only; a larger time_travel_retention_ms keeps files of"
                    + " tables and views only";

    /** Throws BUSY where the cluster that was captured is seen alive, and both have the same files. */
    default void requireStopped(HummockParameters captured, HummockParameters restored) {}

    /**
     * Before the first row is written. Throws DATA_FILE_MISSING, naming them, where files that the version refers to are not there; USAGE where
     * the place cannot be opened, or was told in two ways that differ.
     */
    void check(HummockVersion version, HummockParameters parameters);

    /** As above, with objects that rows refer to beside the version: change logs, from v3.0 on. */
    default void check(HummockVersion version, ObjectIds besides, HummockParameters parameters) {
        check(version, parameters);
    }

    /** The greatest id of any object in the data directory; empty where there is none, or none is looked for. After {@link #check}. */
    default OptionalLong greatestObject(HummockParameters parameters) {
        return OptionalLong.empty();
    }

    /** URL of the data directory, for messages. */
    default String place(HummockParameters parameters) {
        return parameters.dataDirectory();
    }

    /** Writes the version as the checkpoint that the meta node starts from, and reads it back. */
    void checkpoint(HummockVersion version, HummockParameters parameters);

    /** What the operator should know, once the checkpoint is written. */
    default List<String> notes() {
        return List.of();
    }
}
