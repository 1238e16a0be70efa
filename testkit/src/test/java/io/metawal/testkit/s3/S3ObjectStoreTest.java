package io.metawal.testkit.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.fault.ObjectExistsException;
import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStat;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.object.ObjectStores;
import io.metawal.storage.s3.S3ObjectStore;
import io.metawal.testkit.object.ObjectStoreContract;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The store over HTTP, against a real service. */
@Tag("server")
class S3ObjectStoreTest extends ObjectStoreContract {
    private static S3Server server;

    @BeforeAll
    static void start() {
        server = S3Server.shared();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected ObjectStore open() {
        return S3ObjectStore.open(server.freshUrl(), server.environment());
    }

    @Test
    void moreThanAPageIsListed() throws Exception {
        List<String> keys = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (ObjectStore store = open()) {
            for (int i = 0; i < 1203; i++) {
                String key = String.format("manifest/%04x", i);
                keys.add(key);
                threads.execute(() -> store.create(new ObjectKey(key), ObjectBody.of(new byte[1])));
            }
            threads.shutdown();
            assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
            assertThat(names(store.list("", "", 5000))).isEqualTo(keys);
            assertThat(names(store.list("", "manifest/0001", 1100))).isEqualTo(keys.subList(2, 1102));
            assertThat(names(ObjectStores.all(store, "manifest/"))).isEqualTo(keys);
        }
    }

    /** The server takes the completions of uploads one after another only by chance; the condition must hold all the same. */
    @Test
    void ofManyUploadsOneWins() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (ObjectStore store = open()) {
            ObjectKey key = new ObjectKey("segments/1/large");
            List<Callable<Boolean>> creators = new ArrayList<>();
            for (int creator = 0; creator < 4; creator++) {
                byte[] mine = new byte[8 * 1024 * 1024 + 1];
                Arrays.fill(mine, (byte) creator);
                creators.add(() -> {
                    try {
                        store.create(key, ObjectBody.of(mine));
                        return true;
                    } catch (ObjectExistsException lost) {
                        return false;
                    }
                });
            }
            List<Boolean> won = new ArrayList<>();
            for (Future<Boolean> done : threads.invokeAll(creators)) {
                won.add(done.get());
            }
            assertThat(won).containsOnlyOnce(true);
            assertThat(store.read(key)[0]).isEqualTo((byte) won.indexOf(true));
        } finally {
            threads.shutdown();
        }
    }

    private static List<String> names(List<ObjectStat> stats) {
        return stats.stream().map(stat -> stat.key().value()).toList();
    }
}
