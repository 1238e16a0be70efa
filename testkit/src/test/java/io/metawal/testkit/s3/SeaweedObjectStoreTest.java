package io.metawal.testkit.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStat;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.s3.S3ObjectStore;
import io.metawal.testkit.object.ObjectStoreContract;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The store over HTTP, against SeaweedFS. */
@Tag("server")
class SeaweedObjectStoreTest extends ObjectStoreContract {
    private static SeaweedServer server;

    @BeforeAll
    static void start() {
        server = SeaweedServer.start();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Override
    protected ObjectStore open() {
        return S3ObjectStore.open(server.freshUrl(), server.environment());
    }

    /**
     * SeaweedFS lists a folder where its name without the slash is in order: a/b before a-, which other services list first. A list in
     * another order is refused. The names of a repository do not differ in this way; see the next test.
     */
    @Override
    @Test
    protected void listsAreInTheOrderOfKeysFromAnywhere() {
        try (ObjectStore store = open()) {
            for (String key : List.of("a-", "a/b", "a0")) {
                store.create(new ObjectKey(key), ObjectBody.of(new byte[1]));
            }
            assertThatThrownBy(() -> store.list("", "", 10))
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining("lists a- after a/b: a repository needs lists in the order of keys");
        }
    }

    @Test
    void theNamesOfARepositoryAreListedInOrder() {
        List<String> keys = List.of(
                "head/0001",
                "manifest/0001",
                "manifest/0002",
                "packs/0001/0000-00ff",
                "repository.json",
                "segments/0001/0000-000f",
                "segments/0001/0010-001f",
                "segments/0002/0000-000f",
                "snapshots/0001/00ff/chunk-0",
                "snapshots/0001/00ff/snapshot.json",
                "term/0001");
        try (ObjectStore store = open()) {
            keys.forEach(key -> store.create(new ObjectKey(key), ObjectBody.of(new byte[1])));
            assertThat(names(store.list("", "", 100))).isEqualTo(keys);
            for (int i = 0; i < keys.size(); i++) {
                assertThat(names(store.list("", keys.get(i), 2)))
                        .isEqualTo(keys.subList(i + 1, Math.min(i + 3, keys.size())));
            }
            assertThat(names(store.list("segments/", "segments/0001/0000-000f", 1)))
                    .containsExactly("segments/0001/0010-001f");
        }
    }

    private static List<String> names(List<ObjectStat> stats) {
        return stats.stream().map(stat -> stat.key().value()).toList();
    }

    @Test
    void whatWasPutSurvivesAKill() {
        ObjectKey key = new ObjectKey("segments/1/0a");
        try (ObjectStore store = open()) {
            store.create(key, ObjectBody.of(new byte[] {1, 2, 3}));
            server.kill();
            server.restart();
            assertThat(readOnceItIsWell(store, key)).containsExactly(1, 2, 3);
        }
    }

    /** A gateway that answers again does not know its volumes at once: until then it fails, and says so. */
    private static byte[] readOnceItIsWell(ObjectStore store, ObjectKey key) {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (true) {
            try {
                return store.read(key);
            } catch (UnreachableException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
            }
        }
    }
}
