package io.metawal.connectors.etcd;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.metawal.metadata.port.RestorePoint;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What stands under the key {@code <prefix>\0metawal-restore} while a restore is under way, as JSON: of what, and up to which key
 * everything is written.
 *
 * @param content tells what is written from what another repetition would write; empty where the point alone says it
 * @param lowWater the last key known to be written with all before it; null for none
 */
record RestoreMarker(
        String cluster,
        int timeline,
        long seq,
        String digest,
        LeasedKeys leasedKeys,
        String content,
        @Nullable ByteString lowWater) {
    private static final ByteString SUFFIX = ByteString.copyFromUtf8("\0metawal-restore");
    private static final ObjectMapper JSON = new ObjectMapper();

    static ByteString keyUnder(ByteString prefix) {
        return prefix.concat(SUFFIX);
    }

    static RestoreMarker of(RestorePoint point, LeasedKeys leasedKeys, String content) {
        return new RestoreMarker(
                point.cluster(),
                point.provenance().timeline(),
                point.provenance().seq(),
                point.provenance().digest().toString(),
                leasedKeys,
                content,
                null);
    }

    RestoreMarker upTo(ByteString key) {
        return new RestoreMarker(cluster, timeline, seq, digest, leasedKeys, content, key);
    }

    /** Whether both are restores of the same commit, done in the same way. */
    boolean sameAs(RestoreMarker other) {
        RestoreMarker bare = new RestoreMarker(cluster, timeline, seq, digest, leasedKeys, content, other.lowWater);
        return bare.equals(other);
    }

    /** Whether both are restores of the same commit, though perhaps with other options. */
    boolean ofSamePoint(RestoreMarker other) {
        return new RestoreMarker(cluster, timeline, seq, digest, other.leasedKeys, other.content, other.lowWater)
                .equals(other);
    }

    String describe() {
        return "seq " + seq + " of timeline " + timeline + " of cluster " + cluster + " (" + leasedKeys + ")";
    }

    ByteString bytes() {
        ObjectNode json = JSON.createObjectNode()
                .put("format", 1)
                .put("cluster", cluster)
                .put("timeline", timeline)
                .put("seq", seq)
                .put("digest", digest)
                .put("leasedKeys", leasedKeys.name());
        if (!content.isEmpty()) {
            json.put("content", content);
        }
        if (lowWater != null) {
            json.put("lowWater64", Base64.getEncoder().encodeToString(lowWater.toByteArray()));
        }
        return ByteString.copyFromUtf8(json.toString());
    }

    /** What a value stands for; null where it is no marker that this version knows. */
    static @Nullable RestoreMarker parse(ByteString value) {
        try {
            JsonNode json = JSON.readTree(value.toStringUtf8());
            if (json == null || json.path("format").asInt() != 1) {
                return null;
            }
            JsonNode lowWater = json.get("lowWater64");
            return new RestoreMarker(
                    json.path("cluster").asText(),
                    json.path("timeline").asInt(),
                    json.path("seq").asLong(),
                    json.path("digest").asText(),
                    LeasedKeys.valueOf(json.path("leasedKeys").asText()),
                    json.path("content").asText(),
                    lowWater == null
                            ? null
                            : ByteString.copyFrom(Base64.getDecoder().decode(lowWater.asText())));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            return null;
        }
    }
}
