package io.metawal.connectors.risingwave.files;

import io.metawal.connectors.risingwave.proto.HummockVersion;

/** The object store of a restored cluster: what is asked of it before anything is restored, and the last thing that is written. */
public interface RwFiles {
    /** Throws DATA_FILE_MISSING, naming them, where files that the version refers to are not there. */
    void check(HummockVersion version, HummockParameters parameters);

    /** Writes the version as the checkpoint that the meta node starts from, and reads it back. */
    void checkpoint(HummockVersion version, HummockParameters parameters);
}
