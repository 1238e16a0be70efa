package io.metawal.connectors.risingwave.fold;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.metawal.connectors.risingwave.RwSpaces;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.ImageView;
import java.util.Optional;

/** Compares an image's Hummock version with the newest version delta in the meta store, which the image must have reached. */
public final class NewestDelta {
    private static final EntryKey CURRENT = EntryKey.of("hummock.version", "current");

    private NewestDelta() {}

    /**
     * Empty where the version has the delta, or the image says itself that it is behind.
     *
     * @param id of the newest delta, that was committed before the image was made
     */
    public static Optional<String> contradiction(long id, ByteString raw, ImageView image) {
        Entry current = image.find(CURRENT);
        if (current == null || image.find(RwSpaces.VERSION_STALE) != null) {
            return Optional.empty();
        }
        EntryKey kept = new EntryKey(RwSpaces.UNAPPLIED, ByteString.copyFromUtf8(Long.toUnsignedString(id)));
        long version = version(current);
        Entry last = image.find(RwSpaces.LAST_DELTA);
        boolean reached = Long.compareUnsigned(version, id) > 0
                || version == id && (last == null || last.value().equals(raw))
                || image.find(kept) != null;
        return reached
                ? Optional.empty()
                : Optional.of(CURRENT.space() + "/" + CURRENT.key().toStringUtf8() + " is version "
                        + Long.toUnsignedString(version) + ", but the newest version delta of the source is "
                        + Long.toUnsignedString(id) + (version == id ? ", of other bytes" : ""));
    }

    private static long version(Entry current) {
        try {
            return HummockVersion.parseFrom(current.value()).getId();
        } catch (InvalidProtocolBufferException e) {
            throw new CorruptException("the entry " + CURRENT + " is no Hummock version: " + e.getMessage(), e);
        }
    }
}
