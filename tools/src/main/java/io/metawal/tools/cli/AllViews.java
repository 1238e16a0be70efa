package io.metawal.tools.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.metawal.connectors.view.ValueView;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import java.util.List;
import java.util.Optional;

/** Several services' views as one: the first that knows a space says what is in it, and what any of them holds secret is. */
record AllViews(List<ValueView> views) implements ValueView {
    AllViews {
        views = List.copyOf(views);
    }

    @Override
    public boolean knows(EntryKey key) {
        return views.stream().anyMatch(view -> view.knows(key));
    }

    private Optional<ValueView> of(EntryKey key) {
        return views.stream().filter(view -> view.knows(key)).findFirst();
    }

    @Override
    public Optional<String> name(Entry entry) {
        return of(entry.entryKey()).flatMap(view -> view.name(entry));
    }

    @Override
    public Optional<JsonNode> decoded(Entry entry) {
        return of(entry.entryKey()).flatMap(view -> view.decoded(entry));
    }

    @Override
    public boolean sensitive(EntryKey key) {
        return views.stream().anyMatch(view -> view.knows(key) && view.sensitive(key));
    }

    @Override
    public boolean sensitive(Entry entry) {
        return views.stream().anyMatch(view -> view.knows(entry.entryKey()) && view.sensitive(entry));
    }
}
