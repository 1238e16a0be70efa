package io.metawal.connectors.databend.log;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.log.Command.UpsertOp;
import io.metawal.connectors.databend.log.Operation.Branch;
import io.metawal.connectors.databend.log.Operation.Expiry;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Log entries out of JSON, of every version. Variants that are not known become {@link Command.Unknown}; wrong types are faults. */
public final class CommandReader {
    /** The end of year 9999: a greater time is none. */
    private static final long TIME_MS_MAX = 253_402_300_799_999L;

    private final byte[] line;
    private final int at;

    /** @param at where in {@code line} the JSON begins that the nodes' places are counted from */
    public CommandReader(byte[] line, int at) {
        this.line = line;
        this.at = at;
    }

    /** An entry: {@code {"log_id":…,"payload":…}}. */
    public LogEntry entry(Fields fields) throws FieldException {
        LogId id = logId(fields.object("log_id"));
        Object payload = fields.raw("payload");
        long time = 0;
        Command command;
        if ("Blank".equals(payload)) {
            command = new Command.Blank();
        } else {
            Fields object = fields.object("payload");
            Map.Entry<String, @Nullable Object> variant = object.variant();
            if (variant.getKey().equals("Membership")) {
                command =
                        new Command.Membership(text(object.object("Membership").node()));
            } else if (variant.getKey().equals("Normal")) {
                Fields normal = object.object("Normal");
                time = time(normal);
                command = command(normal.object("cmd"));
            } else {
                command = new Command.Unknown("payload " + variant.getKey());
            }
        }
        return new LogEntry(id, time, command, text(fields.node()), payload);
    }

    private static long time(Fields normal) throws FieldException {
        if (!normal.has("time_ms")) {
            return 0;
        }
        long time = normal.count("time_ms");
        if (time > TIME_MS_MAX) {
            throw new FieldException(normal.path() + ".time_ms", "ms since 1970 up to year 9999", "" + time);
        }
        return time;
    }

    /** {@code {"leader_id":{"term":1,"node_id":3},"index":2}}, or before 2023-02 {@code {"term":1,"index":2}}. */
    public static LogId logId(Fields fields) throws FieldException {
        Fields leader = fields.has("leader_id") ? fields.object("leader_id") : fields;
        Long node = leader.has("node_id") ? leader.unsigned("node_id") : null;
        return new LogId(leader.count("term"), node == null ? 0 : node, fields.count("index"));
    }

    /** The text of an object in the line. */
    public String text(JsonTree.Node node) {
        return new String(line, at + node.start(), node.end() - node.start(), StandardCharsets.UTF_8);
    }

    private Command command(Fields fields) throws FieldException {
        Map.Entry<String, @Nullable Object> variant = fields.variant();
        String name = variant.getKey();
        try {
            return switch (name) {
                case "AddNode" -> {
                    Fields add = fields.object(name);
                    yield new Command.AddNode(
                            nodeId(add), text(add.object("node").node()), add.flag("overriding"));
                }
                case "RemoveNode" -> new Command.RemoveNode(nodeId(fields.object(name)));
                case "SetFeature" ->
                    new Command.SetFeature(
                            fields.object(name).text("feature"),
                            fields.object(name).flag("enable"));
                case "UpsertKV" -> upsert(fields.object(name));
                case "Transaction" -> new Command.Transaction(TransactionReader.request(fields.object(name)));
                case "KvTransaction" -> new Command.Transaction(TransactionReader.branches(fields.object(name)));
                // Of before 2022-05: it counts on in a sequence of its own, which no record and no export of today has.
                case "IncrSeq" -> new Command.Blank();
                default -> new Command.Unknown("command " + name);
            };
        } catch (TransactionReader.UnknownPart e) {
            return new Command.Unknown(name + " with " + e.getMessage());
        }
    }

    private static String nodeId(Fields fields) throws FieldException {
        Long id = fields.unsigned("node_id");
        if (id == null) {
            throw new FieldException(fields.path() + ".node_id", "a node's number", "nothing");
        }
        return Long.toUnsignedString(id);
    }

    private static Command upsert(Fields fields) throws FieldException {
        long from = 0;
        long to = Long.MAX_VALUE;
        if (!"Any".equals(fields.raw("seq"))) {
            Fields seq = fields.object("seq");
            switch (seq.variant().getKey()) {
                case "Exact" -> {
                    from = seq.count("Exact");
                    to = from;
                }
                case "GE" -> from = seq.count("GE");
                default -> {
                    return new Command.Unknown(
                            "UpsertKV with seq " + seq.variant().getKey());
                }
            }
        }
        Expiry meta = null;
        if (fields.has("value_meta")) {
            Fields spec = fields.object("value_meta");
            meta = new Expiry(
                    spec.unsigned("expire_at"),
                    spec.has("ttl") ? spec.object("ttl").unsigned("millis") : null);
        }
        ByteString key = fields.key("key");
        Object value = fields.raw("value");
        if ("Delete".equals(value)) {
            return new Command.Upsert(key, from, to, UpsertOp.DELETE, ByteString.EMPTY, meta);
        }
        if ("AsIs".equals(value)) {
            return new Command.Upsert(key, from, to, UpsertOp.AS_IS, ByteString.EMPTY, meta);
        }
        Fields update = fields.object("value");
        if (!update.variant().getKey().equals("Update")) {
            return new Command.Unknown("UpsertKV with value " + update.variant().getKey());
        }
        return new Command.Upsert(key, from, to, UpsertOp.UPDATE, update.bytes("Update"), meta);
    }

    static Branch always(java.util.List<Operation> operations) {
        return new Branch(Predicate.TRUE, operations);
    }
}
