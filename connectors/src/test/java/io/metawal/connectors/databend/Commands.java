package io.metawal.connectors.databend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.random.RandomGenerator;

/** Random log entries: all commands, all conditions, few keys, times that step back. */
final class Commands {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNodeFactory NEW = JsonNodeFactory.instance;
    private static final long START_MS = 1_700_000_000_000L;
    private static final List<String> KEYS = List.of(
            "__fd_table/1/a",
            "__fd_table/1/b",
            "__fd_table/2/a",
            "__fd_warehouses/v1/t/w",
            "__fd_warehouses/v1/t/x",
            "__fd_session/t/s",
            "__fd_users/t/%27u%27",
            "__fd_sequence_storage/t/n",
            "__fd_unheard_of/x",
            "no_root",
            "__fd_tablet");

    private final RandomGenerator random;
    private final Release release;
    private long time = START_MS;
    private long term = 1;

    Commands(RandomGenerator random) {
        this.random = random;
        this.release = random.nextBoolean() ? Release.NEW : Release.OLD;
    }

    /** How a server's export writes what it was asked for. */
    enum Release {
        /** 1.2.764: {@code txid}, no {@code match_seq} in a put, {@code FetchAddU64}, times in seconds, no {@code KvTransaction}. */
        OLD,
        /** 260304. */
        NEW
    }

    Release release() {
        return release;
    }

    /** {@code {"log_id":…,"payload":…}} */
    String entry(long index) {
        term += random.nextInt(10) == 0 ? 1 : 0;
        ObjectNode entry = NEW.objectNode();
        ObjectNode id = entry.putObject("log_id");
        id.putObject("leader_id").put("term", term).put("node_id", 1 + term % 3);
        id.put("index", index);
        switch (random.nextInt(12)) {
            case 0 -> entry.put("payload", "Blank");
            case 1 -> {
                ObjectNode membership = entry.putObject("payload").putObject("Membership");
                membership.putArray("configs").addArray().add(1 + random.nextInt(3));
                membership.putObject("nodes").putObject("1");
            }
            default -> {
                ObjectNode normal = entry.putObject("payload").putObject("Normal");
                if (release == Release.OLD) {
                    normal.putNull("txid");
                }
                time += random.nextInt(5) == 0 ? -random.nextInt(20_000) : random.nextInt(8_000);
                if (random.nextInt(8) != 0) {
                    normal.put("time_ms", time);
                }
                normal.set("cmd", command());
            }
        }
        return entry.toString();
    }

    long term() {
        return term;
    }

    private ObjectNode command() {
        ObjectNode cmd = NEW.objectNode();
        switch (random.nextInt(release == Release.OLD ? 10 : 12)) {
            case 0 ->
                cmd.putObject("AddNode")
                        .put("node_id", random.nextInt(3))
                        .put("overriding", random.nextBoolean())
                        .putObject("node")
                        .put("name", "n" + random.nextInt(100));
            case 1 -> cmd.putObject("RemoveNode").put("node_id", random.nextInt(3));
            case 2 -> cmd.putObject("SetFeature").put("feature", "f").put("enable", true);
            case 3, 4, 5, 6 -> upsert(cmd.putObject("UpsertKV"));
            case 7, 8, 9 -> transaction(cmd.putObject("Transaction"));
            default -> {
                ArrayNode branches = cmd.putObject("KvTransaction").putArray("branches");
                for (int n = random.nextInt(4); n > 0; n--) {
                    ObjectNode branch = branches.addObject();
                    branch.set("predicate", predicate(2));
                    ArrayNode operations = branch.putArray("operations");
                    for (int m = random.nextInt(4); m > 0; m--) {
                        operations.add(operation(random.nextBoolean()));
                    }
                }
            }
        }
        return cmd;
    }

    private void upsert(ObjectNode upsert) {
        upsert.put("key", key());
        switch (random.nextInt(4)) {
            case 0 -> upsert.putObject("seq").put("Exact", random.nextInt(30));
            case 1 -> upsert.putObject("seq").put("GE", random.nextInt(3));
            default -> upsert.put("seq", "Any");
        }
        switch (random.nextInt(5)) {
            case 0 -> upsert.put("value", "Delete");
            case 1 -> upsert.put("value", "AsIs");
            default -> upsert.putObject("value").set("Update", value());
        }
        switch (random.nextInt(4)) {
            case 0 -> upsert.putObject("value_meta").put("expire_at", expireAt());
            case 1 -> {
                ObjectNode meta = upsert.putObject("value_meta");
                meta.putNull("expire_at").putObject("ttl").put("millis", random.nextInt(15_000));
            }
            default -> upsert.putNull("value_meta");
        }
    }

    private long expireAt() {
        long at = time + random.nextInt(-2_000, 20_000);
        return release == Release.NEW && random.nextBoolean() ? at : at / 1000;
    }

