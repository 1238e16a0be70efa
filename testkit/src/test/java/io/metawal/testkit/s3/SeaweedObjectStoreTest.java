package io.metawal.testkit.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.s3.S3ObjectStore;
import io.metawal.testkit.object.ObjectStoreContract;
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

    @Test
    void whatWasPutSurvivesAKill() {
        ObjectKey key = new ObjectKey("segments/1/0a");
        try (ObjectStore store = open()) {
            store.create(key, ObjectBody.of(new byte[] {1, 2, 3}));
            server.kill();
            server.restart();
            assertThat(store.read(key)).containsExactly(1, 2, 3);
        }
    }
}
