package io.metawal.connectors.risingwave.hummock;

import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.Level;
import io.metawal.metadata.image.Entry;

/**
 * Puts a version together from its entries, given in any order; entries of other spaces are passed over. The maps of the version are in
 * ascending order of their ids. Used once: {@link #assemble} lets go of the entries as it comes to them, so that at no time an SST is
 * held twice.
 */
public final class VersionAssembler {
    private final VersionParts parts = new VersionParts();

    /** A fault where the entry's key or meta is not as {@link VersionEntries} writes them. */
    public void add(Entry entry) {
        parts.add(entry);
    }

    /** A fault where entries are missing or contradict each other. */
    public HummockVersion assemble() {
        HummockVersion.Builder version = parts.version().toBuilder();
        parts.groups().forEach((id, group) -> version.putLevels(id, levels(id, group)));
        version.putAllStateTableInfo(parts.tables());
        version.putAllTableWatermarks(parts.watermarks());
        parts.changeLogs().forEach((table, log) -> version.putTableChangeLogs(table, log.whole(table)));
        parts.vectors().forEach((table, index) -> version.putVectorIndexes(table, index.whole(table)));
        return version.build();
    }

    private static HummockVersion.Levels levels(long id, VersionParts.Group group) {
        HummockVersion.Levels.Builder levels = group.rest(id).toBuilder();
        group.runs(id).forEach((run, part) -> {
            Level level = part.whole(id, run);
            if (run.level() == 0) {
                levels.getL0Builder().addSubLevels(level);
            } else {
                levels.addLevels(level);
            }
        });
        return levels.build();
    }
}
