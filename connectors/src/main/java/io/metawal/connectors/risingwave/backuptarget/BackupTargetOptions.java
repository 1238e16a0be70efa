package io.metawal.connectors.risingwave.backuptarget;

import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.snapshot.VersionForm;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How an image is to become a snapshot of RisingWave's.
 *
 * @param version of the RisingWave that is to read it; null for that it was captured from, or, of an etcd meta store, for a form that
 *     v1.0 to v2.0 read
 * @param form of the Hummock version, for a release whose builds differ in it; null for that of the newest snapshot in the directory,
 *     else of the image
 * @param scratch where temporary files may be written: twice the snapshot
 */
public record BackupTargetOptions(
        @Nullable RwVersion version, @Nullable VersionForm form, MetaNodeAlive ifAlive, Path scratch) {
    public BackupTargetOptions(@Nullable RwVersion version, MetaNodeAlive ifAlive, Path scratch) {
        this(version, null, ifAlive, scratch);
    }

    /** What to do where a meta node is seen alive. */
    public enum MetaNodeAlive {
        REFUSE,
        /** Its next backup, or deletion of one, takes the new entry out of the manifest again. */
        GO_ON
    }
}
