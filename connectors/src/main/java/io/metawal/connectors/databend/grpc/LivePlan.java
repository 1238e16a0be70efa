package io.metawal.connectors.databend.grpc;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.entry.DatabendMonotonic;
import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.connectors.databend.entry.KvRecord;
import io.metawal.connectors.databend.log.ServerRules;
import io.metawal.connectors.databend.replay.ImageBase;
import io.metawal.metadata.commit.Category;
import io.metawal.metadata.commit.CategoryRules;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.MonotonicForm;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What takes the records that a service holds to those of a point: a merge of two sorted sequences, in memory for one entry of each. What comes
 * and goes by itself is left as it is; a counter is raised where it is behind, never lowered, and never deleted. It also finds out
 * whether both are of one cluster: there, a seq is given once, so a record whose seq the point had seen is one that the point had;
 * and where no record is as it was, the log still has the entry that the point is of. For one thread.
 */
final class LivePlan implements AutoCloseable {
    private static final long EXPIRED_MARGIN_MS = 1000;
    private static final DatabendMonotonic MONOTONIC = new DatabendMonotonic();

    private final ImageView present;
    private final ImageBase records;
    private final EntryIterator entries;
    private final WriteBatches batches;
    private final ServerRules rules;
    private final long nowMs;
    private final RecordSum expected;
    private final @Nullable String entryThere;
    private @Nullable Entry ahead;
    private boolean sameEntry;
    private long shared;
    private long seqSeen;
    private long foreignSeq = Long.MAX_VALUE;
    private String foreignKey = "";
    private long ephemeral;
    private long expired;
    private long deletes;
    private long puts;
    private long counters;

    /**
     * @param entryThere the service's log entry of the point's index, as its export has it; null where it is purged
     * @param rules of the service
     */
    LivePlan(ImageView present, @Nullable String entryThere, ServerRules rules, WriteBatches batches, long nowMs) {
        this.entryThere = entryThere;
        this.rules = rules;
        this.present = present;
        this.records = new ImageBase(present);
        this.entries = present.entries();
        this.batches = batches;
        this.nowMs = nowMs;
        this.expected = new RecordSum(nowMs);
        turn();
    }

    private void turn() {
        ahead = null;
        while (ahead == null && entries.hasNext()) {
            Entry next = entries.next();
            if (RecordSum.restored(next.entryKey())) {
                ahead = next;
            }
        }
    }

    /** Takes the next entry of the point, in key order. */
    void want(Entry wanted) {
        EntryKey key = wanted.entryKey();
        if (key.equals(DatabendSpaces.LAST_LOG_ENTRY)) {
            sameEntry = wanted.value().toStringUtf8().equals(entryThere);
        } else if (RecordSum.restored(key)) {
            Entry forward = forward(wanted);
            expected.add(forward);
            deleteBefore(key);
            compare(forward, KvRecord.of(forward));
        } else if (DatabendSpaces.holdsRecords(key.space())) {
            if (CategoryRules.DEFAULT.categoryOf(key) == Category.EPHEMERAL) {
                ephemeral++;
            } else {
                raise(key.key(), wanted.value());
            }
        }
    }

    /** What only rises is as far on as the service has it. */
    private Entry forward(Entry wanted) {
        EntryKey key = wanted.entryKey();
        KvRecord found = MONOTONIC.fits(key) ? records.find(key.key()) : null;
        return found == null ? wanted : MONOTONIC.forward(wanted, found.entry(key.key()));
    }

    private void compare(Entry wanted, KvRecord record) {
        ByteString key = wanted.entryKey().key();
        seqSeen = Math.max(seqSeen, record.seq());
        Entry beside = ahead;
        KvRecord found;
        if (beside != null && beside.entryKey().equals(wanted.entryKey())) {
            found = KvRecord.of(beside);
            turn();
        } else {
            found = records.find(key);
        }
        if (found != null && found.means(record)) {
            shared++;
            return;
        }
        if (found != null) {
            foreign(key, found.seq());
            if (found.data().equals(record.data())
                    && found.meta().expireMs() == record.meta().expireMs()) {
                return;
            }
        }
        boolean expires = record.meta().expires();
        long expireMs = record.meta().expireMs();
        if (expires && Long.compareUnsigned(expireMs, nowMs + EXPIRED_MARGIN_MS) < 0) {
            expired++;
            if (found != null) {
                delete(key, found);
            }
            return;
        }
        puts++;
        batches.put(
                key.toStringUtf8(),
                record.data(),
                expires ? (Long) expireAt(expireMs) : null,
                WriteBatches.Found.of(found));
    }

    private long expireAt(long expireMs) {
        return rules.ttl() == ServerRules.Ttl.SECONDS ? Long.divideUnsigned(expireMs, 1000) : expireMs;
    }

    private void raise(ByteString key, ByteString value) {
        Long wanted = Counters.number(value);
        if (wanted == null) {
            // An id generator is empty: the id is the seq, which only rises.
            return;
        }
        KvRecord found = records.find(key);
        Long now = found == null ? null : Counters.number(found.data());
        if (found != null && now == null || now != null && Long.compareUnsigned(now, wanted) >= 0) {
            return;
        }
        counters++;
        if (rules.floor() == ServerRules.Floor.KNOWN) {
            batches.atLeast(key.toStringUtf8(), wanted);
        } else {
            batches.put(key.toStringUtf8(), value, null, WriteBatches.Found.of(found));
        }
    }

    private void deleteBefore(@Nullable EntryKey key) {
        while (ahead != null && (key == null || ahead.entryKey().compareTo(key) < 0)) {
            Entry gone = ahead;
            KvRecord record = KvRecord.of(gone);
            foreign(gone.entryKey().key(), record.seq());
            if (MONOTONIC.fits(gone.entryKey()) && MONOTONIC.later(gone.entryKey()) == MonotonicForm.Later.WRITTEN) {
                expected.add(gone);
            } else {
                delete(gone.entryKey().key(), record);
            }
            turn();
        }
    }

    private void delete(ByteString key, KvRecord found) {
        deletes++;
        batches.delete(key.toStringUtf8(), WriteBatches.Found.of(found));
    }

    private void foreign(ByteString key, long seq) {
        if (seq < foreignSeq) {
            foreignSeq = seq;
            foreignKey = key.toStringUtf8();
        }
    }

    /** All entries of the point have been given. */
    void end() {
        deleteBefore(null);
        batches.end();
    }

    /** Why this is not the cluster that the point is of; null where it is. */
    @Nullable
    String otherCluster() {
        if (foreignSeq <= seqSeen) {
            return foreignKey + " has seq " + foreignSeq + " there, which the point, whose records go up to seq "
                    + seqSeen + ", has given to something else";
        }
        return shared == 0 && !sameEntry
                ? "it holds none of the records of the point, whose seqs go up to " + seqSeen
                        + ", nor the log entry that the point is of"
                : null;
    }

    /** The sum of the records that the point has: what the service must have in the end. */
    RecordSum expected() {
        return expected;
    }

    long ephemeral() {
        return ephemeral;
    }

    /** For the operator, a line each. */
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        notes.add(shared + " records were as they were at the point; " + puts + " put, " + deletes + " deleted, "
                + counters + " counters raised, in " + batches.transactions() + " transactions");
        if (ephemeral > 0) {
            notes.add(ephemeral + " records that come and go by themselves were left as the service has them");
        }
        if (expired > 0) {
            notes.add(
                    expired
                            + " records of the point have expired since and were not brought back, as they would have gone by themselves");
        }
        return notes;
    }

    @Override
    public void close() {
        entries.close();
        present.close();
    }
}
