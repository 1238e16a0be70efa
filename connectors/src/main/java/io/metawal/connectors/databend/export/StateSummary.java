package io.metawal.connectors.databend.export;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.entry.ExportForm;
import io.metawal.connectors.databend.entry.KvRecord;
import io.metawal.connectors.databend.entry.RecordMeta;
import io.metawal.connectors.databend.entry.StateLines;
import io.metawal.connectors.databend.log.FieldException;
import io.metawal.connectors.databend.log.LogId;
import io.metawal.connectors.databend.replay.MetaStyle;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.EntryHash;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an export's state lines say together, checked against each other. In memory for nodes and the like, not for records. */
public final class StateSummary {
    private String tree = ExportForm.TREE_USUAL;
    private StateLines lines = new StateLines(tree);
    private final Set<String> singles = new HashSet<>();
    private @Nullable LogId lastApplied;
    private boolean any;
    private long sequence = -1;
    private long seqMax;
    private ByteString seqMaxKey = ByteString.EMPTY;
    private long records;
    private long expiring;
    private @Nullable ByteString lastKey;
    private ExportForm.@Nullable Expire form;
    private boolean expireAfterRecords;
    private @Nullable ByteString lastExpiring;
    private Digest expireLines = Digest.EMPTY;
    private Digest expireDerived = Digest.EMPTY;
    private boolean proposed;
    private boolean millis;
    private boolean empty;
    private boolean expireNull;

    void tree(String name) {
        tree = name;
        lines = new StateLines(name);
    }

    void single(String variant, String key) throws FieldException {
        any = true;
        if (!singles.add(variant + "/" + key)) {
            throw new FieldException(variant + ".key", "one line for \"" + key + "\"", "another");
        }
    }

    void sequences(String key, long value) throws FieldException {
        single("Sequences", key);
        sequence = key.equals("generic-kv") ? value : sequence;
    }

    void meta(String key, @Nullable LogId logId) throws FieldException {
        single("StateMachineMeta", key);
        if (key.equals("LastApplied")) {
            if (logId == null) {
                throw new FieldException("StateMachineMeta.value", "a LogId", "another value");
            }
            lastApplied = logId;
        }
    }

    void expire(long seq, ByteString key, ExportVisitor.Expire line) {
        any = true;
        lastExpiring = lastExpiring == null || less(lastExpiring, key) ? key : lastExpiring;
        if (form == null) {
            Long value = line.valueSeq();
            form = value == null
                    ? ExportForm.Expire.ABSENT
                    : value == seq && seq != 1 ? ExportForm.Expire.SAME : ExportForm.Expire.ONE;
            expireAfterRecords = expiring > 0;
        }
        expireLines = expireLines.plus(hash(line.line()));
    }

    private static Digest hash(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        return EntryHash.of(bytes, 0, bytes.length);
    }

    void kv(ByteString key, KvRecord record) throws FieldException {
        any = true;
        if (lastKey != null && !less(lastKey, key)) {
            throw new FieldException(
                    "GenericKV.key",
                    "a key greater than the one before, \"" + lastKey.toStringUtf8() + "\"",
                    "\"" + key.toStringUtf8() + "\"");
        }
        lastKey = key;
        records++;
        if (record.seq() > seqMax) {
            seqMax = record.seq();
            seqMaxKey = key;
        }
        RecordMeta meta = record.meta();
        empty |= meta.equals(RecordMeta.EMPTY);
        expireNull |= meta.equals(RecordMeta.EXPIRE_NULL);
        proposed = proposed || meta.text().contains("\"proposed_at_ms\"");
        if (meta.expires()) {
            millis |= meta.inMillis();
            expiring++;
            if (form != null) {
                expireDerived = expireDerived.plus(hash(lines.expire(key, meta.expireMs(), record.seq(), form)));
            }
        }
    }

    /** Checks what only the whole shows. */
    void finish(String file) {
        if (sequence >= 0 && seqMax > sequence) {
            throw ExportFault.of(
                    file,
                    0,
                    "Sequences.value",
                    "at least the greatest seq of a record, " + seqMax + " of \"" + seqMaxKey.toStringUtf8() + "\"",
                    "" + sequence,
                    null);
        }
    }

    private static boolean less(ByteString a, ByteString b) {
        return ByteString.unsignedLexicographicalComparator().compare(a, b) < 0;
    }

    /**
     * What should stand behind the last line and does not. Until V002, Sequences come last; from V003 on they come first, and Expire lines
     * before the records, which are sorted by key.
     */
    Optional<String> missing() {
        if (records > 0 && sequence < 0) {
            return Optional.of("no line tells the Sequences \"generic-kv\", which every record's seq was taken from");
        }
        if (lastExpiring != null && (lastKey == null || less(lastKey, lastExpiring))) {
            return Optional.of(
                    "the record \"" + lastExpiring.toStringUtf8() + "\", of which an Expire line tells, is missing");
        }
        return Optional.empty();
    }

    /** The last record's key, which is the greatest. */
    public Optional<ByteString> lastKey() {
        return Optional.ofNullable(lastKey);
    }

    /** Whether there are any state lines. */
    public boolean any() {
        return any;
    }

    public String tree() {
        return tree;
    }

    public Optional<LogId> lastApplied() {
        return Optional.ofNullable(lastApplied);
    }

    /** The last seq given: as it says, or, where it does not, the greatest of a record. */
    public long sequence() {
        return Math.max(sequence, seqMax);
    }

    public long records() {
        return records;
    }

    public ExportForm.Expire expireForm() {
        return form != null ? form : expiring > 0 ? ExportForm.Expire.NO_LINES : ExportForm.Expire.ONE;
    }

    /** Whether the Expire lines are just those that follow from the records. */
    public boolean expireFollows() {
        return form == null || !expireAfterRecords && expireLines.equals(expireDerived);
    }

    /** Whether any record expires at a time that is in milliseconds. */
    boolean millis() {
        return millis;
    }

    /** How what stands beside a record is written. */
    public MetaStyle style(ExportVersion version) {
        if (proposed) {
            return MetaStyle.PROPOSED;
        }
        if (empty || expireNull) {
            return empty ? MetaStyle.EMPTY : MetaStyle.EXPIRE_NULL;
        }
        return switch (version) {
            case V0 -> MetaStyle.NULL;
            case V001, V002, V003 -> MetaStyle.EXPIRE_NULL;
            case V004 -> MetaStyle.EMPTY;
        };
    }
}
