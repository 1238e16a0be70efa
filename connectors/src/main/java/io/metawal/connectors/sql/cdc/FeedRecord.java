package io.metawal.connectors.sql.cdc;

import io.debezium.data.Envelope;
import io.debezium.engine.ChangeEvent;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/** A record of Debezium's, by what it tells. */
public final class FeedRecord {
    private static final String OLD_KEY = "__debezium.oldkey";
    // Offset, source, transaction and key, all of which every record has anew.
    private static final long RECORD_BYTES = 2_048;
    private static final long VALUE_BYTES = 8;

    private final ChangeEvent<SourceRecord, SourceRecord> event;
    private final SourceRecord record;
    private final @Nullable Struct value;
    private final Kind kind;

    /** What a record tells. */
    public enum Kind {
        BEGIN,
        END,
        ROW,
        TRUNCATE,
        /** PostgreSQL's logical message. */
        MESSAGE,
        /** Only how far the log was read. */
        HEARTBEAT,
        /** What no capture needs. */
        OTHER
    }

    FeedRecord(ChangeEvent<SourceRecord, SourceRecord> event) {
        this.event = event;
        this.record = event.value();
        this.value = record.value() instanceof Struct struct ? struct : null;
        this.kind = kind(record, value);
    }

    private static Kind kind(SourceRecord record, @Nullable Struct value) {
        Schema schema = record.valueSchema();
        if (value == null || schema == null) {
            return Kind.OTHER;
        }
        if (schema.field("status") != null && schema.field("event_count") != null) {
            return "BEGIN".equals(value.getString("status")) ? Kind.BEGIN : Kind.END;
        }
        if (Envelope.isEnvelopeSchema(schema)) {
            return "t".equals(value.getString(Envelope.FieldName.OPERATION)) ? Kind.TRUNCATE : Kind.ROW;
        }
        if (schema.field("message") != null) {
            return Kind.MESSAGE;
        }
        String name = schema.name();
        return name != null && name.endsWith("Heartbeat") ? Kind.HEARTBEAT : Kind.OTHER;
    }

    public Kind kind() {
        return kind;
    }

    /** Where Debezium would go on behind this record. */
    public Map<String, Object> offset() {
        return new HashMap<>(record.sourceOffset());
    }

    ChangeEvent<SourceRecord, SourceRecord> event() {
        return event;
    }

    private Struct value() {
        Struct struct = value;
        if (struct == null) {
            throw new IllegalStateException("a record without a value: " + record);
        }
        return struct;
    }

    /** The transaction that it belongs to, as Debezium names it; null for none. */
    @Nullable
    String transaction() {
        if (kind == Kind.BEGIN || kind == Kind.END) {
            return value().getString("id");
        }
        if (kind != Kind.ROW && kind != Kind.TRUNCATE) {
            return null;
        }
        Struct block = value().getStruct(Envelope.FieldName.TRANSACTION);
        return block == null ? null : block.getString("id");
    }

    /** Of an {@code END}: how many rows and truncations the transaction had. */
    long eventCount() {
        Long count = value().getInt64("event_count");
        return count == null ? 0 : count;
    }

    /** Of a {@code BEGIN} or {@code END}: the time of the commit, in ms since 1970. */
    long millis() {
        Long millis = value().getInt64("ts_ms");
        return millis == null ? 0 : millis;
    }

    /** Of a row: the schema or database that its table is in. */
    String schema() {
        Struct source = value().getStruct(Envelope.FieldName.SOURCE);
        Field schema = source.schema().field("schema");
        return schema == null ? source.getString("db") : source.getString("schema");
    }

    String table() {
        return value().getStruct(Envelope.FieldName.SOURCE).getString("table");
    }

    /** Stays the very same object as long as the table is told in the same form. */
    Schema form() {
        return record.valueSchema();
    }

    /** The whole row after the change; null where it is deleted. */
    @Nullable
    Struct after() {
        return value().getStruct(Envelope.FieldName.AFTER);
    }

    /** The row before, where the source tells it. */
    @Nullable
    Struct before() {
        return value().getStruct(Envelope.FieldName.BEFORE);
    }

    boolean inserts() {
        String operation = value().getString(Envelope.FieldName.OPERATION);
        return "c".equals(operation) || "r".equals(operation);
    }

    /** The primary key; null where Debezium knows none. */
    @Nullable
    Struct key() {
        return record.key() instanceof Struct struct ? struct : null;
    }

    /** The primary key that the row had before this change of it; null where it did not change. */
    @Nullable
    Struct oldKey() {
        Header header = record.headers().lastWithName(OLD_KEY);
        return header != null && header.value() instanceof Struct struct ? struct : null;
    }

    /** Of a message: its prefix. */
    public String messagePrefix() {
        return value().getStruct("message").getString("prefix");
    }

    /** Of a message: its bytes. */
    public byte[] message() {
        Object content = value().getStruct("message").get("content");
        if (content instanceof byte[] bytes) {
            return bytes;
        }
        ByteBuffer buffer = ((ByteBuffer) content).duplicate();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    /** About what it weighs in the heap. */
    long bytes() {
        return switch (kind) {
            case ROW -> RECORD_BYTES + rowBytes() + bytes(before());
            case MESSAGE -> RECORD_BYTES + message().length;
            case BEGIN, END, TRUNCATE, HEARTBEAT, OTHER -> RECORD_BYTES;
        };
    }

    /** Of a row or truncation: about what is told of the row after it. */
    long rowBytes() {
        return kind == Kind.ROW ? bytes(after()) : 0;
    }

    private static long bytes(@Nullable Struct row) {
        long bytes = 0;
        for (Field field : row == null ? List.<Field>of() : row.schema().fields()) {
            Object value = row == null ? null : row.get(field);
            bytes += VALUE_BYTES;
            if (value instanceof String text) {
                bytes += text.length();
            } else if (value instanceof byte[] raw) {
                bytes += raw.length;
            } else if (value instanceof ByteBuffer raw) {
                bytes += raw.remaining();
            }
        }
        return bytes;
    }

    @Override
    public String toString() {
        return kind + " of " + record.topic() + " at " + record.sourceOffset();
    }
}
