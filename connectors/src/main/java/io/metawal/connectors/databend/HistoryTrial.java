package io.metawal.connectors.databend;

import io.metawal.connectors.databend.export.ExportCheck;
import io.metawal.connectors.databend.export.ExportReader;
import io.metawal.connectors.databend.export.ExportVisitor;
import io.metawal.connectors.databend.log.LogEntry;
import io.metawal.connectors.databend.log.ServerRules;
import io.metawal.connectors.databend.replay.ReplayBase;
import io.metawal.connectors.databend.replay.Replayer;
import io.metawal.metadata.commit.Chain;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.image.Provenance;
import java.util.EnumSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Whether the log, replayed from nothing, leads to the export's state: only then is it history. In memory. */
final class HistoryTrial {
    /** What a reason begins with that is a finding. */
    static final String DIFFERS = "the log, replayed, differs from";

    private final ExportReader reader;
    private final ExportCheck check;
    private final ServerRules rules;
    private final TreeMap<EntryKey, Entry> image = new TreeMap<>();

    HistoryTrial(ExportReader reader, ExportCheck check, ServerRules rules) {
        this.reader = reader;
        this.check = check;
        this.rules = rules;
    }

    /** Why it is not history; empty where it is. */
    String run(long begin, long applied, long bytesMax) throws InterruptedException {
        long bytes = check.log().upTo(applied).bytes();
        if (bytes > bytesMax) {
            return "the log from index " + begin + " to " + applied + " has " + bytes + " characters, more than "
                    + bytesMax + ": it was not replayed to see whether it is the whole history";
        }
        Replayer replayer = new Replayer(ReplayBase.EMPTY, check.state().style(check.version()), rules, 0);
        reader.read(EnumSet.of(ExportReader.Part.RAFT), new ExportVisitor() {
            @Override
            public void log(LogEntry entry) {
                if (entry.index() <= applied) {
                    replayer.apply(entry).forEach(HistoryTrial.this::change);
                }
            }
        });
        Discrepancies found = new Discrepancies(null);
        new StateDiff(reader, check).run(new Trial(), found);
        if (found.onlyLackingBehind(check.state().lastKey().orElse(null))) {
            throw check.cut("its own log, replayed, leaves there what is missing, " + found.say());
        }
        return found.count() == 0 ? "" : DIFFERS + " the export's own state at index " + applied + " in " + found.say();
    }

    private void change(Change change) {
        if (change.op() == Op.DELETE) {
            image.remove(change.entryKey());
        } else {
            image.put(change.entryKey(), Entry.of(change));
        }
    }

    private final class Trial implements ImageView {
        @Override
        public Provenance provenance() {
            return new Provenance(1, 0, 0, 0, Chain.GENESIS, new Digest(0, 0, image.size()));
        }

        @Override
        public @Nullable Entry find(EntryKey key) {
            return image.get(key);
        }

        @Override
        public EntryIterator entries() {
            return EntryIterator.of(image.values());
        }

        @Override
        public void close() {}
    }
}
