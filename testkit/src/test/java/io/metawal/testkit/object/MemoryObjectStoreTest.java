package io.metawal.testkit.object;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryObjectStoreTest extends ObjectStoreContract {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    @Override
    protected ObjectStore open() {
        return new MemoryObjectStore(InstantSource.fixed(NOON));
    }

    @Test
    void timesComeFromTheClock() {
        ObjectStore store = open();
        store.create(new ObjectKey("a"), ObjectBody.of(new byte[1]));
        assertThat(store.list("", "", 1).get(0).modified()).isEqualTo(NOON);
    }

    @Test
    void aKeyMayBeAFolderOfAnother() {
        ObjectStore store = open();
        List<String> keys = List.of("a", "a-b", "a.b", "a/b", "a/b/c", "ab");
        keys.forEach(key -> store.create(new ObjectKey(key), ObjectBody.of(new byte[1])));
        assertThat(store.list("a", "", 9).stream().map(stat -> stat.key().value()))
                .containsExactlyElementsOf(keys);
    }
}