    private void transaction(ObjectNode txn) {
        if (random.nextInt(3) == 0) {
            ArrayNode operations = txn.putArray("operations");
            for (int n = 1 + random.nextInt(2); n > 0; n--) {
                ObjectNode conditional = operations.addObject();
                if (random.nextBoolean()) {
                    conditional.set("predicate", expression(1));
                } else {
                    conditional.putNull("predicate");
                }
                requests(conditional.putArray("operations"));
            }
        }
        ArrayNode conditions = txn.putArray("condition");
        for (int n = random.nextInt(3); n > 0; n--) {
            conditions.add(condition());
        }
        requests(txn.putArray("if_then"));
        requests(txn.putArray("else_then"));
    }

    private void requests(ArrayNode list) {
        for (int n = random.nextInt(4); n > 0; n--) {
            list.addObject().set("request", operation(true));
        }
    }

    private ObjectNode condition() {
        ObjectNode condition = NEW.objectNode().put("key", key()).put("expected", random.nextInt(6));
        target(condition);
        return condition;
    }

    private void target(ObjectNode condition) {
        ObjectNode target = condition.putObject("target");
        switch (random.nextInt(3)) {
            case 0 -> target.put("Seq", random.nextInt(20));
            case 1 -> target.set("Value", value());
            default -> {
                condition.put("key", prefix());
                target.put("KeysWithPrefix", random.nextInt(4));
            }
        }
    }

    private ObjectNode expression(int depth) {
        ObjectNode expression = NEW.objectNode().put("operator", random.nextInt(2));
        ArrayNode subs = expression.putArray("sub_expressions");
        for (int n = depth > 0 ? random.nextInt(2) : 0; n > 0; n--) {
            subs.add(expression(depth - 1));
        }
        ArrayNode conditions = expression.putArray("conditions");
        for (int n = random.nextInt(3); n > 0; n--) {
            conditions.add(condition());
        }
        return expression;
    }

    private ObjectNode predicate(int depth) {
        ObjectNode predicate = NEW.objectNode();
        if (depth == 0 || random.nextInt(2) == 0) {
            ObjectNode leaf = predicate.putObject("Leaf").put("key", key());
            target(leaf);
            leaf.put("op", List.of("Eq", "Ne", "Lt", "Le", "Gt", "Ge").get(random.nextInt(6)));
        } else {
            ArrayNode members = predicate.putArray(random.nextInt(3) == 0 ? "Or" : "And");
            for (int n = random.nextInt(3); n > 0; n--) {
                members.add(predicate(depth - 1));
            }
        }
        return predicate;
    }

    /** @param flat as a {@code Transaction} has it, or nested as a {@code KvTransaction} of today */
    private ObjectNode operation(boolean flat) {
        ObjectNode operation = NEW.objectNode();
        switch (random.nextInt(8)) {
            case 0 -> operation.putObject("Get").put("key", key());
            case 1 -> on(operation.putObject("Delete"), flat);
            case 2 -> operation.putObject("DeleteByPrefix").put("prefix", prefix());
            case 3 -> {
                boolean old = release == Release.OLD;
                ObjectNode body = operation.putObject(old ? "FetchAddU64" : "FetchIncreaseU64");
                on(body, flat);
                body.put("delta", random.nextInt(-5, 9));
                if (!old) {
                    body.put(flat ? "max_value" : "floor", random.nextInt(6));
                }
            }
            case 4 -> {
                ObjectNode body = operation
                        .putObject("PutSequential")
                        .put("prefix", prefix() + "/q/")
                        .put("sequence_key", key());
                payload(body, flat, "expires_at_ms");
            }
            default -> {
                ObjectNode body = operation.putObject("Put");
                on(body, flat);
                if (flat && release == Release.OLD) {
                    body.remove("match_seq");
                } else if (flat && !body.has("match_seq")) {
                    body.putNull("match_seq");
                }
                payload(body, flat, "expire_at");
            }
        }
        return operation;
    }

    private void on(ObjectNode body, boolean flat) {
        ObjectNode on = flat ? body : body.putObject("target");
        on.put("key", key());
        if (random.nextInt(4) == 0) {
            on.put("match_seq", random.nextInt(10));
        }
    }

    private void payload(ObjectNode body, boolean flat, String expire) {
        ObjectNode payload = flat ? body : body.putObject("payload");
        payload.set("value", value());
        switch (random.nextInt(4)) {
            case 0 -> payload.put(flat ? expire : "expire_at_ms", expireAt());
            case 1 -> payload.put("ttl_ms", random.nextInt(15_000));
            default -> {}
        }
    }

    private String key() {
        return KEYS.get(random.nextInt(KEYS.size()));
    }

    private String prefix() {
        String key = key();
        return key.substring(0, random.nextInt(3) == 0 ? random.nextInt(2, key.length()) : key.length());
    }

    private ArrayNode value() {
        String text = List.of("", "7", "18446744073709551615", "x", "42 ", "ab").get(random.nextInt(6));
        ArrayNode array = NEW.arrayNode();
        for (byte b : text.getBytes(StandardCharsets.US_ASCII)) {
            array.add(b);
        }
        return array;
    }

    static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }
}
