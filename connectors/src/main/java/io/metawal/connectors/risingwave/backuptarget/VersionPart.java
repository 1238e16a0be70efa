package io.metawal.connectors.risingwave.backuptarget;

import com.google.protobuf.ByteString;
import io.metawal.connectors.file.Scratch;
import io.metawal.connectors.risingwave.files.ObjectIds;
import io.metawal.connectors.risingwave.hummock.VersionAssembler;
import io.metawal.connectors.risingwave.hummock.VersionEntries;
import io.metawal.connectors.risingwave.pbjson.JsonWriting;
import io.metawal.connectors.risingwave.pbjson.NamedFields;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.TableChangeLog;
import io.metawal.connectors.risingwave.snapshot.VersionForm;
import io.metawal.metadata.image.Digest;
import io.metawal.storage.spool.SpoolFile;
import io.metawal.storage.spool.SpoolWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The Hummock version of a snapshot that is being made, put together and written to files of its own.
 *
 * @param file the version, in a snapshot of version 2 in protobuf without change logs
 * @param changeLogs one item for each table that has one; null where the version itself holds them
 * @param head the version without its levels, watermarks, change logs and vector indexes
 * @param digest of the entries that the version comes apart into, without what has no name where it is written as JSON
 * @param nameless fields that JSON cannot hold, with how often
 */
record VersionPart(
        SpoolFile file,
        @Nullable RowSpool changeLogs,
        HummockVersion head,
        ObjectIds objects,
        Digest digest,
        SortedMap<String, Long> nameless) {
    static VersionPart write(VersionAssembler parts, int formatVersion, VersionForm form, Scratch scratch)
            throws IOException {
        HummockVersion version = parts.assemble();
        SortedMap<String, Long> nameless = new TreeMap<>();
        RowSpool changeLogs = null;
        SpoolWriter out = SpoolFile.create(scratch.file("version"));
        try (out) {
            if (form == VersionForm.JSON) {
                nameless.putAll(JsonWriting.write(version, out));
            } else if (formatVersion == 1) {
                version.writeTo(out);
            } else {
                version.toBuilder().clearTableChangeLogs().build().writeTo(out);
                changeLogs = changeLogs(version, scratch);
            }
        }
        ObjectIds objects = new ObjectIds();
        objects.addAll(version);
        HummockVersion head = HummockVersion.newBuilder()
                .setId(version.getId())
                .setMaxCommittedEpoch(version.getMaxCommittedEpoch())
                .setSafeEpoch(version.getSafeEpoch())
                .putAllStateTableInfo(version.getStateTableInfoMap())
                .build();
        HummockVersion held = nameless.isEmpty() ? version : (HummockVersion) NamedFields.of(version);
        return new VersionPart(out.seal(), changeLogs, head, objects, digest(held), nameless);
    }

    /** Each {@code u32} of the table, little-endian, and the message, by ascending table. */
    private static RowSpool changeLogs(HummockVersion version, Scratch scratch) throws IOException {
        RowSpool items = new RowSpool(scratch.file("changelogs"));
        Map<Integer, TableChangeLog> sorted = new TreeMap<>(Integer::compareUnsigned);
        sorted.putAll(version.getTableChangeLogsMap());
        for (Map.Entry<Integer, TableChangeLog> log : sorted.entrySet()) {
            ByteBuffer table = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            table.putInt(log.getKey()).flip();
            items.add(ByteString.copyFrom(table).concat(log.getValue().toByteString()));
        }
        return items;
    }

    private static Digest digest(HummockVersion version) {
        Digest[] digest = {Digest.EMPTY};
        VersionEntries.split(version, entry -> digest[0] = digest[0].plus(Digest.of(entry)));
        return digest[0];
    }

    /** A line for the operator on each kind of field that was left out. */
    java.util.List<String> notes() {
        return nameless.entrySet().stream().map(VersionPart::note).toList();
    }

    private static String note(Map.Entry<String, Long> field) {
        return "left out " + field.getKey() + " (" + field.getValue()
                + " times): a snapshot holds the Hummock version as JSON, and the field's name is not known here";
    }
}
