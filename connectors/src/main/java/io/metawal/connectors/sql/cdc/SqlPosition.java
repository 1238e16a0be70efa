package io.metawal.connectors.sql.cdc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.ByteString;
import io.metawal.connectors.sql.row.SqlEngine;
import io.metawal.metadata.fault.CorruptException;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the capture of a database goes on, as one line of JSON with sorted names, in every commit's source position:
 *
 * <pre>
 * {"base_after":"0/1A2B3C8","clock":27445192,"engine":"postgresql","facts":{"timeline":"1"},"identity":"7412…/5",
 *  "log":"0/1A2C7C8","offset":{"lsn":27445192}}
 * </pre>
 *
 * @param engine as {@link SqlEngine#word}
 * @param identity of the server and database that was captured
 * @param log the place in the source's log, as the source itself writes it: an LSN, a GTID set, file and offset
 * @param clock the same as a number that grows; the interpretation makes the epoch of it
 * @param offset what Debezium goes on from; numbers and texts
 * @param facts what else the dialect must know again, such as a timeline
 * @param baseAfter of a base that is not complete: where the log was complete before it, empty for nowhere; else null
 */
public record SqlPosition(
        String engine,
        String identity,
        String log,
        long clock,
        SortedMap<String, Object> offset,
        SortedMap<String, String> facts,
        @Nullable String baseAfter) {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build();

    public SqlPosition {
        offset = Collections.unmodifiableSortedMap(new TreeMap<>(offset));
        facts = Collections.unmodifiableSortedMap(new TreeMap<>(facts));
    }

    /** A place that a capture can go on from. */
    public static SqlPosition at(
            SqlEngine engine,
            String identity,
            String log,
            long clock,
            Map<String, ?> offset,
            Map<String, String> facts) {
        return new SqlPosition(engine.word(), identity, log, clock, new TreeMap<>(offset), new TreeMap<>(facts), null);
    }

    /** The position of a base's pieces before its last one. */
    SqlPosition inBase(String after) {
        return new SqlPosition(engine, identity, log, clock, offset, facts, after);
    }

    /** With one more fact, or another. */
    public SqlPosition with(String fact, String value) {
        SortedMap<String, String> all = new TreeMap<>(facts);
        all.put(fact, value);
        return new SqlPosition(engine, identity, log, clock, offset, all, baseAfter);
    }

    public boolean unfinished() {
        return baseAfter != null;
    }

    /** Where the log is complete up to; empty for nowhere. */
    String complete() {
        return baseAfter == null ? log : baseAfter;
    }

    public ByteString bytes() {
        try {
            return ByteString.copyFromUtf8(JSON.writeValueAsString(json()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private SortedMap<String, Object> json() {
        SortedMap<String, Object> object = new TreeMap<>();
        object.put("engine", engine);
        object.put("identity", identity);
        object.put("log", log);
        object.put("clock", clock);
        object.put("offset", offset);
        object.put("facts", facts);
        if (baseAfter != null) {
            object.put("base_after", baseAfter);
        }
        return object;
    }

    /** @throws CorruptException where the log was filled by another kind of source */
    public static SqlPosition parse(ByteString bytes) {
        try {
            Form form = JSON.readValue(bytes.newInput().readAllBytes(), Form.class);
            if (form.engine() == null || form.identity() == null || form.log() == null || form.offset() == null) {
                throw corrupt(bytes, null);
            }
            SortedMap<String, Object> offset = new TreeMap<>();
            // A small number comes back as an Integer, where Debezium expects what it gave: a Long.
            form.offset()
                    .forEach((name, value) ->
                            offset.put(name, value instanceof Integer n ? (Object) n.longValue() : value));
            SortedMap<String, String> facts = form.facts() == null ? new TreeMap<>() : new TreeMap<>(form.facts());
            return new SqlPosition(
                    form.engine(), form.identity(), form.log(), form.clock(), offset, facts, form.base_after());
        } catch (java.io.IOException e) {
            throw corrupt(bytes, e);
        }
    }

    private record Form(
            @Nullable String engine,
            @Nullable String identity,
            @Nullable String log,
            long clock,
            @Nullable Map<String, Object> offset,
            @Nullable Map<String, String> facts,
            @Nullable String base_after) {}

    private static CorruptException corrupt(ByteString bytes, @Nullable Throwable cause) {
        String text = bytes.toStringUtf8();
        return new CorruptException(
                "the log's source position \"" + text.substring(0, Math.min(80, text.length()))
                        + "\" is not one of a database: expected one JSON object with engine, identity, log and offset."
                        + " Was this log filled by another kind of source?",
                cause);
    }

    @Override
    public String toString() {
        return engine + " " + identity + " at " + log;
    }
}
