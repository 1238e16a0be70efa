package io.metawal.connectors.databend.replay;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.entry.KvRecord;
import io.metawal.connectors.databend.entry.RecordMeta;
import io.metawal.connectors.databend.log.Command;
import io.metawal.connectors.databend.log.Command.UpsertOp;
import io.metawal.connectors.databend.log.Condition;
import io.metawal.connectors.databend.log.Operation;
import io.metawal.connectors.databend.log.Operation.Branch;
import io.metawal.connectors.databend.log.Operation.Expiry;
import io.metawal.connectors.databend.log.Predicate;
import io.metawal.connectors.databend.log.ServerRules;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the commands on records do to them. */
final class KvCommands {
    private static final Pattern U64 = Pattern.compile("[ \\t\\r\\n]*(0|[1-9]\\d{0,19})[ \\t\\r\\n]*");

    private final Records records;
    private final MetaStyle style;
    private final ServerRules rules;
    private long sequence;
    private long timeMs;

    KvCommands(Records records, MetaStyle style, ServerRules rules, long sequence) {
        this.records = records;
        this.style = style;
        this.rules = rules;
        this.sequence = sequence;
    }

    long sequence() {
        return sequence;
    }

    /** An entry of this time comes; 0 for none. */
    void begin(long entryTimeMs) {
        timeMs = entryTimeMs;
        if (timeMs > 0) {
            for (ByteString key : records.expired(timeMs)) {
                records.set(key, records.find(key), null);
            }
        }
    }

    void upsert(Command.Upsert upsert) {
        KvRecord old = records.find(upsert.key());
        long seq = old == null ? 0 : old.seq();
        if (seq >= upsert.matchFrom() && seq <= upsert.matchTo()) {
            set(upsert.key(), old, upsert.op(), upsert.value(), upsert.meta());
        }
    }

    private void set(ByteString key, @Nullable KvRecord old, UpsertOp op, ByteString value, @Nullable Expiry expiry) {
        if (op == UpsertOp.DELETE) {
            records.set(key, old, null);
            return;
        }
        if (op == UpsertOp.AS_IS && old == null) {
            return;
        }
        RecordMeta meta = style.of(expiry, timeMs, rules.ttl());
        ByteString data = op == UpsertOp.AS_IS && old != null ? old.data() : value;
        sequence++;
        boolean expired = Long.compareUnsigned(meta.expireMs(), timeMs) < 0;
        records.set(key, old, expired ? null : new KvRecord(sequence, meta, data));
    }

    private void put(ByteString key, ByteString value, Expiry expiry) {
        set(key, records.find(key), UpsertOp.UPDATE, value, expiry);
    }

    void transaction(Command.Transaction transaction) {
        for (Branch branch : transaction.branches()) {
            if (holds(branch.predicate())) {
                branch.operations().forEach(this::execute);
                return;
            }
        }
    }

    private boolean holds(Predicate predicate) {
        if (predicate instanceof Predicate.Leaf leaf) {
            return holds(leaf.condition());
        }
        if (predicate instanceof Predicate.And and) {
            return and.members().stream().allMatch(this::holds);
        }
        if (predicate instanceof Predicate.Any any) {
            return holdsAny(any.members());
        }
        return predicate instanceof Predicate.Or or && (rules.or() == ServerRules.Or.ALWAYS || holdsAny(or.members()));
    }

    private boolean holdsAny(List<Predicate> members) {
        return members.isEmpty() || members.stream().anyMatch(this::holds);
    }

    private boolean holds(Condition condition) {
        return switch (condition.target()) {
            case SEQ -> {
                KvRecord record = records.find(condition.key());
                long seq = record == null ? 0 : record.seq();
                yield condition.compare().holds(Long.compareUnsigned(seq, condition.number()));
            }
            case VALUE -> {
                KvRecord record = records.find(condition.key());
                yield record != null
                        && condition
                                .compare()
                                .holds(ByteString.unsignedLexicographicalComparator()
                                        .compare(record.data(), condition.bytes()));
            }
            case KEYS_WITH_PREFIX ->
                condition
                        .compare()
                        .holds(Long.compareUnsigned(
                                records.keys(condition.key()).size(), condition.number()));
        };
    }

    private void execute(Operation operation) {
        if (operation instanceof Operation.Put put) {
            if (matches(put.key(), put.matchSeq())) {
                put(put.key(), put.value(), put.expiry());
            }
        } else if (operation instanceof Operation.Delete delete) {
            if (matches(delete.key(), delete.matchSeq())) {
                records.set(delete.key(), records.find(delete.key()), null);
            }
        } else if (operation instanceof Operation.DeleteByPrefix delete) {
            for (ByteString key : records.keys(delete.prefix())) {
                records.set(key, records.find(key), null);
            }
        } else if (operation instanceof Operation.FetchIncrease increase) {
            if (matches(increase.key(), increase.matchSeq())) {
                increase(increase.key(), increase.delta(), increase.floor());
            }
        } else if (operation instanceof Operation.PutSequential put) {
            String number = sequential(counter(put.sequenceKey()));
            increase(put.sequenceKey(), 1, 0);
            put(put.prefix().concat(ByteString.copyFromUtf8(number)), put.value(), put.expiry());
        }
    }

    /** 21 digits in groups of three: {@code 000_000_000_000_000_000_007}. */
    private static String sequential(long number) {
        String digits = String.format(Locale.ROOT, "%21s", Long.toUnsignedString(number))
                .replace(' ', '0');
        return String.join("_", digits.split("(?<=\\G...)"));
    }

    private boolean matches(ByteString key, @Nullable Long seq) {
        KvRecord record = records.find(key);
        return seq == null || seq == (record == null ? 0 : record.seq());
    }

    private long counter(ByteString key) {
        KvRecord record = records.find(key);
        String text = record == null ? "" : record.data().toStringUtf8();
        try {
            var m = U64.matcher(text);
            return m.matches() ? Long.parseUnsignedLong(m.group(1)) : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private void increase(ByteString key, long delta, long floor) {
        long now = counter(key);
        long from = Long.compareUnsigned(now, floor) < 0 ? floor : now;
        long to = from + delta;
        if (delta >= 0 && Long.compareUnsigned(to, from) < 0) {
            to = -1;
        } else if (delta < 0 && Long.compareUnsigned(to, from) > 0) {
            to = 0;
        }
        put(key, ByteString.copyFromUtf8(Long.toUnsignedString(to)), Expiry.NEVER);
    }
}
