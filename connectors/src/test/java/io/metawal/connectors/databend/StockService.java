package io.metawal.connectors.databend;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What {@code databend-metactl import} and the start of a meta service after it demand of a file, as far as it is in their source:
 *
 * <ul>
 *   <li>databend {@code src/meta/control/src/import.rs}, {@code import_v004.rs}: the header, which lines go to the log, what {@code
 *       --initial-cluster} appends
 *   <li>raft-log {@code raft_log_state.rs}: what the log takes ({@code append}, {@code purge}, {@code commit}, {@code update_vote})
 *   <li>openraft {@code storage/helper.rs} ({@code get_initial_state}, {@code get_key_log_ids}), {@code raft_state/mod.rs} ({@code
 *       validate}), {@code leader_id_adv.rs}: what a start demands, and the order of leaders
 *   <li>databend-meta {@code db_builder.rs}: the order of a snapshot's keys
 * </ul>
 *
 * A fault is an {@code IllegalStateException}.
 */
final class StockService {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Leader NOBODY = new Leader(BigInteger.ZERO, BigInteger.ZERO);

    private boolean headed;
    private @Nullable Leader vote;
    private boolean voteCommitted;
    private @Nullable Id last;
    private @Nullable Id purged;
    private @Nullable Id committed;
    private @Nullable Id maxEntry;
    private @Nullable Id applied;
    private final TreeMap<Long, Id> entries = new TreeMap<>();
    private Set<Long> voters = new TreeSet<>();
    private String lastStateKey = "";

    private record Leader(BigInteger term, BigInteger node) implements Comparable<Leader> {
        @Override
        public int compareTo(Leader other) {
            return Comparator.comparing(Leader::term)
                    .thenComparing(Leader::node)
                    .compare(this, other);
        }
    }

    private record Id(Leader leader, long index) implements Comparable<Id> {
        static Id of(JsonNode node) {
            require(node.path("leader_id").path("node_id").isIntegralNumber(), "no leader_id in " + node);
            return new Id(StockService.leader(node.get("leader_id")), number(node, "index"));
        }

        @Override
        public int compareTo(Id other) {
            return Comparator.comparing(Id::leader).thenComparing(Id::index).compare(this, other);
        }
    }

    private static Leader leader(JsonNode node) {
        require(node.path("term").isIntegralNumber() && node.path("node_id").isIntegralNumber(), "no leader " + node);
        return new Leader(
                node.get("term").bigIntegerValue(), node.get("node_id").bigIntegerValue());
    }

    private static long number(JsonNode node, String name) {
        require(node.path(name).isIntegralNumber(), "missing field " + name + " in " + node);
        return node.get(name).longValue();
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }

    static StockService imported(List<String> lines) {
        StockService service = new StockService();
        lines.forEach(service::line);
        return service;
    }

    private void line(String line) {
        JsonNode pair;
        try {
            pair = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(line, e);
        }
        String tree = pair.get(0).textValue();
        var variant = pair.get(1).properties().iterator().next();
        JsonNode value = variant.getValue();
        if (!headed) {
            require(tree.equals("header"), "importing from V0 is not supported");
            String version = value.path("value").path("version").asText();
            require(version.matches("V00[234]"), "importing from " + version + " is not supported");
            headed = true;
        } else if (tree.startsWith("state_machine/")) {
            state(variant.getKey(), value);
        } else {
            log(variant.getKey(), value);
        }
    }

    private void log(String variant, JsonNode value) {
        switch (variant) {
            case "NodeId" -> {}
            case "Vote" -> {
                if (!value.isNull()) {
                    save(leader(value.get("leader_id")), value.get("committed").booleanValue());
                }
            }
            case "Committed" -> committed = value.isNull() ? committed : Id.of(value);
            case "Purged" -> {
                if (!value.isNull()) {
                    purge(Id.of(value));
                }
            }
            case "LogEntry" -> {
                Id id = Id.of(value.get("log_id"));
                append(id);
                maxEntry = maxEntry == null || id.compareTo(maxEntry) > 0 ? id : maxEntry;
                payload(value.get("payload"));
            }
            default -> throw new IllegalStateException("unknown variant " + variant);
        }
    }

    private void save(Leader next, boolean granted) {
        int order = vote == null ? 1 : next.compareTo(vote);
        require(order > 0 || order == 0 && (granted || !voteCommitted), "vote cannot be reversed");
        vote = next;
        voteCommitted = granted;
    }

    private void append(Id id) {
        Id before = last;
        if (before != null) {
            require(id.compareTo(before) > 0, "log id cannot be reversed when append: " + before + ", " + id);
            require(id.index() == before.index() + 1, "log id not consecutive: " + before + ", " + id);
        }
        last = id;
        entries.put(id.index(), id);
    }

    private void purge(Id upTo) {
        purged = purged == null || upTo.compareTo(purged) > 0 ? upTo : purged;
        last = last == null || upTo.compareTo(last) > 0 ? upTo : last;
        entries.headMap(upTo.index(), true).clear();
    }

