package io.metawal.metadata.image;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.EntryKey;

/** A key that exists, with its value and what the source knows beside it (canonical JSON, empty where nothing). */
public record Entry(EntryKey entryKey, ByteString value, ByteString meta) {
    /** What a put leaves behind. */
    public static Entry of(Change put) {
        return new Entry(put.entryKey(), put.value(), put.meta());
    }
}
