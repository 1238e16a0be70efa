package io.metawal.connectors.sql.cdc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.runtime.WorkerConfig;
import org.apache.kafka.connect.storage.MemoryOffsetBackingStore;

/**
 * Debezium's offsets, in memory and nowhere else: they begin as the position in our log says, and end with the engine. Made by the engine by
 * its name, so what it begins with comes in the settings.
 */
public final class PreloadedOffsets extends MemoryOffsetBackingStore {
    static final String KEY_SETTING = "metawal.offset.key";
    static final String VALUE_SETTING = "metawal.offset.value";

    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public void configure(WorkerConfig config) {
        super.configure(config);
        Map<String, Object> settings = config.originals();
        data.put(bytes(settings, KEY_SETTING), bytes(settings, VALUE_SETTING));
    }

    private static ByteBuffer bytes(Map<String, Object> settings, String name) {
        return ByteBuffer.wrap(String.valueOf(settings.get(name)).getBytes(StandardCharsets.UTF_8));
    }

    /** As the engine looks it up: its name, and the connector's one partition. */
    static String key(String engine, String topicPrefix) {
        return json(List.of(engine, Map.of("server", topicPrefix)));
    }

    static String value(Map<String, Object> offset) {
        return json(offset);
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Set<Map<String, Object>> connectorPartitions(String connectorName) {
        return Set.of();
    }
}