    private void payload(JsonNode payload) {
        if (payload.isTextual()) {
            require(payload.asText().equals("Blank"), "unknown payload " + payload);
            return;
        }
        if (payload.has("Membership")) {
            voters = members(payload.get("Membership"));
            return;
        }
        JsonNode command = payload.get("Normal").get("cmd");
        String name = command.properties().iterator().next().getKey();
        require(
                List.of("AddNode", "RemoveNode", "SetFeature", "UpsertKV", "Transaction", "KvTransaction")
                        .contains(name),
                "unknown variant " + name);
        for (JsonNode request : command.path("Transaction").findValues("request")) {
            String operation = request.properties().iterator().next().getKey();
            require(
                    List.of("Get", "Put", "Delete", "DeleteByPrefix", "FetchIncreaseU64", "PutSequential")
                            .contains(operation),
                    "unknown variant " + operation);
            if (operation.equals("FetchIncreaseU64")) {
                var unused = number(request.get(operation), "max_value");
            }
        }
    }

    private static Set<Long> members(JsonNode membership) {
        require(membership.path("nodes").isObject(), "missing field nodes in " + membership);
        TreeSet<Long> ids = new TreeSet<>();
        membership.get("configs").forEach(config -> config.forEach(id -> ids.add(id.longValue())));
        return ids;
    }

    private void state(String variant, JsonNode value) {
        switch (variant) {
            case "Sequences" -> require(value.get("value").isIntegralNumber(), "sequence " + value);
            case "Nodes" -> require(number(value, "key") >= 0, "node " + value);
            case "StateMachineMeta" -> {
                JsonNode meta = value.get("value");
                if (value.get("key").asText().equals("LastApplied")) {
                    applied = Id.of(meta.get("LogId"));
                } else if (value.get("key").asText().equals("LastMembership")) {
                    JsonNode at = meta.get("Membership").get("log_id");
                    var unused = at.isNull() ? null : Id.of(at);
                    Set<Long> stored = members(meta.get("Membership").get("membership"));
                    voters = voters.isEmpty() ? stored : voters;
                }
            }
            case "Expire" ->
                sorted("exp-/%020d/%020d"
                        .formatted(
                                value.get("key").get("time_ms").bigIntegerValue(),
                                value.get("key").get("seq").bigIntegerValue()));
            case "GenericKV" -> {
                require(number(value.get("value"), "seq") > 0, "no seq in " + value);
                sorted("kv--/" + value.get("key").asText());
            }
            default -> throw new IllegalStateException("unknown variant " + variant);
        }
    }

    private void sorted(String key) {
        byte[] before = lastStateKey.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        byte[] now = key.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        require(java.util.Arrays.compareUnsigned(before, now) < 0, "keys must be sorted: " + lastStateKey + ", " + key);
        lastStateKey = key;
    }

    /** What {@code --initial-cluster} does behind an import. */
    StockService withInitialCluster(long... ids) {
        Id from = applied == null || maxEntry != null && maxEntry.compareTo(applied) > 0 ? maxEntry : applied;
        long index = from == null ? 0 : from.index() + 1;
        Leader leader = from == null ? NOBODY : from.leader();
        append(new Id(leader, index));
        voters = new TreeSet<>();
        for (long id : ids) {
            append(new Id(leader, ++index));
            voters.add(id);
        }
        return this;
    }

    /** A start as this node, and its election. */
    void start(long node) {
        Id end = last;
        Id upTo = purged;
        Id at = applied;
        if (end == null || at == null) {
            throw new IllegalStateException("nothing to start from");
        }
        require(upTo == null || upTo.compareTo(end) <= 0, "last_log_id is below last_purged_log_id");
        Id said = committed;
        Id granted = said == null || said.compareTo(at) < 0 ? at : said;
        require(granted.compareTo(end) <= 0, "committed or applied, " + granted + ", is above the last log id, " + end);
        long first = upTo == null ? 0 : upTo.index() + 1;
        for (long index = first; index <= end.index(); index++) {
            require(entries.containsKey(index), "when Read LogIndex(" + index + "): log entry not found");
        }
        require(upTo == null || upTo.compareTo(at) <= 0, "what was purged is not in the snapshot");
        Id same = entries.get(at.index());
        require(same == null || same.equals(at), "the snapshot is of " + at + ", the log has " + same);
        require(voters.contains(node), "node " + node + " is no voter of " + voters);
        elect(node, end);
    }

    /** The next leader's entries are greater than those that are here: its term is above that of its vote. */
    private void elect(long node, Id end) {
        Leader voted = vote == null ? new Leader(BigInteger.ZERO, BigInteger.valueOf(node)) : vote;
        require(
                end.leader().term().signum() == 0 || voted.compareTo(end.leader()) >= 0,
                "log id cannot be reversed when append: the vote is " + voted + ", the last entry " + end);
    }

    /** For a message; {@code null} where it starts. */
    @Nullable
    String whyNot(long node) {
        try {
            start(node);
            return null;
        } catch (IllegalStateException e) {
            return e.getMessage();
        }
    }

    List<Long> voters() {
        return new ArrayList<>(voters);
    }
}
