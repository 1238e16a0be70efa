package io.metawal.testkit.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.ObjectExistsException;
import io.metawal.metadata.fault.UnknownOutcomeException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.object.ObjectStores;
import io.metawal.storage.s3.S3ObjectStore;
import io.metawal.testkit.seed.Seeded;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Everything that a network does to a request: what comes of it is right, or says what it is. */
@Tag("server")
class S3FaultTest {
    private static final ObjectKey KEY = new ObjectKey("segments/1/0a");
    private static final byte[] BYTES = "0123456789".repeat(100).getBytes(UTF_8);

    private static S3Server server;

    private FaultProxy proxy;
    private String url = "";
    private ObjectStore store;
    private ObjectStore direct;

    @BeforeAll
    static void start() {
        server = S3Server.shared();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void open() {
        proxy = new FaultProxy(server.endpoint());
        url = server.freshUrl();
        direct = S3ObjectStore.open(url, server.environment());
        store = S3ObjectStore.open(url, server.environment(proxy.endpoint()));
    }

    @AfterEach
    void close() {
        store.close();
        direct.close();
        proxy.close();
    }

    private long puts() {
        return proxy.seen().stream().filter(line -> line.startsWith("PUT ")).count();
    }

    @ParameterizedTest
    @EnumSource(
            value = ProxyFault.class,
            names = {"RESET_BEFORE", "GARBLED_500", "SLOW_DOWN", "LATE"})
    void aCreateThatDidNotArriveIsSentAgain(ProxyFault fault) {
        proxy.next("PUT", fault);
        store.create(KEY, ObjectBody.of(BYTES));
        assertThat(direct.read(KEY)).isEqualTo(BYTES);
        assertThat(puts()).isEqualTo(fault == ProxyFault.LATE ? 1 : 2);
    }

    @ParameterizedTest
    @EnumSource(
            value = ProxyFault.class,
            names = {"RESET_AFTER", "ERROR_AFTER"})
    void aCreateThatMayHaveLostToItselfIsUnknownAndConfirmed(ProxyFault fault) {
        proxy.next("PUT", fault);
        assertThatThrownBy(() -> store.create(KEY, ObjectBody.of(BYTES)))
                .isInstanceOf(UnknownOutcomeException.class)
                .hasMessageContaining("read it back");
        ObjectKey other = new ObjectKey("segments/1/0b");
        proxy.next("PUT", fault);
        ObjectStores.createOrConfirm(store, other, BYTES);
        assertThat(direct.read(other)).isEqualTo(BYTES);
    }

    @Test
    void aCreateThatFindsAnothersObjectAfterAFaultDoesNotTakeItForItsOwn() {
        direct.create(KEY, ObjectBody.of(new byte[] {7}));
        proxy.next("PUT", ProxyFault.RESET_BEFORE);
        assertThatThrownBy(() -> ObjectStores.createOrConfirm(store, KEY, BYTES))
                .isInstanceOf(ObjectExistsException.class)
                .hasMessageContaining("another writer was here");
        assertThat(direct.read(KEY)).containsExactly(7);
    }

    @Test
    void aReplaceIsSentAgain() {
        proxy.next("PUT", ProxyFault.ERROR_AFTER, ProxyFault.RESET_BEFORE);
        store.replace(KEY, BYTES);
        assertThat(direct.read(KEY)).isEqualTo(BYTES);
    }

    @ParameterizedTest
    @EnumSource(
            value = ProxyFault.class,
            names = {"OK_WITH_ERROR", "OK_WITH_ERROR_AFTER"},
            mode = EnumSource.Mode.EXCLUDE)
    void aReadIsWholeWhateverHappens(ProxyFault fault) {
        direct.create(KEY, ObjectBody.of(BYTES));
        for (int times = 1; times <= 3; times += 2) {
            ProxyFault[] faults = new ProxyFault[times];
            Arrays.fill(faults, fault);
            proxy.next("GET", faults);
            assertThat(store.read(KEY)).isEqualTo(BYTES);
            proxy.next("GET", fault);
            assertThat(store.read(KEY, 10, 20)).hasSize(20);
            proxy.next("GET", fault);
            assertThat(store.list("", "", 10)).hasSize(1);
            proxy.next("HEAD", fault);
            assertThat(store.stat(KEY)).isNotNull();
        }
    }

    @ParameterizedTest
    @EnumSource(ProxyFault.class)
    void theEndOfAnUploadIsRightOrUnknown(ProxyFault fault) {
        byte[] large = new byte[9 * 1024 * 1024];
        large[large.length - 1] = 1;
        // POST begins and ends an upload: the first is let through.
        proxy.next("POST", ProxyFault.LATE, fault).late(Duration.ZERO);
        ObjectStores.createOrConfirm(store, KEY, large);
        assertThat(direct.read(KEY)).isEqualTo(large);
    }

    @Test
    void partsAndRangesAreSentAndReadAgain() {
        byte[] large = new byte[20 * 1024 * 1024 + 3];
        Seeded.random(5).nextBytes(large);
        proxy.next("PUT", ProxyFault.RESET_AFTER, ProxyFault.ERROR_AFTER, ProxyFault.SLOW_DOWN);
        store.create(KEY, ObjectBody.of(large));
        proxy.next("GET", ProxyFault.TRUNCATE, ProxyFault.RESET_BEFORE, ProxyFault.TRUNCATE);
        assertThat(store.read(KEY)).isEqualTo(large);
    }

    @Test
    void aServiceThatStaysDownIsSaidToBe() {
        Map<String, String> environment = new HashMap<>(server.environment(proxy.endpoint()));
        environment.put("METAWAL_S3_TIMEOUT_SECONDS", "0.5");
        ProxyFault[] down = new ProxyFault[40];
        Arrays.fill(down, ProxyFault.SLOW_DOWN);
        proxy.next("GET", down).next("PUT", down);
        try (ObjectStore impatient = S3ObjectStore.open(url, environment)) {
            assertThat(List.of(
                            catchThrowable(() -> impatient.read(KEY)), catchThrowable(() -> impatient.list("", "", 1))))
                    .allSatisfy(e -> assertThat(e).isInstanceOf(UnreachableException.class));
            assertThatThrownBy(() -> impatient.create(KEY, ObjectBody.of(BYTES)))
                    .isInstanceOf(UnknownOutcomeException.class);
        }
    }

    @Test
    void aRestartedServiceGoesOnWithWhatItHeld() {
        try (S3Server own = S3Server.start();
                ObjectStore kept = S3ObjectStore.open(own.freshUrl(), own.environment())) {
            kept.create(KEY, ObjectBody.of(BYTES));
            own.stop();
            own.restart();
            assertThat(kept.read(KEY)).isEqualTo(BYTES);
        }
    }

    @Test
    void amongFaultsAtRandomNothingIsLostOrInvented() {
        RandomGenerator random = Seeded.random(11);
        proxy.anytime(Seeded.random(12), 0.3);
        for (int n = 0; n < 25; n++) {
            ObjectKey key = new ObjectKey("term/" + n);
            byte[] bytes = new byte[1 + random.nextInt(5000)];
            random.nextBytes(bytes);
            try {
                ObjectStores.createOrConfirm(store, key, bytes);
                assertThat(direct.read(key)).isEqualTo(bytes);
                assertThat(store.read(key)).isEqualTo(bytes);
            } catch (MetawalException e) {
                assertThat(e).isInstanceOfAny(UnknownOutcomeException.class, UnreachableException.class);
            }
        }
        assertThatCode(() -> store.list("term/", "", 100)).doesNotThrowAnyException();
    }
}
