package io.metawal.connectors.databend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The meta service's state machine once more, as plainly as can be, on JSON as exports have it; it shares no code with what it is held
 * against. Keys of the tests are ASCII.
 */
final class PlainModel {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A record; {@code expireMs} null where it does not expire. */
    record Kept(long seq, @Nullable BigInteger expireMs, byte[] data) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Kept kept
                    && seq == kept.seq
                    && java.util.Objects.equals(expireMs, kept.expireMs)
                    && Arrays.equals(data, kept.data);
        }

        @Override
        public int hashCode() {
            return Long.hashCode(seq);
        }

        @Override
        public String toString() {
            return seq + "/" + expireMs + "/" + new String(data, StandardCharsets.ISO_8859_1);
        }
    }

    final TreeMap<String, Kept> records = new TreeMap<>();
    final TreeMap<String, JsonNode> nodes = new TreeMap<>();
    long sequence;
    private @Nullable JsonNode applied;
    private @Nullable ObjectNode membership;
    private long time;
    private final Commands.Release release;

    PlainModel() {
        this(Commands.Release.NEW);
    }

    /** @param release before 2026-02 an {@code Or} is true whatever is in it; before 2025-07 times are kept in whole seconds */
    PlainModel(Commands.Release release) {
        this.release = release;
    }

    /** @param entry {@code {"log_id":…,"payload":…}} */
    void apply(JsonNode entry) {
        JsonNode payload = entry.get("payload");
        applied = entry.get("log_id");
        if (payload.has("Membership")) {
            membership = JSON.createObjectNode();
            membership.set("log_id", entry.get("log_id"));
            membership.set("membership", payload.get("Membership"));
        }
        if (!payload.has("Normal")) {
            return;
        }
        time = payload.get("Normal").path("time_ms").asLong(0);
        if (time > 0) {
            records.values()
                    .removeIf(kept -> kept.expireMs != null && kept.expireMs.compareTo(BigInteger.valueOf(time)) < 0);
        }
        JsonNode cmd = payload.get("Normal").get("cmd");
        String name = cmd.fieldNames().next();
        JsonNode body = cmd.get(name);
        switch (name) {
            case "AddNode" -> {
                if (body.path("overriding").asBoolean(false)
                        || !nodes.containsKey(body.get("node_id").asText())) {
                    nodes.put(body.get("node_id").asText(), body.get("node"));
                }
            }
            case "RemoveNode" -> nodes.remove(body.get("node_id").asText());
            case "SetFeature" -> {}
            case "UpsertKV" -> upsert(body);
            case "Transaction" -> transaction(body);
            case "KvTransaction" -> {
                for (JsonNode branch : body.get("branches")) {
                    if (holds(branch.get("predicate"))) {
                        branch.get("operations").forEach(this::run);
                        return;
                    }
                }
            }
            default -> throw new AssertionError("the model does not know " + name);
        }
    }

    private long seqOf(String key) {
        Kept kept = records.get(key);
        return kept == null ? 0 : kept.seq;
    }

    private void upsert(JsonNode body) {
        String key = body.get("key").asText();
        JsonNode seq = body.get("seq");
        if (seq.has("Exact") && seq.get("Exact").asLong() != seqOf(key)
                || seq.has("GE") && seqOf(key) < seq.get("GE").asLong()) {
            return;
        }
        JsonNode meta = body.get("value_meta");
        BigInteger expire = expire(meta.get("expire_at"), meta.path("ttl").get("millis"));
        JsonNode value = body.get("value");
        if (value.has("Update")) {
            put(key, bytes(value.get("Update")), expire);
        } else if (value.asText().equals("Delete")) {
            records.remove(key);
        } else if (records.containsKey(key)) {
            put(key, records.get(key).data, expire);
        }
    }

    private @Nullable BigInteger expire(@Nullable JsonNode at, @Nullable JsonNode ttl) {
        BigInteger given = null;
        if (ttl != null && !ttl.isNull()) {
            given = BigInteger.valueOf(time).add(ttl.bigIntegerValue());
            given = release == Commands.Release.OLD ? given.divide(BigInteger.valueOf(1000)) : given;
        } else if (at != null && !at.isNull()) {
            given = at.bigIntegerValue();
        }
        boolean seconds = given != null && given.compareTo(BigInteger.valueOf(100_000_000_000L)) <= 0;
        return seconds && given != null ? given.multiply(BigInteger.valueOf(1000)) : given;
    }

    private void put(String key, byte[] data, @Nullable BigInteger expire) {
        sequence++;
        if (expire != null && expire.compareTo(BigInteger.valueOf(time)) < 0) {
            records.remove(key);
        } else {
            records.put(key, new Kept(sequence, expire, data));
        }
    }

    private void transaction(JsonNode body) {
        for (JsonNode conditional : body.path("operations")) {
            if (holdsExpression(conditional.get("predicate"))) {
                conditional.get("operations").forEach(op -> run(op.get("request")));
                return;
            }
        }
        boolean all = true;
        for (JsonNode condition : body.get("condition")) {
            all &= holdsCondition(condition);
        }
        body.get(all ? "if_then" : "else_then").forEach(op -> run(op.get("request")));
    }

    private boolean holdsExpression(@Nullable JsonNode expression) {
        if (expression == null || expression.isNull()) {
            return true;
        }
        List<Boolean> parts = new ArrayList<>();
        expression.get("sub_expressions").forEach(sub -> parts.add(holdsExpression(sub)));
        expression.get("conditions").forEach(condition -> parts.add(holdsCondition(condition)));
        if (expression.get("operator").asInt() == 1) {
            return release == Commands.Release.OLD || parts.isEmpty() || parts.contains(true);
        }
        return !parts.contains(false);
    }

    private boolean holdsCondition(JsonNode condition) {
        return compare(
                condition,
                List.of("EQ", "GT", "GE", "LT", "LE", "NE")
                        .get(condition.get("expected").asInt()));
    }

    private boolean holds(JsonNode predicate) {
        if (predicate.has("Leaf")) {
            return compare(
                    predicate.get("Leaf"),
                    predicate.get("Leaf").get("op").asText().toUpperCase(java.util.Locale.ROOT));
        }
        if (predicate.has("Or")) {
            boolean any = predicate.get("Or").isEmpty();
            for (JsonNode member : predicate.get("Or")) {
                any |= holds(member);
            }
            return any;
        }
        for (JsonNode member : predicate.get("And")) {
            if (!holds(member)) {
                return false;
            }
        }
        return true;
    }

    private boolean compare(JsonNode condition, String how) {
        String key = condition.get("key").asText();
        JsonNode target = condition.get("target");
        int order;
        if (target.has("Seq")) {
            order = Long.compare(seqOf(key), target.get("Seq").asLong());
        } else if (target.has("Value")) {
            if (!records.containsKey(key)) {
                return false;
            }
            order = Arrays.compareUnsigned(records.get(key).data, bytes(target.get("Value")));
        } else {
            long count = records.keySet().stream()
                    .filter(other -> other.startsWith(key))
                    .count();
            order = Long.compare(count, target.get("KeysWithPrefix").asLong());
        }
        return switch (how) {
            case "EQ" -> order == 0;
            case "NE" -> order != 0;
            case "GT" -> order > 0;
            case "GE" -> order >= 0;
            case "LT" -> order < 0;
            default -> order <= 0;
        };
    }

    private void run(JsonNode operation) {
        String name = operation.fieldNames().next();
        JsonNode body = operation.get(name);
        JsonNode on = body.path("target").isObject() ? body.get("target") : body;
        JsonNode what = body.has("payload") ? body.get("payload") : body;
        JsonNode match = on.get("match_seq");
        if (match != null
                && !match.isNull()
                && match.asLong() != seqOf(on.get("key").asText())) {
            return;
        }
        switch (name) {
            case "Put" -> put(on.get("key").asText(), bytes(what.get("value")), expire(at(what), what.get("ttl_ms")));
            case "Delete" -> records.remove(on.get("key").asText());
            case "DeleteByPrefix" ->
                records.keySet()
                        .removeIf(key -> key.startsWith(body.get("prefix").asText()));
            case "FetchAddU64" ->
                increase(on.get("key").asText(), body.get("delta").asLong(), BigInteger.ZERO);
            case "FetchIncreaseU64" ->
                increase(
                        on.get("key").asText(),
                        body.get("delta").asLong(),
                        (body.has("floor") ? body.get("floor") : body.get("max_value")).bigIntegerValue());
            case "PutSequential" -> {
                String counter = body.get("sequence_key").asText();
                String digits = String.format("%021d", number(counter));
                StringBuilder key = new StringBuilder(body.get("prefix").asText());
                for (int n = 0; n < digits.length(); n += 3) {
                    key.append(n == 0 ? "" : "_").append(digits, n, n + 3);
                }
                increase(counter, 1, BigInteger.ZERO);
                put(key.toString(), bytes(what.get("value")), expire(at(what), what.get("ttl_ms")));
            }
            default -> {}
        }
    }

    private static @Nullable JsonNode at(JsonNode what) {
        for (String name : List.of("expire_at", "expire_at_ms", "expires_at_ms")) {
            if (what.has(name)) {
                return what.get(name);
            }
        }
        return null;
    }

    private BigInteger number(String key) {
        Kept kept = records.get(key);
        // A JSON number may stand between blanks.
        String text = kept == null ? "0" : new String(kept.data, StandardCharsets.ISO_8859_1).strip();
        BigInteger number = text.matches("0|[1-9][0-9]*") ? new BigInteger(text) : BigInteger.ZERO;
        return number.bitLength() > 64 ? BigInteger.ZERO : number;
    }

    private void increase(String key, long delta, BigInteger floor) {
        BigInteger to = number(key).max(floor).add(BigInteger.valueOf(delta)).max(BigInteger.ZERO);
        BigInteger most = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
        put(key, to.min(most).toString().getBytes(StandardCharsets.US_ASCII), null);
    }

    private static byte[] bytes(JsonNode array) {
        byte[] bytes = new byte[array.size()];
        for (int n = 0; n < bytes.length; n++) {
            bytes[n] = (byte) array.get(n).asInt();
        }
        return bytes;
    }

    /** The state as lines of an export of version V004 would say it, for an export made up by a test. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("[\"state_machine/0\",{\"Sequences\":{\"key\":\"generic-kv\",\"value\":" + sequence + "}}]");
        lines.add("[\"state_machine/0\",{\"StateMachineMeta\":{\"key\":\"LastApplied\",\"value\":{\"LogId\":" + applied
                + "}}}]");
        if (membership != null) {
            lines.add(
                    "[\"state_machine/0\",{\"StateMachineMeta\":{\"key\":\"LastMembership\",\"value\":{\"Membership\":"
                            + membership + "}}}]");
        }
        nodes.forEach((key, node) ->
                lines.add("[\"state_machine/0\",{\"Nodes\":{\"key\":" + key + ",\"value\":" + node + "}}]"));
        TreeMap<String, String> expire = new TreeMap<>();
        records.forEach((key, kept) -> {
            if (kept.expireMs != null) {
                ObjectNode line = JSON.createObjectNode();
                line.putObject("key").put("time_ms", kept.expireMs).put("seq", kept.seq);
                line.putObject("value").put("seq", 1).put("key", key);
                expire.put(
                        String.format("%020d/%020d", kept.expireMs, kept.seq),
                        "[\"state_machine/0\",{\"Expire\":" + line + "}]");
            }
        });
        lines.addAll(expire.values());
        records.forEach((key, kept) -> lines.add("[\"state_machine/0\",{\"GenericKV\":{\"key\":\"" + key
                + "\",\"value\":{\"seq\":" + kept.seq
                + ",\"meta\":" + (kept.expireMs == null ? "{}" : "{\"expire_at\":" + expireAt(kept.expireMs) + "}")
                + ",\"data\":"
                + Arrays.toString(toInts(kept.data)).replace(" ", "") + "}}}]"));
        return lines;
    }

    /** What is small enough to be taken for seconds was in seconds. */
    private BigInteger expireAt(BigInteger expireMs) {
        boolean small =
                release == Commands.Release.OLD || expireMs.compareTo(BigInteger.valueOf(100_000_000_000L)) <= 0;
        return small ? expireMs.divide(BigInteger.valueOf(1000)) : expireMs;
    }

    private static int[] toInts(byte[] data) {
        int[] ints = new int[data.length];
        for (int n = 0; n < data.length; n++) {
            ints[n] = data[n] & 0xff;
        }
        return ints;
    }
}
