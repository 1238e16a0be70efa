package io.metawal.tools.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.commit.Timestamps;
import org.jspecify.annotations.Nullable;

/** The JSON that scripts may rely on. */
public final class Json {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    public static final int SCHEMA_VERSION = 1;

    private Json() {}

    /** An object to be filled. */
    public static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /** The object that a command prints: it starts with the version of its shape. */
    public static ObjectNode document() {
        return JSON.createObjectNode().put("schemaVersion", SCHEMA_VERSION);
    }

    public static String line(ObjectNode node) {
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Seq, epoch and time; null stays null. */
    public static @Nullable ObjectNode position(@Nullable Position at) {
        return at == null ? null : clocks(at.seq(), at.epoch(), at.timeMicros());
    }

    public static @Nullable ObjectNode position(@Nullable CommitHeader at) {
        return at == null ? null : clocks(at.seq(), at.epoch(), at.timeMicros());
    }

    public static ObjectNode clocks(long seq, long epoch, long timeMicros) {
        return JSON.createObjectNode().put("seq", seq).put("epoch", epoch).put("time", Timestamps.print(timeMicros));
    }
}
