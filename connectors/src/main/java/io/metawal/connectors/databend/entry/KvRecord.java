package io.metawal.connectors.databend.entry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Meta;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.image.Entry;
import org.jspecify.annotations.Nullable;

/**
 * A record of the state machine. In the log its bytes are the value, and the meta is the export's own with the seq in it:
 * {@code {"expire_at":1667291025,"seq":157}}; {@code {"seq":5}} for {@code {}}; {@code {"meta":null,"seq":5}} for {@code null}.
 *
 * @param line the whole line, where it is not the usual one: {@code {"expire_ms":…,"line":"…","seq":5}}; else null
 */
public record KvRecord(
        long seq,
        RecordMeta meta,
        ByteString data,
        @Nullable String line) {
    private static final String SEQ = "\"seq\":";

    public KvRecord(long seq, RecordMeta meta, ByteString data) {
        this(seq, meta, data, null);
    }

    public Entry entry(ByteString key) {
        return new Entry(DatabendSpaces.of(key, meta.expires()), data, entryMeta());
    }

    private ByteString entryMeta() {
        if (line != null) {
            ObjectNode node =
                    JsonNodeFactory.instance.objectNode().put("line", line).put("seq", seq);
            return Meta.of(meta.expires() ? node.put("expire_ms", meta.expireMs()) : node);
        }
        String text = meta.text();
        String before = text.equals("null")
                ? "{\"meta\":null,"
                : text.equals("{}") ? "{" : text.substring(0, text.length() - 1) + ",";
        return ByteString.copyFromUtf8(before + SEQ + seq + "}");
    }

    /** The record that an entry holds; {@code CorruptException} where its meta is not one's of a record. */
    public static KvRecord of(Entry entry) {
        String text = entry.meta().toStringUtf8();
        try {
            int at = text.lastIndexOf(SEQ);
            if (at > 0 && !text.startsWith("{\"line\":") && !text.startsWith("{\"expire_ms\":")) {
                long seq = Long.parseLong(text.substring(at + SEQ.length(), text.length() - 1));
                String before = text.substring(0, at);
                String meta = before.equals("{\"meta\":null,")
                        ? "null"
                        : before.equals("{") ? "{}" : before.substring(0, at - 1) + "}";
                return new KvRecord(seq, RecordMeta.parse(meta).orElseThrow(), entry.value(), null);
            }
            JsonNode node = Meta.parse(entry.meta());
            if (node != null
                    && node.path("seq").isIntegralNumber()
                    && node.path("line").isTextual()) {
                boolean expires = node.has("expire_ms");
                RecordMeta meta = new RecordMeta(
                        "", expires, expires ? node.get("expire_ms").longValue() : -1);
                return new KvRecord(
                        node.get("seq").longValue(),
                        meta,
                        entry.value(),
                        node.get("line").textValue());
            }
        } catch (RuntimeException e) {
            throw corrupt(entry, text, e);
        }
        throw corrupt(entry, text, null);
    }

    private static CorruptException corrupt(Entry entry, String meta, @Nullable Exception cause) {
        return new CorruptException(
                "the entry " + entry.entryKey().space() + " "
                        + entry.entryKey().key().toStringUtf8() + " has the meta \"" + meta
                        + "\": expected that of a Databend record, such as {\"seq\":5}",
                cause);
    }

    /** Whether it is the same record, however its meta is written. */
    public boolean means(KvRecord other) {
        return seq == other.seq && data.equals(other.data) && meta.expireMs() == other.meta.expireMs();
    }
}
