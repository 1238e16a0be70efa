package io.metawal.testkit.databend;

import com.google.protobuf.ByteString;
import io.metawal.testkit.databend.proto.FetchIncreaseU64;
import io.metawal.testkit.databend.proto.FetchIncreaseU64Response;
import io.metawal.testkit.databend.proto.TxnCondition;
import io.metawal.testkit.databend.proto.TxnDeleteByPrefixResponse;
import io.metawal.testkit.databend.proto.TxnDeleteRequest;
import io.metawal.testkit.databend.proto.TxnDeleteResponse;
import io.metawal.testkit.databend.proto.TxnGetResponse;
import io.metawal.testkit.databend.proto.TxnOp;
import io.metawal.testkit.databend.proto.TxnOpResponse;
import io.metawal.testkit.databend.proto.TxnPutRequest;
import io.metawal.testkit.databend.proto.TxnPutResponse;
import io.metawal.testkit.databend.proto.TxnReply;
import io.metawal.testkit.databend.proto.TxnRequest;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The state machine, by its rules: every put takes the next seq, a delete takes none; what has expired goes before the next timed
 * entry. Keys are ASCII. For one thread at a time.
 */
final class MetaState {
    private static final long MILLIS_FROM = 100_000_000_000L;

    private final TreeMap<String, MetaRecord> records = new TreeMap<>();
    private long seq;
    private boolean old;
    private @Nullable MetaEntry lastApplied;

    MetaState copy() {
        MetaState copy = new MetaState();
        copy.records.putAll(records);
        copy.seq = seq;
        copy.old = old;
        copy.lastApplied = lastApplied;
        return copy;
    }

    /** Becomes what another is. */
    void take(MetaState other) {
        records.clear();
        records.putAll(other.records);
        seq = other.seq;
        lastApplied = other.lastApplied;
    }

    /** From now on, as releases before 1.2.770: times are in seconds, and a least value of a counter is not known. */
    void beOld() {
        old = true;
    }

    NavigableMap<String, MetaRecord> records() {
        return records;
    }

    long seq() {
        return seq;
    }

    @Nullable
    MetaEntry lastApplied() {
        return lastApplied;
    }

    /** What the entry answers whoever proposed it. */
    TxnReply apply(MetaEntry entry) {
        TxnReply reply = TxnReply.getDefaultInstance();
        if (entry.timeMs() > 0) {
            records.entrySet().stream()
                    .filter(e ->
                            e.getValue().expireAtMs() != null && e.getValue().expireAtMs() < entry.timeMs())
                    .map(java.util.Map.Entry::getKey)
                    .toList()
                    .forEach(this::remove);
        }
        if (entry.command() instanceof MetaEntry.Upsert upsert) {
            ByteString value = upsert.value();
            if (value == null) {
                remove(upsert.key());
            } else {
                Long ttl = upsert.ttlMs();
                put(upsert.key(), value, ttl == null ? null : entry.timeMs() + ttl, entry.timeMs());
            }
        } else if (entry.command() instanceof MetaEntry.Txn txn) {
            reply = run(txn.request(), entry.timeMs());
        }
        lastApplied = entry;
        return reply;
    }

    private TxnReply run(TxnRequest request, long timeMs) {
        if (request.getOperationsCount() > 0) {
            throw new UnsupportedOperationException("conditional operations are not served here");
        }
        boolean met = request.getConditionList().stream().allMatch(this::met);
        TxnReply.Builder reply = TxnReply.newBuilder().setSuccess(met).setExecutionPath(met ? "then" : "else");
        for (TxnOp op : met ? request.getIfThenList() : request.getElseThenList()) {
            reply.addResponses(run(op, timeMs));
        }
        return reply.build();
    }

    private boolean met(TxnCondition condition) {
        MetaRecord found = records.get(condition.getKey());
        int order = switch (condition.getTargetCase()) {
            case SEQ -> Long.compareUnsigned(found == null ? 0 : found.seq(), condition.getSeq());
            case KEYS_WITH_PREFIX ->
                Long.compareUnsigned(under(condition.getKey()).size(), condition.getKeysWithPrefix());
            case VALUE ->
                ByteString.unsignedLexicographicalComparator()
                        .compare(found == null ? ByteString.EMPTY : found.value(), condition.getValue());
            case TARGET_NOT_SET -> throw new UnsupportedOperationException("a condition without a target");
        };
        return switch (condition.getExpected()) {
            case EQ -> order == 0;
            case NE -> order != 0;
            case GT -> order > 0;
            case GE -> order >= 0;
            case LT -> order < 0;
            case LE -> order <= 0;
            case UNRECOGNIZED -> throw new UnsupportedOperationException("an unknown comparison");
        };
    }

