package io.metawal.connectors.risingwave.files;

import io.metawal.connectors.risingwave.proto.HummockVersion;

/** Where a cluster keeps the version that its newer deltas go on from. */
public interface HummockVersions {
    /** Whether these parameters, or what was told, say where it is. */
    boolean canFind(HummockParameters parameters);

    /**
     * The version of the newest checkpoint. {@code UnreachableException} where it cannot be read just now.
     *
     * @param parameters say where it is, unless one was told otherwise
     */
    HummockVersion checkpoint(HummockParameters parameters);
}
