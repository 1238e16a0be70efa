package io.metawal.connectors.databend.targets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.log.LogId;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.image.Entry;
import java.util.regex.Pattern;

/**
 * What older versions wrote, as {@code databend-metactl import} of today reads it: log ids and memberships of before 2023, and transactions
 * whose members were named otherwise or left out. What it reads as it is stays as it is, to the letter.
 */
final class TodaysForm {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    /** Of operations whose members differ by version; only a first look, keys and values may hold the same. */
    private static final Pattern DRIFTED = Pattern.compile("\"(Put|Delete|FetchAddU64|FetchIncreaseU64)\":\\{\"key\"");

    private TodaysForm() {}

    /** @param what names the text in the message of a {@code CorruptException} where it is not JSON */
    static JsonNode parse(String what, String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new CorruptException(what + " is not JSON: " + text.substring(0, Math.min(80, text.length())), e);
        }
    }

    private static String text(JsonNode node) {
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new CorruptException("JSON cannot be written again", e);
        }
    }

    /** {@code {"leader_id":{"term":1,"node_id":3},"index":2}}, or before 2023 {@code {"term":1,"index":2}}. */
    static LogId logId(JsonNode id) {
        JsonNode leader = id.has("leader_id") ? id.path("leader_id") : id;
        return new LogId(
                leader.path("term").asLong(),
                leader.path("node_id").bigIntegerValue().longValue(),
                id.path("index").asLong());
    }

    /** The id of a log entry, {@code {"log_id":…,"payload":…}}. */
    static LogId idOf(String entry) {
        // Entries are written with their place first; the rest may be long.
        int end = entry.indexOf(",\"payload\"");
        return logId(parse("a log entry's text", end < 0 ? entry : entry.substring(0, end) + "}")
                .path("log_id"));
    }

    /** A log entry, {@code {"log_id":…,"payload":…}}. */
    static String entry(String entry, LogId id) {
        boolean old = !entry.contains("\"leader_id\"");
        if (!old && !DRIFTED.matcher(entry).find()) {
            return entry;
        }
        JsonNode payload = parse("a log entry's text", entry).path("payload");
        boolean changed = old;
        if (payload.path("Membership") instanceof ObjectNode membership) {
            changed |= renewMembership(membership);
        }
        JsonNode transaction = payload.path("Normal").path("cmd").path("Transaction");
        for (JsonNode request : transaction.findValues("request")) {
            changed |= request instanceof ObjectNode operation && renewOperation(operation);
        }
        return changed ? "{\"log_id\":" + id.json() + ",\"payload\":" + text(payload) + "}" : entry;
    }

    private static boolean renewMembership(ObjectNode membership) {
        JsonNode all = membership.remove("all_nodes");
        if (all == null) {
            return false;
        }
        ObjectNode nodes = membership.putObject("nodes");
        all.forEach(node -> nodes.putObject(node.asText()));
        return true;
    }

    /** Members that have no default when they are read: {@code max_value}, and {@code prev_value} in some versions. */
    private static boolean renewOperation(ObjectNode request) {
        boolean changed = false;
        JsonNode added = request.remove("FetchAddU64");
        if (added != null) {
            request.set("FetchIncreaseU64", added);
            changed = true;
        }
        if (request.path("FetchIncreaseU64") instanceof ObjectNode increase && !increase.has("max_value")) {
            increase.put("max_value", 0);
            changed = true;
        }
        for (String name : new String[] {"Put", "Delete"}) {
            if (request.path(name) instanceof ObjectNode operation && !operation.has("prev_value")) {
                operation.put("prev_value", true);
                changed = true;
            }
        }
        return changed;
    }

    /** Whether an entry of the state machine's meta is of before 2023. */
    static boolean differs(Entry entry) {
        String value = entry.value().toStringUtf8();
        return (value.contains("\"LogId\":{") || value.contains("\"log_id\":{")) && !value.contains("\"leader_id\"")
                || value.contains("\"all_nodes\"");
    }

    /** LastApplied and LastMembership; every other entry as it is. */
    static Entry of(Entry entry) {
        if (!differs(entry)) {
            return entry;
        }
        JsonNode value = parse("the entry " + entry.entryKey(), entry.value().toStringUtf8());
        if (value.path("LogId") instanceof ObjectNode id) {
            ((ObjectNode) value).set("LogId", parse("a log id", logId(id).json()));
        }
        if (value.path("Membership") instanceof ObjectNode stored) {
            if (stored.path("log_id") instanceof ObjectNode id) {
                stored.set("log_id", parse("a log id", logId(id).json()));
            }
            if (stored.path("membership") instanceof ObjectNode membership) {
                renewMembership(membership);
            }
        }
        return new Entry(entry.entryKey(), ByteString.copyFromUtf8(text(value)), entry.meta());
    }
}