    private List<String> under(String prefix) {
        return records.keySet().stream().filter(key -> key.startsWith(prefix)).toList();
    }

    private TxnOpResponse run(TxnOp op, long timeMs) {
        TxnOpResponse.Builder response = TxnOpResponse.newBuilder();
        switch (op.getRequestCase()) {
            case GET -> response.setGet(got(op.getGet().getKey()));
            case PUT -> response.setPut(put(op.getPut(), timeMs));
            case DELETE -> response.setDelete(delete(op.getDelete()));
            case DELETE_BY_PREFIX -> {
                String prefix = op.getDeleteByPrefix().getPrefix();
                List<String> gone = under(prefix);
                gone.forEach(this::remove);
                response.setDeleteByPrefix(
                        TxnDeleteByPrefixResponse.newBuilder().setPrefix(prefix).setCount(gone.size()));
            }
            case FETCH_INCREASE_U64 -> response.setFetchIncreaseU64(increase(op.getFetchIncreaseU64(), timeMs));
            default -> throw new UnsupportedOperationException(op.getRequestCase() + " is not served here");
        }
        return response.build();
    }

    private TxnGetResponse got(String key) {
        TxnGetResponse.Builder response = TxnGetResponse.newBuilder().setKey(key);
        MetaRecord found = records.get(key);
        return found == null
                ? response.build()
                : response.setValue(MetaText.seqV(found)).build();
    }

    private TxnPutResponse put(TxnPutRequest request, long timeMs) {
        MetaRecord before = records.get(request.getKey());
        if (!request.hasMatchSeq() || request.getMatchSeq() == (before == null ? 0 : before.seq())) {
            put(request.getKey(), request.getValue(), expiry(request, timeMs), timeMs);
        }
        TxnPutResponse.Builder response = TxnPutResponse.newBuilder().setKey(request.getKey());
        if (before != null) {
            response.setPrevValue(MetaText.seqV(before));
        }
        MetaRecord now = records.get(request.getKey());
        return now == null
                ? response.build()
                : response.setCurrent(MetaText.seqV(now)).build();
    }

    private @Nullable Long expiry(TxnPutRequest request, long timeMs) {
        if (request.hasTtlMs()) {
            return timeMs + request.getTtlMs();
        }
        long at = request.getExpireAt();
        return request.hasExpireAt() ? (Long) (at > MILLIS_FROM && !old ? at : at * 1000) : null;
    }

    private TxnDeleteResponse delete(TxnDeleteRequest request) {
        MetaRecord before = records.get(request.getKey());
        boolean done = before != null && (!request.hasMatchSeq() || request.getMatchSeq() == before.seq());
        if (done) {
            remove(request.getKey());
        }
        return TxnDeleteResponse.newBuilder()
                .setKey(request.getKey())
                .setSuccess(done)
                .build();
    }

    private FetchIncreaseU64Response increase(FetchIncreaseU64 request, long timeMs) {
        MetaRecord before = records.get(request.getKey());
        long beforeSeq = before == null ? 0 : before.seq();
        long was = before == null ? 0 : Long.parseLong(before.value().toStringUtf8());
        FetchIncreaseU64Response.Builder response = FetchIncreaseU64Response.newBuilder()
                .setKey(request.getKey())
                .setBeforeSeq(beforeSeq)
                .setBefore(was);
        if (request.hasMatchSeq() && request.getMatchSeq() != beforeSeq) {
            return response.setAfter(was).setAfterSeq(beforeSeq).build();
        }
        long after = Math.max(0, Math.max(was, old ? 0 : request.getMaxValue()) + request.getDelta());
        put(request.getKey(), ByteString.copyFromUtf8(Long.toString(after)), null, timeMs);
        return response.setAfter(after).setAfterSeq(seq).build();
    }

    private void put(String key, ByteString value, @Nullable Long expireAtMs, long timeMs) {
        records.put(key, new MetaRecord(++seq, value, expireAtMs, timeMs));
    }

    private void remove(String key) {
        records.remove(key);
    }
}
