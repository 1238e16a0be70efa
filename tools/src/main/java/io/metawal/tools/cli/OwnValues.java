package io.metawal.tools.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.metawal.connectors.view.ValueView;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import java.util.Optional;

/**
 * Of commits that a program made itself, in spaces that it named as it liked: a value is what a known service would have there only where
 * it can be read as such.
 */
record OwnValues(ValueView known) implements ValueView {
    @Override
    public boolean knows(EntryKey key) {
        return known.knows(key);
    }

    @Override
    public Optional<String> name(Entry entry) {
        return known.name(entry);
    }

    @Override
    public Optional<JsonNode> decoded(Entry entry) {
        return known.decoded(entry);
    }

    @Override
    public boolean sensitive(EntryKey key) {
        return false;
    }

    @Override
    public boolean sensitive(Entry entry) {
        return known.sensitive(entry) && known.decoded(entry).isPresent();
    }
}
