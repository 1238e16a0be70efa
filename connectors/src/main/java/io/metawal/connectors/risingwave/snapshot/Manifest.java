package io.metawal.connectors.risingwave.snapshot;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.snapshot.SnapshotFaultException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code manifest.json}: {@code {"manifest_id":N,"snapshot_metadata":[…]}}, compact. What is not known is kept: entries as the bytes they
 * are, members beside those two behind them.
 *
 * @param manifestId unsigned; one more at each change, by which a meta node tells the newer of two
 * @param more members that are not known, as they stand, each with its name
 */
public record Manifest(long manifestId, List<ManifestEntry> snapshots, List<ByteString> more) {
    public static final String NAME = "manifest.json";
    public static final Manifest EMPTY = new Manifest(0, List.of(), List.of());

    private static final JsonFactory JSON = new JsonFactory();

    public Manifest {
        snapshots = List.copyOf(snapshots);
        more = List.copyOf(more);
    }

    /** @param name for messages */
    public static Manifest parse(byte[] bytes, String name) {
        try (JsonParser in = JSON.createParser(bytes)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw broken(name, "it is no JSON object", null);
            }
            Long id = null;
            List<ManifestEntry> snapshots = null;
            List<ByteString> more = new ArrayList<>();
            for (String member = in.nextFieldName(); member != null; member = in.nextFieldName()) {
                int start = (int) in.currentTokenLocation().getByteOffset();
                in.nextToken();
                if (member.equals("manifest_id")) {
                    id = Long.parseUnsignedLong(in.getText());
                } else if (member.equals("snapshot_metadata") && in.currentToken() == JsonToken.START_ARRAY) {
                    snapshots = entries(in, bytes, name);
                } else {
                    in.skipChildren();
                    in.finishToken();
                    more.add(slice(bytes, start, (int) in.currentLocation().getByteOffset()));
                }
            }
            if (id == null || snapshots == null || in.nextToken() != null) {
                throw broken(name, "it must have manifest_id and snapshot_metadata, and nothing after them", null);
            }
            return new Manifest(id, snapshots, more);
        } catch (IOException | NumberFormatException e) {
            throw broken(name, String.valueOf(e.getMessage()), e);
        }
    }

    private static List<ManifestEntry> entries(JsonParser in, byte[] bytes, String name) throws IOException {
        List<ManifestEntry> entries = new ArrayList<>();
        while (in.nextToken() == JsonToken.START_OBJECT) {
            int start = (int) in.currentTokenLocation().getByteOffset();
            in.skipChildren();
            ByteString raw = slice(bytes, start, (int) in.currentLocation().getByteOffset());
            entries.add(ManifestEntry.parse(raw, name));
        }
        if (in.currentToken() != JsonToken.END_ARRAY) {
            throw broken(name, "a snapshot's entry is no JSON object", null);
        }
        return entries;
    }

    private static ByteString slice(byte[] bytes, int from, int to) {
        return ByteString.copyFrom(bytes, from, to - from);
    }

    private static SnapshotFaultException broken(
            String name, String why, @org.jspecify.annotations.Nullable Exception e) {
        return new SnapshotFaultException(Kind.CONTENT, name + " is not a manifest of RisingWave's: " + why, e);
    }

    /** This one with an entry more, as the next change of it. */
    public Manifest with(ManifestEntry entry) {
        List<ManifestEntry> all = new ArrayList<>(snapshots);
        all.add(entry);
        return new Manifest(manifestId + 1, all, more);
    }

    public byte[] encode() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        text(out, "{\"manifest_id\":" + Long.toUnsignedString(manifestId) + ",\"snapshot_metadata\":[");
        String comma = "";
        for (ManifestEntry entry : snapshots) {
            text(out, comma);
            out.writeBytes(entry.raw().toByteArray());
            comma = ",";
        }
        text(out, "]");
        for (ByteString member : more) {
            text(out, ",");
            out.writeBytes(member.toByteArray());
        }
        text(out, "}");
        return out.toByteArray();
    }

    private static void text(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
