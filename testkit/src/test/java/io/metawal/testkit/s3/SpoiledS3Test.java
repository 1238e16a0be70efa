package io.metawal.testkit.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.fault.ObjectExistsException;
import io.metawal.metadata.fault.UnknownOutcomeException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStat;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.object.ObjectStores;
import io.metawal.testkit.seed.Seeded;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Between the client and the server everything goes wrong that does: the answer is right, or typed, and never half (I10). */
class SpoiledS3Test {
    private static final S3Server SERVER = S3Server.start();
    private static final List<WireFault> FAULTS = List.of(WireFault.values());
    private static final byte[] BYTES = new byte[3000];

    private static ObjectStore open(String prefix, FaultProxy proxy, int attempts) {
        Map<String, String> environment = new HashMap<>(SERVER.environment(proxy.endpoint()));
        environment.put("METAWAL_S3_ATTEMPTS", String.valueOf(attempts));
        environment.put("METAWAL_S3_ATTEMPT_TIMEOUT", "PT5S");
        return SERVER.store(prefix, environment);
    }

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    private static BiFunction<String, Integer, WireFault> first(WireFault fault) {
        return (method, number) -> number == 1 ? fault : WireFault.NONE;
    }

    @ParameterizedTest
    @EnumSource(WireFault.class)
    void aRequestThatIsTriedAgainSucceedsOrIsConfirmedByReadingBack(WireFault fault) {
        try (FaultProxy proxy = FaultProxy.before(SERVER.endpoint(), first(fault));
                ObjectStore store = open("again-" + fault, proxy, 4)) {
            ObjectKey key = new ObjectKey("a");
            ObjectStores.createOrConfirm(store, key, BYTES);
            assertThat(store.read(key)).isEqualTo(BYTES);
            assertThat(store.list("", "", 10)).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(WireFault.class)
    void aSingleTryIsTypedAndTruthful(WireFault fault) {
        try (FaultProxy proxy = FaultProxy.before(SERVER.endpoint(), first(fault));
                ObjectStore store = open("single-" + fault, proxy, 1)) {
            ObjectKey key = new ObjectKey("a");
            boolean saidCreated = false;
            boolean saidUntouched = false;
            try {
                store.create(key, ObjectBody.of(BYTES));
                saidCreated = true;
            } catch (UnreachableException e) {
                saidUntouched = true;
            } catch (UnknownOutcomeException e) {
                assertThat(e).hasMessageContaining("read it back before anything else");
            }
            List<ObjectStat> there = store.list("", "", 10);
            if (saidCreated) {
                assertThat(there).hasSize(1);
            }
            if (saidUntouched) {
                assertThat(there).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(WireFault.class)
    void whatIsReadIsWholeOrTyped(WireFault fault) {
        byte[] bytes = new byte[(20 << 20) + 5];
        Seeded.random(4).nextBytes(bytes);
        ObjectKey key = new ObjectKey("large");
        try (ObjectStore direct = SERVER.store("read-" + fault)) {
            direct.create(key, ObjectBody.of(bytes));
        }
        for (int nth = 1; nth <= 3; nth++) {
            int at = nth;
            try (FaultProxy proxy = FaultProxy.before(
                            SERVER.endpoint(), (method, number) -> number == at ? fault : WireFault.NONE);
                    ObjectStore store = open("read-" + fault, proxy, 3)) {
                assertThat(store.read(key)).isEqualTo(bytes);
            }
        }
    }

    @Test
    void aRandomlySpoiledLifeLosesNothingThatWasConfirmed() {
        Seeded.check(6, random -> {
            String prefix = "life-" + Math.abs(random.nextLong());
            List<ObjectKey> confirmed = new ArrayList<>();
            try (FaultProxy proxy = FaultProxy.before(SERVER.endpoint(), (method, number) -> {
                        synchronized (random) {
                            return random.nextInt(3) == 0
                                    ? FAULTS.get(random.nextInt(FAULTS.size()))
                                    : WireFault.NONE;
                        }
                    });
                    ObjectStore store = open(prefix, proxy, 2)) {
                for (int n = 0; n < 25; n++) {
                    ObjectKey key = new ObjectKey("k" + n % 20);
                    byte[] body = ("body-" + n % 20).repeat(50).getBytes(java.nio.charset.StandardCharsets.UTF_8);
                    try {
                        ObjectStores.createOrConfirm(store, key, body);
                        confirmed.add(key);
                    } catch (UnreachableException | UnknownOutcomeException | ObjectExistsException e) {
                        assertThat(e).isNotInstanceOf(ObjectExistsException.class);
                    }
                }
                assertThat(proxy.spoiled()).isPositive();
            }
            try (ObjectStore direct = SERVER.store(prefix)) {
                for (ObjectKey key : confirmed) {
                    assertThat(direct.read(key)).isNotEmpty();
                }
            }
        });
    }
}
