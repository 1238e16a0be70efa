package io.metawal.connectors.risingwave.backuptarget;

import io.metawal.connectors.risingwave.snapshot.SnapshotLayout;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.port.RestoreReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the operator is told of a snapshot that was made: what is not in it, and what is to be done after the stock tool's restore. */
final class TargetNotes {
    private final List<String> notes = new ArrayList<>();
    private final SnapshotParts parts;
    private long skipped;

    TargetNotes(SnapshotLayout layout, SnapshotParts parts) {
        this.parts = parts;
        for (Map.Entry<Space, Long> each : parts.placeless().entrySet()) {
            skipped += each.getValue();
            notes.add("left out " + each.getValue() + " entries of " + each.getKey()
                    + ": a snapshot of RisingWave's in the " + layout + " has no place for them");
        }
        parts.ephemeral()
                .forEach((space, count) -> notes.add(count + " entries of " + space
                        + " are no part of a snapshot: they are true only while somebody renews them"));
        parts.neverTaken()
                .forEach(
                        (space, count) -> notes.add(
                                count + " entries of " + space
                                        + " are not in it, as RisingWave's own snapshots of an etcd meta store never hold them: set them anew"));
        if (!parts.tail().isEmpty()) {
            notes.add("put back " + parts.tail().size() + " bytes of sections that are not known here");
        }
    }

    /** The generator of snapshots' ids, so that it gives none up to {@code id} again. */
    Entry raised(int formatVersion, @Nullable Entry generator, long id) {
        if (generator != null && Long.compareUnsigned(Counters.next(generator), id) > 0) {
            return generator;
        }
        notes.add("the generator of snapshots' ids was set to " + Long.toUnsignedString(id + 1)
                + ", so that the restored cluster does not write its next backup over this one");
        return Counters.set(formatVersion, generator, id + 1);
    }

    RestoreReport report(long entries, VersionPart version, String object) {
        notes.add(
                0,
                "made " + object + ": restore it with the stock tool, --meta-snapshot-id "
                        + object.substring(0, object.indexOf('.')));
        parts.autoIncrementsAhead()
                .forEach((table, id) -> notes.add("the stock tool restarts the ids of " + table
                        + " behind the largest of the snapshot; the largest known is " + id
                        + ": after its restore, before the first start, set the sequence behind it"));
        notes.addAll(version.notes());
        long nameless =
                version.nameless().values().stream().mapToLong(Long::longValue).sum();
        long ephemeral =
                parts.ephemeral().values().stream().mapToLong(Long::longValue).sum();
        return new RestoreReport(entries, skipped + nameless, ephemeral, notes);
    }
}
