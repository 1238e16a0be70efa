package io.metawal.connectors.databend;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.connectors.databend.entry.ExportForm;
import io.metawal.connectors.databend.entry.KvRecord;
import io.metawal.connectors.databend.export.ExpireDrift;
import io.metawal.connectors.databend.export.ExportCheck;
import io.metawal.connectors.databend.export.ExportReader;
import io.metawal.connectors.databend.export.ExportVisitor;
import io.metawal.connectors.databend.export.StateSummary;
import io.metawal.connectors.databend.log.LogId;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryHash;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An export's state lines as the entries that they stand for. */
final class StateEntries implements ExportVisitor {
    private final Each each;

    /** Is given each entry. */
    @FunctionalInterface
    interface Each {
        void entry(Entry entry) throws InterruptedException;
    }

    private StateEntries(Each each) {
        this.each = each;
    }

    static void read(ExportReader reader, ExportCheck check, Each each) throws InterruptedException {
        StateSummary state = check.state();
        if (!state.tree().equals(ExportForm.TREE_USUAL)) {
            each.entry(ExportForm.entry(ExportForm.TREE, state.tree()));
        }
        if (state.expireForm() != ExportForm.Expire.ONE) {
            each.entry(ExportForm.entry(ExportForm.EXPIRE, state.expireForm().name()));
        }
        StateEntries entries = new StateEntries(each);
        for (String line : check.unknownRaft()) {
            entries.other("raft", line);
        }
        Map<EntryKey, String> drift = ExpireDrift.of(reader, state);
        for (Map.Entry<EntryKey, String> line : drift.entrySet()) {
            each.entry(ExportForm.entry(line.getKey(), line.getValue()));
        }
        reader.read(EnumSet.of(ExportReader.Part.STATE), entries);
    }

    private void tell(Space space, String key, String value) throws InterruptedException {
        each.entry(ExportForm.entry(new EntryKey(space, ByteString.copyFromUtf8(key)), value));
    }

    @Override
    public void sequences(String key, long value) throws InterruptedException {
        tell(DatabendSpaces.SEQUENCES, key, Long.toString(value));
    }

    @Override
    public void meta(String key, String value, @Nullable LogId logId) throws InterruptedException {
        Space space = key.equals("LastApplied")
                ? DatabendSpaces.LAST_APPLIED
                : key.equals("LastMembership") ? DatabendSpaces.LAST_MEMBERSHIP : DatabendSpaces.META;
        tell(space, key, value);
    }

    @Override
    public void node(String id, String node) throws InterruptedException {
        tell(DatabendSpaces.NODE, id, node);
    }

    @Override
    public void kv(ByteString key, KvRecord record) throws InterruptedException {
        each.entry(record.entry(key));
    }

    @Override
    public void other(String variant, String line) throws InterruptedException {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        String hash = EntryHash.of(bytes, 0, bytes.length).toString().substring(0, 32);
        tell(DatabendSpaces.UNKNOWN_LINE, variant + "/" + hash, line);
    }
}
