package io.metawal.connectors.databend.export;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.entry.ExportForm;
import io.metawal.connectors.databend.entry.KvRecord;
import io.metawal.connectors.databend.entry.StateLines;
import io.metawal.metadata.commit.EntryKey;
import java.util.EnumSet;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where an export's Expire lines are not those that follow from its records: the lines that differ or are too many, as they are, and for
 * those that are missing an empty text. In memory for every Expire line, so only done where the sums differ.
 */
public final class ExpireDrift implements ExportVisitor {
    private final TreeMap<EntryKey, String> drift = new TreeMap<>();
    private final TreeMap<EntryKey, String> derived = new TreeMap<>();
    private final ExportForm.Expire form;
    private final StateLines lines;

    private ExpireDrift(StateSummary state) {
        this.form = state.expireForm();
        this.lines = new StateLines(state.tree());
    }

    public static Map<EntryKey, String> of(ExportReader reader, StateSummary state) throws InterruptedException {
        if (state.expireFollows()) {
            return Map.of();
        }
        ExpireDrift visitor = new ExpireDrift(state);
        reader.read(EnumSet.of(ExportReader.Part.STATE), visitor);
        visitor.derived.forEach((key, line) -> {
            if (!visitor.drift.remove(key, line)) {
                visitor.drift.putIfAbsent(key, "");
            }
        });
        return visitor.drift;
    }

    @Override
    public void expire(long timeMs, long seq, ByteString key, Expire line) {
        drift.put(StateLines.expireKey(timeMs, seq, key), line.line());
    }

    @Override
    public void kv(ByteString key, KvRecord record) {
        if (record.meta().expires()) {
            long time = record.meta().expireMs();
            derived.put(StateLines.expireKey(time, record.seq(), key), lines.expire(key, time, record.seq(), form));
        }
    }
}
