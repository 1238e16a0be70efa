package io.metawal.connectors.ndjson;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Meta;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.image.Entry;

/** An entry as one line of JSON: {@code {"space":…,"key":…,"value":…,"meta":{…}}}. */
public final class EntryJson {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private EntryJson() {}

    public static ObjectNode node(Entry entry) {
        ObjectNode node = key(entry);
        JsonBytes.put(node, "value", entry.value());
        putMeta(node, entry);
        return node;
    }

    /** Of the entry only where it lives. */
    public static ObjectNode key(Entry entry) {
        ObjectNode node = JSON.createObjectNode();
        node.put("space", entry.entryKey().space().name());
        JsonBytes.put(node, "key", entry.entryKey().key());
        return node;
    }

    /** Adds what the source knows beside the value, where there is anything. */
    public static void putMeta(ObjectNode node, Entry entry) {
        JsonNode meta = Meta.parse(entry.meta());
        if (meta != null) {
            node.set("meta", meta);
        }
    }

    public static String write(Entry entry) {
        try {
            return JSON.writeValueAsString(node(entry));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an entry cannot be written as JSON", e);
        }
    }

    /** The entry that its line is read as: meta in its canonical form, which that of some sources is not. */
    static Entry asRead(Entry entry) {
        return entry.meta().isEmpty()
                ? entry
                : new Entry(entry.entryKey(), entry.value(), Meta.of(Meta.parse(entry.meta())));
    }

    public static Entry read(String line) {
        try {
            JsonNode node = JSON.readTree(line);
            ByteString key = JsonBytes.find(node, "key");
            ByteString value = JsonBytes.find(node, "value");
            if (key == null || value == null || !node.path("space").isTextual()) {
                throw new UsageException("an entry needs \"space\", \"key\" and \"value\": " + line);
            }
            return new Entry(
                    new EntryKey(new Space(node.get("space").textValue()), key), value, Meta.of(node.get("meta")));
        } catch (JsonProcessingException e) {
            throw new UsageException("not JSON: " + e.getOriginalMessage(), e);
        }
    }
}
