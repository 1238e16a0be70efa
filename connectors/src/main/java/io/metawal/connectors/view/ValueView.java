package io.metawal.connectors.view;

import com.fasterxml.jackson.databind.JsonNode;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import java.util.Optional;

/** How the entries of one kind of service are shown to people. It never says more than was asked: what is secret stays so. */
public interface ValueView {
    /** Whether the space is one of this service's. */
    boolean knows(EntryKey key);

    /** What people call the thing, such as {@code db.table}; empty where the key says it already, or nothing is known. */
    Optional<String> name(Entry entry);

    /** The value in words, without any secret; empty where it is only bytes. */
    Optional<JsonNode> decoded(Entry entry);

    /** Whether the value may hold a secret, so that its bytes are shown only when asked for. */
    boolean sensitive(EntryKey key);

    /** The same, of a value that is at hand: it may tell what its key does not. */
    default boolean sensitive(Entry entry) {
        return sensitive(entry.entryKey());
    }
}
