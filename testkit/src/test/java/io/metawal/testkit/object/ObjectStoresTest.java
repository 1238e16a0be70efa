package io.metawal.testkit.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.ObjectExistsException;
import io.metawal.metadata.fault.UnknownOutcomeException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStores;
import io.metawal.testkit.object.StoreCall.Kind;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class ObjectStoresTest {
    private static final ObjectKey KEY = new ObjectKey("manifest/1");
    private static final byte[] OURS = {1, 2};
    private static final byte[] THEIRS = {3};

    private final FaultyObjectStore store = new FaultyObjectStore(new MemoryObjectStore(InstantSource.system()));

    @Test
    void aLostReplyIsLookedUp() {
        store.failAt(Kind.CREATE, 1, Fault.SUCCEED_BUT_REPORT_FAILURE);
        ObjectStores.createOrConfirm(store, KEY, OURS);
        assertThat(store.calls()).extracting(StoreCall::kind).containsExactly(Kind.CREATE, Kind.READ);
    }

    @Test
    void whatIsThereAlreadyIsConfirmed() {
        ObjectStores.createOrConfirm(store, KEY, OURS);
        ObjectStores.createOrConfirm(store, KEY, OURS);
        assertThat(store.read(KEY)).isEqualTo(OURS);
    }

    @Test
    void anothersBytesAreAConflictAlsoBehindALostReply() {
        store.inner().create(KEY, ObjectBody.of(THEIRS));
        assertThatThrownBy(() -> ObjectStores.createOrConfirm(store, KEY, OURS))
                .isInstanceOf(ObjectExistsException.class)
                .hasMessageContaining("manifest/1")
                .hasMessageContaining("(1 bytes, ours has 2)");
        store.failAt(1, Fault.SUCCEED_BUT_REPORT_FAILURE);
        assertThatThrownBy(() -> ObjectStores.createOrConfirm(store, KEY, OURS))
                .isInstanceOf(ObjectExistsException.class);
        assertThat(store.read(KEY)).isEqualTo(THEIRS);
    }

    @Test
    void aPlainFailureIsPassedOn() {
        store.failAt(1, Fault.FAIL_BEFORE);
        assertThatThrownBy(() -> ObjectStores.createOrConfirm(store, KEY, OURS))
                .isInstanceOf(UnreachableException.class);
        assertThat(store.stat(KEY)).isNull();
    }

    @Test
    void whateverFailsTryingAgainEndsWell() {
        int struck = EveryCall.check(
                List.of(Fault.FAIL_BEFORE, Fault.SUCCEED_BUT_REPORT_FAILURE),
                () -> new MemoryObjectStore(InstantSource.system()),
                faulty -> {
                    faulty.failAt(Kind.CREATE, 1, Fault.SUCCEED_BUT_REPORT_FAILURE);
                    try {
                        ObjectStores.createOrConfirm(faulty, KEY, OURS);
                    } catch (UnreachableException | UnknownOutcomeException again) {
                        ObjectStores.createOrConfirm(faulty, KEY, OURS);
                    }
                    assertThat(faulty.inner().read(KEY)).isEqualTo(OURS);
                });
        assertThat(struck).isPositive();
    }

    @Test
    void aCrashLeavesTheWholeObjectOrNone() {
        EveryCall.check(
                List.of(Fault.CRASH_BEFORE, Fault.CRASH_AFTER),
                () -> new MemoryObjectStore(InstantSource.system()),
                faulty -> {
                    try {
                        ObjectStores.createOrConfirm(faulty, KEY, OURS);
                    } catch (CrashError dead) {
                        ObjectStores.createOrConfirm(faulty.inner(), KEY, OURS);
                    }
                    assertThat(faulty.inner().read(KEY)).isEqualTo(OURS);
                });
    }

    @Test
    void listsGoOnOverPages() {
        for (int i = 0; i < 2500; i++) {
            store.inner().create(new ObjectKey(String.format("x/%04d", i)), ObjectBody.of(OURS));
        }
        assertThat(ObjectStores.all(store, "x/")).hasSize(2500);
        assertThat(store.count(Kind.LIST)).isEqualTo(3);
        store.failAt(Kind.LIST, 2, Fault.FAIL_BEFORE);
        assertThatThrownBy(() -> ObjectStores.all(store, "x/")).isInstanceOf(MetawalException.class);
    }
}
