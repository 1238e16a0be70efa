package io.metawal.connectors.risingwave.files;

import io.metawal.connectors.risingwave.proto.HummockVersion;
import java.util.List;

/** The object store of a restored cluster: what is asked of it before anything is restored, and the last thing that is written. */
public interface RwFiles {
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
