package io.metawal.testkit.object;

import io.metawal.storage.object.ObjectStore;
import io.metawal.testkit.object.StoreCall.Kind;
import java.util.List;
import java.util.function.Supplier;

/**
 * Runs a scenario with a fault at its first call to the store, then at its second, and so on until one run gets through
 * untouched. Each run has a new store. A failure names the fault and the call.
 */
public final class EveryCall {
    private static final int CALLS_MAX = 100_000;

    private EveryCall() {}

    /** Does its work against the store, lives through the fault as its callers would, and checks what is left. */
    @FunctionalInterface
    public interface Scenario {
        void run(FaultyObjectStore store) throws Exception;
    }

    /** Each of the faults at each call of any kind; returns how many runs met one. */
    public static int check(List<Fault> faults, Supplier<ObjectStore> fresh, Scenario scenario) {
        return check(faults, List.of(Kind.values()), 1, fresh, scenario);
    }

    /** Each of the faults at every {@code stride}-th call, the second of them one call later than the first, and so on. */
    public static int check(List<Fault> faults, int stride, Supplier<ObjectStore> fresh, Scenario scenario) {
        return check(faults, List.of(Kind.values()), stride, fresh, scenario);
    }

    /** Each of the faults at each call of one of the kinds. */
    public static int check(List<Fault> faults, List<Kind> kinds, Supplier<ObjectStore> fresh, Scenario scenario) {
        return check(faults, kinds, 1, fresh, scenario);
    }

    private static int check(
            List<Fault> faults, List<Kind> kinds, int stride, Supplier<ObjectStore> fresh, Scenario scenario) {
        int struck = 0;
        for (Fault fault : faults) {
            int first = 1 + faults.indexOf(fault) % stride;
            for (int nth = first; runAt(nth, fault, kinds, fresh, scenario); nth += stride) {
                struck++;
                if (nth >= CALLS_MAX) {
                    throw new AssertionError("the scenario never got through within " + CALLS_MAX + " faults");
                }
            }
        }
        return struck;
    }

    private static boolean runAt(
            int nth, Fault fault, List<Kind> kinds, Supplier<ObjectStore> fresh, Scenario scenario) {
        FaultyObjectStore store = new FaultyObjectStore(fresh.get());
        store.failAt(kinds::contains, nth, fault);
        try {
            scenario.run(store);
        } catch (Exception | Error e) {
            throw new AssertionError("with " + fault + " at " + describe(kinds, nth, store) + ": " + e, e);
        }
        return reached(kinds, store) >= nth;
    }

    private static long reached(List<Kind> kinds, FaultyObjectStore store) {
        return store.calls().stream()
                .filter(call -> kinds.contains(call.kind()))
                .count();
    }

    private static String describe(List<Kind> kinds, int nth, FaultyObjectStore store) {
        return store.calls().stream()
                .filter(call -> kinds.contains(call.kind()))
                .skip(nth - 1L)
                .findFirst()
                .map(StoreCall::toString)
                .orElse("call " + nth + ", not reached");
    }
}
