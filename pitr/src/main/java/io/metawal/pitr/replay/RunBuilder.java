package io.metawal.pitr.replay;

import io.metawal.metadata.commit.BodyCodec;
import io.metawal.metadata.commit.ChangeVisitor;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.commit.Space;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Folds commits, in any order, into what each left of each key: the newest seq wins, and of one commit's changes the last. An
 * older change of a key that is known already costs a look-up and no copy. Not safe for several threads: each has its own.
 */
final class RunBuilder implements ChangeVisitor {
    /** What a kept entry costs beside its bytes, roughly: map node, key, array header. */
    private static final int OVERHEAD_BYTES = 160;

    private final Map<KeyBytes, RunEntry> newest = new HashMap<>();
    private final KeyBytes probe = new KeyBytes(new Space("probe"), new byte[0], 0, 0);
    private byte[] from = new byte[0];
    private long seq;
    private long bytes;

    void add(CommitRecord record) {
        from = record.array();
        seq = record.seq();
        BodyCodec.scan(record.array(), record.payloadAt(), record.payloadLength(), this);
    }

    @Override
    public void change(
            Space space, int keyAt, int keyLength, Op op, int valueAt, int valueLength, int metaAt, int metaLength) {
        RunEntry known = newest.get(probe.point(space, from, keyAt, keyLength));
        if (known != null && known.seq() > seq) {
            return;
        }
        RunEntry entry = EntryBytes.of(
                space,
                seq,
                op == Op.DELETE,
                new EntryBytes.Fields(from, keyAt, keyLength, valueAt, valueLength, metaAt, metaLength));
        if (known == null) {
            newest.put(entry.key(), entry);
            bytes += entry.bytes().length + OVERHEAD_BYTES;
        } else {
            // The map keeps the older, equal key object: replace it too, or it would keep the older entry's bytes
            // alive.
            newest.remove(known.key());
            newest.put(entry.key(), entry);
            bytes += entry.bytes().length - known.bytes().length;
        }
    }

    /** Roughly what is held in memory. */
    long bytes() {
        return bytes;
    }

    /** The entries in key order; the builder is empty after. */
    List<RunEntry> drain() {
        List<RunEntry> sorted = new ArrayList<>(newest.values());
        newest.clear();
        bytes = 0;
        sorted.sort((a, b) -> a.key().compareTo(b.key()));
        return sorted;
    }
}
