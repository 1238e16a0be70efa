package io.metawal.connectors.databend.replay;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.entry.KvRecord;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The records as they were before what is being replayed. */
public interface ReplayBase {
    ReplayBase EMPTY = new ReplayBase() {
        @Override
        public @Nullable KvRecord find(ByteString key) {
            return null;
        }

        @Override
        public void scan(ByteString prefix, BiConsumer<ByteString, KvRecord> records) {}
    };

    @Nullable
    KvRecord find(ByteString key);

    /** Shows all records whose keys begin so, in any order. */
    void scan(ByteString prefix, BiConsumer<ByteString, KvRecord> records);
}
