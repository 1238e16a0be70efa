package io.metawal.connectors.risingwave.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.snapshot.SnapshotLayout;
import io.metawal.connectors.risingwave.snapshot.VersionForm;
import io.metawal.metadata.commit.Meta;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.image.Entry;
import org.jspecify.annotations.Nullable;

/**
 * What meta store an image is of: the value of {@link RwSpaces#STORE}.
 *
 * @param formatVersion of the snapshots that it goes into: 1 for etcd, 2 for SQL
 * @param version of the RisingWave it was captured from; of the oldest with its layout where that was not said; null where nothing is
 *     known of it, as for etcd
 */
public record StoreModel(
        int formatVersion,
        @Nullable RwVersion version,
        @Nullable VersionForm form) {
    public StoreModel(int formatVersion, @Nullable RwVersion version) {
        this(formatVersion, version, null);
    }

    /** @param form of the version in it, which is said where releases of that layout have more than one */
    public static StoreModel of(SnapshotLayout layout, @Nullable RwVersion writtenBy, VersionForm form) {
        RwVersion version = writtenBy == null ? layout.from() : writtenBy;
        return new StoreModel(
                layout.formatVersion(),
                layout.formatVersion() == 1 ? null : version,
                layout.versionForms().size() == 1 ? null : form);
    }

    public Entry entry() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("model", formatVersion == 1 ? "etcd" : "sql");
        if (version != null) {
            json.put("version", version.toString());
        }
        if (form != null) {
            json.put("version_form", form.word());
        }
        return new Entry(RwSpaces.STORE, Meta.of(json), ByteString.EMPTY);
    }

    public static StoreModel parse(ByteString value) {
        JsonNode json = Meta.parse(value);
        String model = json == null ? "" : json.path("model").asText();
        String version = json == null ? "" : json.path("version").asText();
        if (!model.equals("etcd") && !model.equals("sql")) {
            throw new UsageException("the image is of a meta store that is not known: " + value.toStringUtf8()
                    + "; expected {\"model\":\"etcd\"} or {\"model\":\"sql\",…}");
        }
        String form = json == null ? "" : json.path("version_form").asText();
        return new StoreModel(
                model.equals("etcd") ? 1 : 2,
                version.isEmpty() ? null : RwVersion.parse(version),
                form.isEmpty() ? null : VersionForm.parse(form));
    }
}
