package io.metawal.tools.engine;

import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.port.Captured.ChangedKeys;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The keys of the commits since it was made, up to a bound; then any key may have changed. Safe for several threads. */
final class ChangedKeySet implements ChangedKeys {
    private static final int KEYS_MAX = 100_000;

    private final Set<EntryKey> keys = ConcurrentHashMap.newKeySet();
    private final Runnable onClose;
    private volatile boolean all;

    ChangedKeySet(Runnable onClose) {
        this.onClose = onClose;
    }

    void add(CommitDraft draft) {
        if (draft.kind() == CommitKind.BASE || draft.kind() == CommitKind.BASE_PART || keys.size() > KEYS_MAX) {
            addAll();
        }
        if (!all) {
            draft.body().changes().stream().map(Change::entryKey).forEach(keys::add);
        }
    }

    void addAll() {
        all = true;
        keys.clear();
    }

    @Override
    public boolean contains(EntryKey key) {
        return all || keys.contains(key);
    }

    @Override
    public boolean all() {
        return all;
    }

    @Override
    public void close() {
        onClose.run();
    }
}
