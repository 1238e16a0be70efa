package io.metawal.connectors.databend;

import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.BaseCommits;
import io.metawal.connectors.capture.CheckedSink;
import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.connectors.databend.entry.KvRecord;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.SourceDifference;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.CommitSink;
import java.util.Optional;

/**
 * What a service itself lists that it holds, against an image of the same log entry (I12): no export and no replay takes part in it. A service
 * lists nothing that has expired, whether that is cleaned yet or not; so such a record may be in the image alone.
 */
public final class ListedState {
    /** Clocks may be so far apart. */
    private static final long CLOCKS_MS_MAX = 60_000;

    private static final EntryKey SEQUENCE = EntryKey.of(DatabendSpaces.SEQUENCES.name(), "generic-kv");

    private final Records records;
    private final long lastSeq;
    private final long nowMs;

    /** The records, as often as they are asked for. */
    @FunctionalInterface
    public interface Records {
        void forEach(Each each) throws InterruptedException;
    }

    /** Is shown a record. */
    @FunctionalInterface
    public interface Each {
        void take(ByteString key, KvRecord record) throws InterruptedException;
    }

    /** @param lastSeq the seq that the service gave last */
    public ListedState(Records records, long lastSeq, long nowMs) {
        this.records = records;
        this.lastSeq = lastSeq;
        this.nowMs = nowMs;
    }

    /** What differs, in words; empty where nothing does. */
    public Optional<String> difference(ImageView view) throws InterruptedException {
        Discrepancies found = new Discrepancies(null);
        run(view, found);
        return found.count() == 0 ? Optional.empty() : Optional.of(found.say());
    }

    /**
     * Compares the image of a sink, and where it differs takes over what the service lists, behind a gap.
     *
     * @param position of the sink's last commit, which is of the entry that the service was at when it was asked
     * @return what differed, in words; empty where nothing did
     */
    public Optional<String> takeOver(ByteString position, CommitSink sink) throws InterruptedException {
        DatabendPosition at = DatabendPosition.parse(position);
        Discrepancies found = new Discrepancies(null);
        try (ImageView view = sink.image()) {
            run(view, found);
            if (found.count() == 0) {
                sink.compared(new SourceDifference.Agreed(view.provenance().seq(), at.index()));
                return Optional.empty();
            }
            CheckedSink commits = new CheckedSink(sink);
            String reason = new SourceDifference(found.count(), sink.lastCompared(), found.first()).toString();
            BaseCommits pieces = new BaseCommits(
                    new BaseCommits.Place(
                            DatabendImport.ORIGIN,
                            at.index(),
                            CommitDraft.ABSENT,
                            at.inBase(at.index()).bytes(),
                            at.bytes(),
                            reason),
                    commits);
            run(view, new Discrepancies(pieces));
            pieces.finish();
            commits.settle();
        }
        return Optional.of(found.say());
    }

    private void run(ImageView view, StateDiff.Differences differences) throws InterruptedException {
        KeySet listed = new KeySet();
        records.forEach((key, record) -> {
            Entry wanted = record.entry(key);
            listed.add(wanted.entryKey());
            Entry present = view.find(wanted.entryKey());
            if (present == null || !KvRecord.of(present).means(record)) {
                differences.put(wanted, present);
            }
        });
        Entry sequence = view.find(SEQUENCE);
        Entry wanted = Entry.of(Change.put(SEQUENCE, ByteString.copyFromUtf8("" + lastSeq)));
        boolean none = sequence == null && lastSeq == 0;
        if (!none && (sequence == null || !sequence.value().equals(wanted.value()))) {
            differences.put(wanted, sequence);
        }
        try (EntryIterator entries = view.entries()) {
            while (entries.hasNext()) {
                Entry entry = entries.next();
                EntryKey key = entry.entryKey();
                if (DatabendSpaces.holdsRecords(key.space()) && !listed.contains(key) && !mayHaveExpired(entry)) {
                    differences.delete(entry);
                }
            }
        }
    }

    private boolean mayHaveExpired(Entry entry) {
        KvRecord record = KvRecord.of(entry);
        return record.meta().expires() && Long.compareUnsigned(record.meta().expireMs(), nowMs + CLOCKS_MS_MAX) < 0;
    }
}
