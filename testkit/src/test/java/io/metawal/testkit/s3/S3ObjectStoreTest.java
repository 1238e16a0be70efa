package io.metawal.testkit.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.ObjectExistsException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.s3.S3Location;
import io.metawal.storage.s3.S3ObjectStore;
import io.metawal.storage.s3.S3Settings;
import io.metawal.testkit.object.ObjectStoreContract;
import io.metawal.testkit.seed.Seeded;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The store's contract over HTTP with signatures; what S3 has besides; and what an operator is told. */
class S3ObjectStoreTest extends ObjectStoreContract {
    private static final AtomicInteger PREFIX = new AtomicInteger();
    private static final int LARGE = 20 << 20;
    private static S3Server server = S3Server.start();

    @BeforeAll
    static void started() {
        assertThat(server.endpoint().getPort()).isPositive();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected ObjectStore open() {
        return server.store("p" + PREFIX.incrementAndGet());
    }

    private static byte[] large() {
        byte[] bytes = new byte[LARGE + 17];
        Seeded.random(3).nextBytes(bytes);
        return bytes;
    }

    @Test
    void largeObjectsGoInPartsAndComeInRanges() {
        try (ObjectStore store = open()) {
            ObjectKey key = new ObjectKey("large");
            byte[] bytes = large();
            store.create(key, ObjectBody.of(bytes));
            assertThat(store.read(key)).isEqualTo(bytes);
            assertThat(store.read(key, LARGE, 100)).hasSize(17);
            assertThat(store.read(key, LARGE + 17, 100)).isEmpty();
            assertThatThrownBy(() -> store.create(key, ObjectBody.of(bytes))).isInstanceOf(ObjectExistsException.class);
        }
    }

    @Test
    void ofManyLargeCreatorsOneWins() throws Exception {
        try (ObjectStore store = open()) {
            ObjectKey key = new ObjectKey("race");
            ExecutorService threads = Executors.newFixedThreadPool(4);
            List<Future<Boolean>> tries = new ArrayList<>();
            for (int n = 0; n < 4; n++) {
                byte[] bytes = large();
                bytes[0] = (byte) n;
                tries.add(threads.submit(() -> {
                    try {
                        store.create(key, ObjectBody.of(bytes));
                        return true;
                    } catch (ObjectExistsException e) {
                        return false;
                    }
                }));
            }
            int won = 0;
            for (Future<Boolean> one : tries) {
                won += one.get() ? 1 : 0;
            }
            threads.shutdown();
            assertThat(won).isEqualTo(1);
        }
    }

    @Test
    void objectsOfOthersUnderThePrefixAreNotTakenForOurs() {
        try (S3ObjectStore all = server.store("");
                S3ObjectStore one = server.store("mine")) {
            one.create(new ObjectKey("a"), ObjectBody.of(new byte[1]));
            all.create(new ObjectKey("mine2/b"), ObjectBody.of(new byte[1]));
            assertThat(one.list("", "", 10)).hasSize(1);
        }
    }

    private static MetawalException failure(Map<String, String> changed, String url) {
        Map<String, String> environment = new HashMap<>(server.environment());
        environment.put("METAWAL_S3_ATTEMPTS", "1");
        environment.putAll(changed);
        try (S3ObjectStore store = S3ObjectStore.open(S3Location.parse(url), S3Settings.of(environment))) {
            store.read(new ObjectKey("repository.json"));
            throw new AssertionError("it was read");
        } catch (MetawalException e) {
            return e;
        }
    }

    @Test
    void whatIsWrongIsSaidInOneLine() {
        String bucket = "s3://" + S3Server.BUCKET + "/x";
        assertThat(failure(Map.of(), "s3://no-such-bucket/x"))
                .isInstanceOf(UnreachableException.class)
                .hasMessageContaining("there is no bucket no-such-bucket")
                .hasMessageContaining("create it, or correct the URL");
        assertThat(failure(Map.of("METAWAL_S3_ENDPOINT", "http://127.0.0.1:1"), bucket))
                .isInstanceOf(UnreachableException.class)
                .hasMessageContaining("Connection refused");
        assertThat(failure(Map.of("METAWAL_S3_ENDPOINT", "http://no-such-host.invalid:80"), bucket))
                .isInstanceOf(UnreachableException.class)
                .hasMessageContaining("no-such-host.invalid");
        try {
            System.setProperty("aws.secretAccessKey", "wrong");
            MetawalException wrongSecret = failure(Map.of(), bucket);
            assertThat(wrongSecret.code()).isEqualTo(ExitCode.ACCESS_DENIED);
            assertThat(wrongSecret).hasMessageContaining("the secret key does not belong to this access key");
            System.setProperty("aws.accessKeyId", "nobody");
            MetawalException wrongKey = failure(Map.of(), bucket);
            assertThat(wrongKey.code()).isEqualTo(ExitCode.ACCESS_DENIED);
            assertThat(wrongKey).hasMessageContaining("InvalidAccessKeyId");
        } finally {
            server.store("").close();
        }
    }

    @Test
    void whatIsNoUrlOrSettingIsSaidToBeNone() {
        assertThat(S3Location.parse("s3://bucket").prefix()).isEmpty();
        assertThat(S3Location.parse("s3://bucket/a/b/").prefix()).isEqualTo("a/b/");
        assertThat(S3Location.parse("s3://bucket/a/b")).hasToString("s3://bucket/a/b");
        for (String wrong : List.of("s3://", "s3:///a", "s3://bucket/a b", "s3://b!/x")) {
            assertThatThrownBy(() -> S3Location.parse(wrong))
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining("s3://BUCKET/PREFIX");
        }
        assertThatThrownBy(() -> S3Settings.of(Map.of("METAWAL_S3_PATH_STYLE", "yes")))
                .hasMessageContaining("METAWAL_S3_PATH_STYLE is \"yes\": expected true or false");
        assertThatThrownBy(() -> S3Settings.of(Map.of("METAWAL_S3_ENDPOINT", "127.0.0.1:80")))
                .hasMessageContaining("http://HOST:PORT");
    }

    @Test
    void aStoppedServerIsUnreachableAndComesBackWithWhatItHeld() {
        try (S3Server own = S3Server.start()) {
            Map<String, String> quick = new HashMap<>(own.environment());
            quick.put("METAWAL_S3_ATTEMPTS", "1");
            try (ObjectStore store = own.store("x", quick)) {
                ObjectKey key = new ObjectKey("a");
                store.create(key, ObjectBody.of("kept".getBytes(UTF_8)));
                own.stop();
                assertThatThrownBy(() -> store.read(key)).isInstanceOf(UnreachableException.class);
                own.restart();
                assertThat(store.read(key)).isEqualTo("kept".getBytes(UTF_8));
            }
        }
    }
}
