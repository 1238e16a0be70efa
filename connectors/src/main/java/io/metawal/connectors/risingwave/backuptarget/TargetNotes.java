package io.metawal.connectors.risingwave.backuptarget;

import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.files.RwFiles;
import io.metawal.connectors.risingwave.outside.ObjectIdFloor;
import io.metawal.connectors.risingwave.snapshot.SnapshotLayout;
import io.metawal.connectors.risingwave.snapshot.VersionForm;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.port.RestoreReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
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

    /** The generator of objects' ids, so that it gives out none that a file is named by. */
    Entry afterFiles(Entry generator, OptionalLong greatest) {
        long next = ObjectIdFloor.next(greatest);
        long known = Counters.next(generator);
        if (greatest.isEmpty()) {
            notes.add("object ids continue at " + Long.toUnsignedString(known)
                    + ", after the newest known commit; files that were written after it may have the same names. Give --hummock"
                    + " URL to continue after the greatest id in the data directory");
        } else if (known < next) {
            notes.add(ObjectIdFloor.note(greatest.getAsLong(), known, next));
            return Counters.set(generator, next);
        }
        return generator;
    }

    /** Of a release whose builds read one form of the version alone. */
    void form(VersionForm form, RwVersion release) {
        notes.add("the Hummock version is in it as " + form.word() + ": builds of RisingWave " + release.major() + "."
                + release.minor()
                + (form == VersionForm.JSON
                        ? " up to the tag v2.8.5 read that, builds from July 2026 on do not"
                        : " from July 2026 on read that, the tags up to v2.8.5 do not")
                + "; --version-form chooses the other");
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
        notes.add(RwFiles.SHARED_FILES);
        long nameless =
                version.nameless().values().stream().mapToLong(Long::longValue).sum();
        long ephemeral =
                parts.ephemeral().values().stream().mapToLong(Long::longValue).sum();
        return new RestoreReport(entries, skipped + nameless, ephemeral, notes);
    }
}
