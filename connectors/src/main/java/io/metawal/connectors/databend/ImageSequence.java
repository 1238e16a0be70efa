package io.metawal.connectors.databend;

import io.metawal.connectors.databend.entry.DatabendSpaces;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.ImageView;
import java.util.Optional;

/** The last seq that was given, as an image has it. */
final class ImageSequence {
    private static final EntryKey KEY = EntryKey.of(DatabendSpaces.SEQUENCES.name(), "generic-kv");

    private ImageSequence() {}

    static Optional<Long> of(ImageView view) {
        Entry sequence = view.find(KEY);
        return sequence == null
                ? Optional.empty()
                : Optional.of(Long.valueOf(sequence.value().toStringUtf8()));
    }
}
