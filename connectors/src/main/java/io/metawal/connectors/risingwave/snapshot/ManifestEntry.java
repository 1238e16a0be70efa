package io.metawal.connectors.risingwave.snapshot;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.RwVersion;
import io.metawal.connectors.risingwave.snapshot.SnapshotFaultException.Kind;
import io.metawal.metadata.fault.UsageException;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot's entry in the manifest, of which only little is looked at: it may name a million objects.
 *
 * @param raw the JSON object as it stands there
 * @param id unsigned
 * @param formatVersion 0 where the entry does not say, as to v1.3
 * @param rwVersion empty where the entry does not say, as to v1.9
 */
public record ManifestEntry(ByteString raw, long id, long hummockVersionId, int formatVersion, String rwVersion) {
    private static final JsonFactory JSON = new JsonFactory();

    static ManifestEntry parse(ByteString raw, String manifest) {
        Long id = null;
        long version = 0;
        int format = 0;
        String rwVersion = "";
        try (JsonParser in = JSON.createParser(raw.newInput())) {
            in.nextToken();
            for (String member = in.nextFieldName(); member != null; member = in.nextFieldName()) {
                JsonToken value = in.nextToken();
                switch (member) {
                    case "id" -> id = Long.parseUnsignedLong(in.getText());
                    case "hummock_version_id" -> version = Long.parseUnsignedLong(in.getText());
                    case "format_version" -> format = in.getIntValue();
                    case "rw_version" -> rwVersion = value == JsonToken.VALUE_STRING ? in.getText() : "";
                    default -> in.skipChildren();
                }
            }
        } catch (IOException | NumberFormatException e) {
            throw new SnapshotFaultException(
                    Kind.CONTENT, manifest + ": an entry cannot be read: " + e.getMessage(), e);
        }
        if (id == null) {
            throw new SnapshotFaultException(Kind.CONTENT, manifest + ": an entry has no id: " + start(raw));
        }
        return new ManifestEntry(raw, id, version, format, rwVersion);
    }

    private static String start(ByteString raw) {
        return raw.substring(0, Math.min(raw.size(), 80)).toStringUtf8();
    }

    /** The release that wrote the snapshot; null where it is not said, or not as releases are named. */
    public @Nullable RwVersion version() {
        try {
            return rwVersion.isEmpty() ? null : RwVersion.parse(rwVersion);
        } catch (UsageException other) {
            return null;
        }
    }

    /** The object's name. */
    public String object() {
        return object(id);
    }

    public static String object(long id) {
        return Long.toUnsignedString(id) + ".snapshot";
    }

    /** Objects that the snapshot keeps alive, ascending. */
    public long[] objectIds() {
        long[] ids = new long[16];
        int count = 0;
        try (JsonParser in = JSON.createParser(raw.newInput())) {
            in.nextToken();
            for (String member = in.nextFieldName(); member != null; member = in.nextFieldName()) {
                in.nextToken();
                if (!member.equals("ssts")) {
                    in.skipChildren();
                    continue;
                }
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    ids = count == ids.length ? Arrays.copyOf(ids, 2 * count) : ids;
                    ids[count++] = Long.parseUnsignedLong(in.getText());
                }
            }
        } catch (IOException | NumberFormatException e) {
            throw new SnapshotFaultException(
                    Kind.CONTENT, "the manifest's entry of snapshot " + object() + ": ssts cannot be read", e);
        }
        long[] sorted = Arrays.copyOf(ids, count);
        Arrays.sort(sorted);
        return sorted;
    }
}
