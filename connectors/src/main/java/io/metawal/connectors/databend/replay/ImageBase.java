package io.metawal.connectors.databend.replay;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.connectors.databend.entry.KvRecord;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** An image's records. A scan goes through the whole image. */
public record ImageBase(ImageView view) implements ReplayBase {
    @Override
    public @Nullable KvRecord find(ByteString key) {
        for (EntryKey candidate : DatabendSpaces.candidates(key)) {
            Entry entry = view.find(candidate);
            if (entry != null) {
                return KvRecord.of(entry);
            }
        }
        return null;
    }

    @Override
    public void scan(ByteString prefix, BiConsumer<ByteString, KvRecord> records) {
        try (EntryIterator entries = view.entries()) {
            while (entries.hasNext()) {
                Entry entry = entries.next();
                if (entry.entryKey().key().startsWith(prefix)
                        && DatabendSpaces.holdsRecords(entry.entryKey().space())) {
                    records.accept(entry.entryKey().key(), KvRecord.of(entry));
                }
            }
        }
    }
}
