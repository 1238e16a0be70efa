package io.metawal.connectors.databend;

import com.google.protobuf.ByteString;
import io.metawal.connectors.capture.CheckedSink;
import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.connectors.databend.entry.KvRecord;
import io.metawal.connectors.databend.export.ExportCheck;
import io.metawal.connectors.databend.export.ExportVisitor;
import io.metawal.connectors.databend.log.LogEntry;
import io.metawal.connectors.databend.replay.ImageBase;
import io.metawal.connectors.databend.replay.ReplayBase;
import io.metawal.connectors.databend.replay.Replayer;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Log entries as commits. What the image holds already is looked up in a view of it; in memory are what changed since the view, which is
 * renewed as that grows, and the keys that expire.
 */
final class LogCommits implements AutoCloseable {
    private static final long MICROS_PER_MILLI = 1000;

    private final ExportCheck check;
    private final ImportOptions options;
    private final CheckedSink commits;
    private final List<Entry> known = new ArrayList<>();
    private Replayer replayer;
    private @Nullable ImageView view;
    private @Nullable DatabendPosition position;
    private long timeMs;
    private boolean doubtful;

    /** What is done when the entry has been applied that the export's state is at. */
    @FunctionalInterface
    interface AtState {
        void run() throws InterruptedException;
    }

    LogCommits(ExportCheck check, ImportOptions options, CheckedSink commits) {
        this.check = check;
        this.options = options;
        this.commits = commits;
        this.replayer = new Replayer(ReplayBase.EMPTY, options.style(check), options.rules(check), 0);
    }

    /** Remembers what is needed of an entry of the base. */
    void knows(Entry entry) {
        boolean node = entry.entryKey().space().equals(DatabendSpaces.NODE);
        if (node || expires(entry)) {
            known.add(new Entry(entry.entryKey(), ByteString.EMPTY, entry.meta()));
        }
    }

    private static boolean expires(Entry entry) {
        return DatabendSpaces.holdsRecords(entry.entryKey().space())
                && KvRecord.of(entry).meta().expires();
    }

    /** As {@link #goOnFromImage}, for an image that was there before: what is needed of it is read. */
    void readImage() throws InterruptedException {
        try (ImageView image = commits.image();
                EntryIterator entries = image.entries()) {
            entries.forEachRemaining(this::knows);
        }
        goOnFromImage();
    }

    /** Replays on what is in the image, of which all that {@link #knows} needs to be told was told. */
    void goOnFromImage() throws InterruptedException {
        close();
        ImageView image = commits.image();
        view = image;
        Entry sequence = image.find(EntryKey.of(DatabendSpaces.SEQUENCES.name(), "generic-kv"));
        long last = sequence == null ? 0 : Long.parseLong(sequence.value().toStringUtf8());
        replayer = new Replayer(new ImageBase(image), options.style(check), options.rules(check), last);
        for (Entry entry : known) {
            if (entry.entryKey().space().equals(DatabendSpaces.NODE)) {
                replayer.node(entry.entryKey().key().toStringUtf8());
            } else {
                replayer.expires(entry.entryKey().key(), KvRecord.of(entry));
            }
        }
        known.clear();
    }

    /** Commits the entries from {@code from} to {@code to}. */
    ExportVisitor visitor(long from, long to, AtState atState, long stateAt) {
        return new ExportVisitor() {
            @Override
            public void log(LogEntry entry) throws InterruptedException {
                timeMs = Math.max(timeMs, entry.timeMs());
                if (entry.index() >= from && entry.index() <= to) {
                    commit(entry);
                    if (entry.index() == stateAt) {
                        atState.run();
                    }
                }
            }
        };
    }

    /** Behind the last entry that was committed; null where none was. */
    @Nullable
    DatabendPosition position() {
        return position;
    }

    private void commit(LogEntry entry) throws InterruptedException {
        List<Change> changes = replayer.apply(entry);
        boolean timed = entry.timeMs() > 0;
        boolean proven = timed && !doubtful;
        // What an entry without a time changed may have come at any time up to the next that has one.
        doubtful = !timed && (doubtful || !changes.isEmpty());
        if (options.logText() == ImportOptions.LogText.KEPT) {
            changes.add(Change.put(DatabendSpaces.LAST_LOG_ENTRY, ByteString.copyFromUtf8(entry.text())));
        }
        long time = timed ? entry.timeMs() : timeMs > 0 ? timeMs : check.log().firstTimeMs();
        long micros = time > 0 ? time * MICROS_PER_MILLI : CommitDraft.ABSENT;
        DatabendPosition now = DatabendPosition.of(entry);
        position = now;
        CommitBody body = new CommitBody("", DatabendImport.ORIGIN, now.bytes(), "", changes);
        commits.commit(
                proven ? CommitDraft.ofLog(now.index(), micros, body) : CommitDraft.of(now.index(), micros, body));
        if (replayer.changedBytes() > options.changedBytesMax()) {
            ImageView newer = commits.image();
            replayer.rebase(new ImageBase(newer));
            close();
            view = newer;
        }
    }

    @Override
    public void close() {
        ImageView open = view;
        view = null;
        if (open != null) {
            open.close();
        }
    }
}
