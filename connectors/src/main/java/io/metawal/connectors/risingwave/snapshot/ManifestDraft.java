package io.metawal.connectors.risingwave.snapshot;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.connectors.risingwave.proto.StateTableInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a new entry of the manifest says; written with the members, and in the order, that a release writes:
 *
 * <pre>
 * to v1.3         id hummock_version_id ssts max_committed_epoch safe_epoch
 * to v1.5         the same, format_version
 * to v1.9         the same, remarks
 * to v2.0         the same, state_table_info (committedEpoch, safeEpoch, compactionGroupId: text) rw_version
 * from v2.1       id hummock_version_id ssts format_version remarks state_table_info (committed_epoch, compaction_group_id) rw_version
 * </pre>
 *
 * @param rwVersion null where it is not known: then as v2.0 writes it, which is read by all before
 * @param objectIds ascending
 * @param version of which only the head and the tables' state are looked at
 */
public record ManifestDraft(
        long id,
        int formatVersion,
        @Nullable RwVersion rwVersion,
        @Nullable String remarks,
        long[] objectIds,
        HummockVersion version) {
    private static final JsonFactory JSON = new JsonFactory();
    private static final RwVersion WIDEST = new RwVersion(2, 0, 0);

    public ManifestEntry entry() {
        ByteString.Output out = ByteString.newOutput();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ManifestEntry.parse(out.toByteString(), "the new manifest");
    }

    private void write(JsonGenerator json) throws IOException {
        RwVersion as = rwVersion == null ? WIDEST : rwVersion;
        json.writeStartObject();
        unsigned(json, "id", id);
        unsigned(json, "hummock_version_id", version.getId());
        json.writeArrayFieldStart("ssts");
        for (long objectId : objectIds) {
            json.writeNumber(unsigned(objectId));
        }
        json.writeEndArray();
        if (!as.atLeast(2, 1)) {
            unsigned(json, "max_committed_epoch", version.getMaxCommittedEpoch());
            unsigned(json, "safe_epoch", version.getSafeEpoch());
        }
        if (as.atLeast(1, 4)) {
            json.writeNumberField("format_version", formatVersion);
        }
        if (as.atLeast(1, 6)) {
            json.writeStringField("remarks", remarks);
        }
        if (as.atLeast(1, 10)) {
            tables(json, as.atLeast(2, 1));
            json.writeStringField("rw_version", rwVersion == null ? null : rwVersion.toString());
        }
        json.writeEndObject();
    }

    private void tables(JsonGenerator json, boolean numbers) throws IOException {
        json.writeObjectFieldStart("state_table_info");
        Map<Integer, StateTableInfo> sorted = new TreeMap<>(Integer::compareUnsigned);
        sorted.putAll(version.getStateTableInfoMap());
        for (Map.Entry<Integer, StateTableInfo> table : sorted.entrySet()) {
            StateTableInfo info = table.getValue();
            json.writeObjectFieldStart(Integer.toUnsignedString(table.getKey()));
            if (numbers) {
                unsigned(json, "committed_epoch", info.getCommittedEpoch());
                unsigned(json, "compaction_group_id", info.getCompactionGroupId());
            } else {
                text(json, "committedEpoch", info.getCommittedEpoch());
                text(json, "safeEpoch", info.getSafeEpoch());
                text(json, "compactionGroupId", info.getCompactionGroupId());
            }
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void text(JsonGenerator json, String name, long value) throws IOException {
        if (value != 0) {
            json.writeStringField(name, Long.toUnsignedString(value));
        }
    }

    private static void unsigned(JsonGenerator json, String name, long value) throws IOException {
        json.writeFieldName(name);
        json.writeNumber(unsigned(value));
    }

    private static BigInteger unsigned(long value) {
        return new BigInteger(Long.toUnsignedString(value));
    }
}
