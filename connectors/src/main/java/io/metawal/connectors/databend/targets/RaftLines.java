package io.metawal.connectors.databend.targets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.metawal.connectors.databend.log.LogId;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.GapException;
import java.util.function.Consumer;

/** Log lines of data version V004: {@code Purged} and then one entry each, with consecutive indexes up to LastApplied. */
final class RaftLines {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private RaftLines() {}

    /**
     * Writes them, each as it comes.
     *
     * @param entries as {@link LogText} has them, in order; those behind {@code last} are left out
     * @return whether there were any
     */
    static boolean write(ExportOptions.LogSource entries, LogId last, Consumer<String> lines) {
        long[] next = {-1};
        entries.read(entry -> {
            LogId id = id(entry);
            if (id.index() > last.index()) {
                return false;
            }
            if (next[0] >= 0 && id.index() != next[0]) {
                throw new GapException("the log entries to be written have index " + id.index() + " where " + next[0]
                        + " was expected: restore without log lines");
            }
            if (next[0] < 0 && id.index() > 0) {
                lines.accept("[\"raft_log\",{\"Purged\":" + new LogId(id.term(), id.index() - 1).json() + "}]");
            }
            next[0] = id.index() + 1;
            lines.accept("[\"raft_log\",{\"LogEntry\":" + (entry.contains("\"leader_id\"") ? entry : renewed(entry, id))
                    + "}]");
            return true;
        });
        if (next[0] >= 0 && next[0] <= last.index()) {
            throw new GapException("the log entries to be written end at index " + (next[0] - 1)
                    + ", before LastApplied, " + last.index() + ": restore without log lines");
        }
        return next[0] >= 0;
    }

    private static LogId id(String entry) {
        // Entries are written with their place first; the rest may be long.
        int end = entry.indexOf(",\"payload\"");
        try {
            JsonNode id = JSON.readTree(end < 0 ? entry : entry.substring(0, end) + "}")
                    .path("log_id");
            return new LogId(
                    id.path("leader_id").path("term").asLong(id.path("term").asLong()),
                    id.path("index").asLong());
        } catch (JsonProcessingException e) {
            throw new CorruptException(
                    "a log entry's text is not JSON: " + entry.substring(0, Math.min(80, entry.length())), e);
        }
    }

    /** An entry of before 2023, as today's import takes it. */
    private static String renewed(String entry, LogId id) {
        try {
            JsonNode tree = JSON.readTree(entry);
            JsonNode membership = tree.path("payload").path("Membership");
            if (membership instanceof ObjectNode object && object.has("all_nodes")) {
                ObjectNode nodes = JSON.createObjectNode();
                object.get("all_nodes").forEach(node -> nodes.putObject(node.asText()));
                object.remove("all_nodes");
                object.set("nodes", nodes);
            }
            return "{\"log_id\":" + id.json() + ",\"payload\":" + JSON.writeValueAsString(tree.path("payload")) + "}";
        } catch (JsonProcessingException e) {
            throw new CorruptException("a log entry's text is not JSON", e);
        }
    }
}
