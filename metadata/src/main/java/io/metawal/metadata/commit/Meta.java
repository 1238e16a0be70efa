package io.metawal.metadata.commit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.ByteString;
import io.metawal.metadata.fault.UsageException;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a source knows beside a value, kept as canonical JSON: one line, keys sorted, so that equal means equal bytes. */
public final class Meta {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private Meta() {}

    /** The canonical bytes of a JSON object; empty for null or an empty object. */
    public static ByteString of(@Nullable JsonNode object) {
        if (object == null || object.isNull() || object.isEmpty() && object.isObject()) {
            return ByteString.EMPTY;
        }
        if (!object.isObject()) {
            throw new UsageException("meta must be a JSON object, found " + object.getNodeType());
        }
        try {
            return ByteString.copyFromUtf8(JSON.writeValueAsString(JSON.convertValue(object, TreeMap.class)));
        } catch (JsonProcessingException e) {
            throw new UsageException("meta cannot be written as JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** The object that the bytes stand for; null where there is none. */
    public static @Nullable JsonNode parse(ByteString meta) {
        if (meta.isEmpty()) {
            return null;
        }
        try {
            return JSON.readTree(meta.toStringUtf8());
        } catch (JsonProcessingException e) {
            throw new UsageException("meta is not JSON: " + e.getOriginalMessage(), e);
        }
    }
}
