package io.metawal.testkit.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStat;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.object.ObjectStores;
import io.metawal.storage.s3.S3ObjectStore;
import io.metawal.testkit.object.ObjectStoreContract;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The store over HTTP, against a real service. */
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
            assertThat(threads.awaitTermination(1, java.util.concurrent.TimeUnit.MINUTES))
                    .isTrue();
            assertThat(names(store.list("", "", 5000))).isEqualTo(keys);
            assertThat(names(store.list("", "manifest/0001", 1100))).isEqualTo(keys.subList(2, 1102));
            assertThat(names(ObjectStores.all(store, "manifest/"))).isEqualTo(keys);
        }
    }

    private static List<String> names(List<ObjectStat> stats) {
        return stats.stream().map(stat -> stat.key().value()).toList();
    }
}
