package io.metawal.testkit.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnknownOutcomeException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStore;
import io.metawal.testkit.object.StoreCall.Kind;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class FaultyObjectStoreTest extends ObjectStoreContract {
    private static final ObjectKey A = new ObjectKey("a");
    private static final ObjectKey B = new ObjectKey("b");
    private static final ObjectBody BODY = ObjectBody.of(new byte[] {1});

    private final FaultyObjectStore store = faulty();

    private static FaultyObjectStore faulty() {
        return new FaultyObjectStore(new MemoryObjectStore(InstantSource.system()));
    }

    /** Untouched, it is a store like any other. */
    @Override
    protected ObjectStore open() {
        return faulty();
    }

    @Test
    void failsAtTheCallThatWasNamedAndOnce() {
        store.failAt(2, Fault.FAIL_BEFORE);
        store.create(A, BODY);
        assertThatThrownBy(() -> store.create(B, BODY))
                .isInstanceOf(UnreachableException.class)
                .hasMessageContaining("call 2: CREATE b");
        assertThat(store.inner().stat(B)).isNull();
        store.create(B, BODY);
        assertThat(store.struck()).isEqualTo(1);
        assertThat(store.calls()).extracting(StoreCall::kind).containsOnly(Kind.CREATE);
    }

    @Test
    void countsTheCallsOfOneKind() {
        store.failAt(Kind.CREATE, 2, Fault.FAIL_BEFORE);
        store.create(A, BODY);
        store.read(A);
        store.stat(A);
        assertThatThrownBy(() -> store.create(B, BODY)).isInstanceOf(UnreachableException.class);
        assertThat(store.count(Kind.CREATE)).isEqualTo(2);
        assertThat(store.count(Kind.READ)).isEqualTo(1);
    }

    @Test
    void aLostReplyHidesSuccessAndRefusalAlike() {
        store.failAt(1, Fault.SUCCEED_BUT_REPORT_FAILURE).failAt(2, Fault.SUCCEED_BUT_REPORT_FAILURE);
        assertThatThrownBy(() -> store.create(A, BODY)).isInstanceOf(UnknownOutcomeException.class);
        assertThat(store.inner().stat(A)).isNotNull();
        assertThatThrownBy(() -> store.create(A, BODY)).isInstanceOf(UnknownOutcomeException.class);
        store.failAt(1, Fault.SUCCEED_BUT_REPORT_FAILURE);
        assertThatThrownBy(() -> store.read(A)).isInstanceOf(UnreachableException.class);
    }

    @Test
    void aDeadProcessStaysDead() {
        store.failAt(1, Fault.CRASH_AFTER);
        assertThatThrownBy(() -> store.create(A, BODY)).isInstanceOf(CrashError.class);
        assertThatThrownBy(() -> store.read(A)).isInstanceOf(CrashError.class).hasMessageContaining("CREATE a");
        assertThat(store.inner().read(A)).hasSize(1);
        FaultyObjectStore early = faulty().failAt(1, Fault.CRASH_BEFORE);
        assertThatThrownBy(() -> early.create(A, BODY)).isInstanceOf(CrashError.class);
        assertThat(early.inner().stat(A)).isNull();
    }

    @Test
    void aHangingCallGoesOnWhenReleased() throws Exception {
        store.failAt(1, Fault.HANG_UNTIL_RELEASED);
        CompletableFuture<Void> hanging = CompletableFuture.runAsync(() -> store.create(A, BODY));
        store.awaitHanging();
        assertThat(store.inner().stat(A)).isNull();
        store.create(B, BODY);
        store.release();
        hanging.join();
        assertThat(store.inner().stat(A)).isNotNull();
    }

    @Test
    void aHangingCallCanBeInterrupted() throws Exception {
        store.failAt(1, Fault.HANG_UNTIL_RELEASED);
        AtomicReference<Object> thrown = new AtomicReference<>("nothing");
        Thread thread = new Thread(() -> {
            try {
                store.create(A, BODY);
            } catch (MetawalException e) {
                thrown.set(e.code());
            }
        });
        thread.start();
        store.awaitHanging();
        thread.interrupt();
        thread.join();
        assertThat(thrown.get()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(store.inner().stat(A)).isNull();
    }

    @Test
    void isDownUntilSwitchedOn() {
        store.switchOff();
        assertThatThrownBy(() -> store.create(A, BODY)).isInstanceOf(UnreachableException.class);
        assertThatThrownBy(() -> store.list("", "", 1)).isInstanceOf(UnreachableException.class);
        store.switchOn();
        assertThat(store.list("", "", 1)).isEmpty();
    }

    @Test
    void isAsSlowAsItIsTold() {
        List<Duration> pauses = new ArrayList<>();
        FaultyObjectStore slow = new FaultyObjectStore(store, pauses::add);
        slow.create(A, BODY);
        slow.slowDown(Duration.ofSeconds(3));
        slow.read(A);
        assertThat(pauses).containsExactly(Duration.ofSeconds(3));
    }

    @Test
    void everyCallIsMadeToFail() {
        List<String> failed = new ArrayList<>();
        int struck = EveryCall.check(
                List.of(Fault.FAIL_BEFORE, Fault.CRASH_AFTER),
                () -> new MemoryObjectStore(InstantSource.system()),
                faulty -> {
                    try {
                        faulty.create(A, BODY);
                        faulty.read(A);
                        faulty.delete(A);
                    } catch (UnreachableException | CrashError e) {
                        failed.add(faulty.calls().get(faulty.calls().size() - 1).kind() + " "
                                + (faulty.inner().stat(A) == null ? "absent" : "present"));
                    }
                });
        assertThat(struck).isEqualTo(6);
        assertThat(failed)
                .containsExactly(
                        "CREATE absent",
                        "READ present",
                        "DELETE present",
                        "CREATE present",
                        "READ present",
                        "DELETE absent");
    }

    @Test
    void aFailedScenarioNamesItsCall() {
        assertThatThrownBy(() -> EveryCall.check(
                        List.of(Fault.FAIL_BEFORE),
                        List.of(Kind.READ),
                        () -> new MemoryObjectStore(InstantSource.system()),
                        faulty -> {
                            faulty.create(A, BODY);
                            faulty.read(A);
                        }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("with FAIL_BEFORE at call 2: READ a");
    }
}
