package io.metawal.connectors.risingwave.backuptarget;

import io.metawal.connectors.risingwave.files.ObjectIds;
import io.metawal.connectors.risingwave.hummock.VersionAssembler;
import io.metawal.connectors.risingwave.hummock.VersionEntries;
import io.metawal.connectors.risingwave.pbjson.JsonWriting;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.metadata.image.Digest;
import io.metawal.storage.spool.SpoolFile;
import io.metawal.storage.spool.SpoolWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The Hummock version of a snapshot that is being made, put together and written to a file of its own.
 *
 * @param head the version without its levels, watermarks, change logs and vector indexes
 * @param digest of the entries that the version comes apart into
 * @param nameless fields that JSON cannot hold, with how often
 */
record VersionPart(
        SpoolFile file, HummockVersion head, ObjectIds objects, Digest digest, SortedMap<String, Long> nameless) {
    static VersionPart write(VersionAssembler parts, int formatVersion, Path file) throws IOException {
        HummockVersion version = parts.assemble();
        SortedMap<String, Long> nameless = new TreeMap<>();
        SpoolWriter out = SpoolFile.create(file);
        try (out) {
            if (formatVersion == 1) {
                version.writeTo(out);
            } else {
                nameless.putAll(JsonWriting.write(version, out));
            }
        }
        ObjectIds objects = new ObjectIds();
        objects.addAll(version);
        Digest[] digest = {Digest.EMPTY};
        VersionEntries.split(version, entry -> digest[0] = digest[0].plus(Digest.of(entry)));
        HummockVersion head = HummockVersion.newBuilder()
                .setId(version.getId())
                .setMaxCommittedEpoch(version.getMaxCommittedEpoch())
                .setSafeEpoch(version.getSafeEpoch())
                .putAllStateTableInfo(version.getStateTableInfoMap())
                .build();
        return new VersionPart(out.seal(), head, objects, digest[0], nameless);
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
