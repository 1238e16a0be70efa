package io.metawal.testkit.databend;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.metawal.testkit.databend.proto.KVMeta;
import io.metawal.testkit.databend.proto.SeqV;
import io.metawal.testkit.databend.proto.TxnCondition;
import io.metawal.testkit.databend.proto.TxnOp;
import io.metawal.testkit.databend.proto.TxnRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records and log entries as messages and as the JSON that an export writes. */
final class MetaText {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private MetaText() {}

    static SeqV seqV(MetaRecord record) {
        KVMeta.Builder meta = KVMeta.newBuilder();
        Long expireAt = record.expireAtMs();
        if (expireAt != null) {
            meta.setExpireAt(expireAt);
        }
        Long proposedAt = record.proposedAtMs();
        if (proposedAt != null) {
            meta.setProposedAtMs(proposedAt);
        }
        return SeqV.newBuilder()
                .setSeq(record.seq())
                .setData(record.value())
                .setMeta(meta)
                .build();
    }

    static String line(String tree, String variant, Object value) {
        ObjectNode object = JSON.objectNode();
        object.putPOJO(variant, value);
        return JSON.arrayNode().add(tree).add(object).toString();
    }

    static ObjectNode keyed(Object key, Object value) {
        return JSON.objectNode().putPOJO("key", key).putPOJO("value", value);
    }

    static ObjectNode logId(MetaEntry entry) {
        ObjectNode id = JSON.objectNode();
        id.putObject("leader_id").put("term", entry.term()).put("node_id", entry.node());
        return id.put("index", entry.index());
    }

    static ObjectNode record(MetaRecord record) {
        ObjectNode meta = JSON.objectNode();
        put(meta, "expire_at", record.expireAtMs());
        put(meta, "proposed_at_ms", record.proposedAtMs());
        ObjectNode json = JSON.objectNode().put("seq", record.seq());
        json.set("meta", meta);
        json.set("data", bytes(record.value()));
        return json;
    }

    /** What the log's first entry says. */
    static ObjectNode membership(MetaEntry entry) {
        ObjectNode json = JSON.objectNode();
        ArrayNode voters = json.putArray("configs").addArray();
        ObjectNode nodes = json.putObject("nodes");
        if (entry.command() instanceof MetaEntry.Membership membership) {
            for (int id = 1; id <= membership.nodes(); id++) {
                voters.add(id);
                nodes.putObject(Integer.toString(id));
            }
        }
        return json;
    }

    static ObjectNode entry(MetaEntry entry) {
        ObjectNode json = JSON.objectNode();
        json.set("log_id", logId(entry));
        if (entry.command() instanceof MetaEntry.Blank) {
            return json.put("payload", "Blank");
        }
        if (entry.command() instanceof MetaEntry.Membership) {
            json.putObject("payload").set("Membership", membership(entry));
            return json;
        }
        ObjectNode normal = json.putObject("payload").putObject("Normal");
        normal.put("time_ms", entry.timeMs());
        ObjectNode command = normal.putObject("cmd");
        if (entry.command() instanceof MetaEntry.Upsert upsert) {
            command.set("UpsertKV", upsert(upsert));
        } else if (entry.command() instanceof MetaEntry.Txn txn) {
            command.set("Transaction", transaction(txn.request()));
        }
        return json;
    }

    private static ObjectNode upsert(MetaEntry.Upsert upsert) {
        ObjectNode json = JSON.objectNode().put("key", upsert.key()).put("seq", "Any");
        ByteString value = upsert.value();
        if (value == null) {
            json.put("value", "Delete");
        } else {
            json.putObject("value").set("Update", bytes(value));
        }
        Long ttl = upsert.ttlMs();
        if (ttl == null) {
            return json.putNull("value_meta");
        }
        json.putObject("value_meta").putNull("expire_at").putObject("ttl").put("millis", ttl.longValue());
        return json;
    }

    private static ObjectNode transaction(TxnRequest request) {
        ObjectNode json = JSON.objectNode();
        ArrayNode conditions = json.putArray("condition");
        for (TxnCondition condition : request.getConditionList()) {
            ObjectNode target = conditions
                    .addObject()
                    .put("key", condition.getKey())
                    .put("expected", condition.getExpectedValue())
                    .putObject("target");
            switch (condition.getTargetCase()) {
                case SEQ -> target.put("Seq", condition.getSeq());
                case KEYS_WITH_PREFIX -> target.put("KeysWithPrefix", condition.getKeysWithPrefix());
                default -> target.set("Value", bytes(condition.getValue()));
            }
        }
        operations(json.putArray("if_then"), request.getIfThenList());
        operations(json.putArray("else_then"), request.getElseThenList());
        return json;
    }

    private static void operations(ArrayNode json, List<TxnOp> operations) {
        for (TxnOp op : operations) {
            ObjectNode request = json.addObject().putObject("request");
            switch (op.getRequestCase()) {
                case GET -> request.putObject("Get").put("key", op.getGet().getKey());
                case PUT -> {
                    ObjectNode put =
                            request.putObject("Put").put("key", op.getPut().getKey());
                    put.set("value", bytes(op.getPut().getValue()));
                    put.put("prev_value", true);
                    put(
                            put,
                            "expire_at",
                            op.getPut().hasExpireAt() ? op.getPut().getExpireAt() : null);
                    put(put, "ttl_ms", op.getPut().hasTtlMs() ? op.getPut().getTtlMs() : null);
                    put(
                            put,
                            "match_seq",
                            op.getPut().hasMatchSeq() ? op.getPut().getMatchSeq() : null);
                }
                case DELETE -> {
                    ObjectNode delete = request.putObject("Delete")
                            .put("key", op.getDelete().getKey());
                    put(
                            delete,
                            "match_seq",
                            op.getDelete().hasMatchSeq() ? op.getDelete().getMatchSeq() : null);
                }
                case DELETE_BY_PREFIX ->
                    request.putObject("DeleteByPrefix")
                            .put("prefix", op.getDeleteByPrefix().getPrefix());
                case FETCH_INCREASE_U64 -> {
                    ObjectNode increase = request.putObject("FetchIncreaseU64")
                            .put("key", op.getFetchIncreaseU64().getKey())
                            .put("delta", op.getFetchIncreaseU64().getDelta());
                    if (op.getFetchIncreaseU64().hasMatchSeq()) {
                        increase.put("match_seq", op.getFetchIncreaseU64().getMatchSeq());
                    }
                    increase.put("max_value", op.getFetchIncreaseU64().getMaxValue());
                }
                default -> throw new UnsupportedOperationException(op.getRequestCase() + " is not served here");
            }
        }
    }

    private static void put(ObjectNode json, String name, @Nullable Long value) {
        if (value != null) {
            json.put(name, value.longValue());
        }
    }

    private static ArrayNode bytes(ByteString bytes) {
        ArrayNode json = JSON.arrayNode(bytes.size());
        for (int i = 0; i < bytes.size(); i++) {
            json.add(bytes.byteAt(i) & 0xff);
        }
        return json;
    }
}
