package io.metawal.testkit.object;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnknownOutcomeException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStat;
import io.metawal.storage.object.ObjectStore;
import io.metawal.testkit.object.StoreCall.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store that goes wrong where it is told to, and notes what it was asked. After a crash it is the dead process's view of the
 * store; what the next process finds is {@link #inner}. Safe for several threads.
 */
public final class FaultyObjectStore implements ObjectStore {
    private final ObjectStore inner;
    private final Pause pause;
    private final FaultScript script = new FaultScript();
    private final Gate gate = new Gate();
    private final List<StoreCall> calls = new ArrayList<>();
    private volatile Duration delay = Duration.ZERO;
    private volatile boolean down;
    private volatile @Nullable StoreCall crashed;
    private volatile @Nullable Runnable underWay;

    public FaultyObjectStore(ObjectStore inner) {
        this(inner, Pause.NONE);
    }

    public FaultyObjectStore(ObjectStore inner, Pause pause) {
        this.inner = inner;
        this.pause = pause;
    }

    public ObjectStore inner() {
        return inner;
    }

    /** The nth call from now, of any kind, counted from 1. */
    public FaultyObjectStore failAt(int nth, Fault fault) {
        return failAt(kind -> true, nth, fault);
    }

    /** The nth call of this kind from now, counted from 1. */
    public FaultyObjectStore failAt(Kind kind, int nth, Fault fault) {
        return failAt(Predicate.isEqual(kind), nth, fault);
    }

    /** The nth call of one of these kinds from now, counted from 1. */
    public FaultyObjectStore failAt(Predicate<Kind> kinds, int nth, Fault fault) {
        script.add(kinds, nth, fault);
        return this;
    }

    /** Forgets the faults that have not struck. */
    public void heal() {
        script.clear();
        down = false;
    }

    /** How many faults have struck. */
    public int struck() {
        return script.struck();
    }

    /** From now on, and until {@link #switchOn}, nothing reaches the store. */
    public void switchOff() {
        down = true;
    }

    public void switchOn() {
        down = false;
    }

    /** Every call takes this long from now on. */
    public void slowDown(Duration byDelay) {
        delay = byDelay;
    }

    public void awaitHanging() throws InterruptedException {
        gate.awaitWaiting();
    }

    public void release() {
        gate.release();
    }

    /** The request that was on its way when its process died takes effect now. */
    public void land() {
        Runnable effect = underWay;
        underWay = null;
        if (effect != null) {
            effect.run();
        }
    }

    public List<StoreCall> calls() {
        synchronized (calls) {
            return List.copyOf(calls);
        }
    }

    public int count(Kind kind) {
        return (int) calls().stream().filter(call -> call.kind() == kind).count();
    }

    private void run(Kind kind, String subject, Runnable effect) {
        call(kind, subject, () -> {
            effect.run();
            return "";
        });
    }

    // The one place through which every call goes; its result may be null only for stat.
    private <T extends @Nullable Object> T call(Kind kind, String subject, Supplier<T> effect) {
        StoreCall call = note(kind, subject);
        dieAgain();
        if (!delay.isZero()) {
            pauseFor(call);
        }
        if (down) {
            throw unreachable(call);
        }
        Fault fault = script.next(kind);
        if (fault == null) {
            return effect.get();
        }
        switch (fault) {
            case FAIL_BEFORE -> throw unreachable(call);
            case CRASH_BEFORE -> throw crash(call);
            case CRASH_AFTER -> {
                takeEffect(effect);
                throw crash(call);
            }
            case SUCCEED_BUT_REPORT_FAILURE -> {
                takeEffect(effect);
                throw kind.writes() ? unknown(call) : unreachable(call);
            }
            case CRASH_AND_LAND_LATER -> {
                underWay = () -> takeEffect(effect);
                throw crash(call);
            }
            case HANG_UNTIL_RELEASED -> gate.pass(call);
        }
        dieAgain();
        return effect.get();
    }

    /** With the reply lost, nobody learns how it ended either. */
    private static void takeEffect(Supplier<?> effect) {
        try {
            var unused = effect.get();
        } catch (MetawalException unseen) {
            // The caller gets another one.
        }
    }

    private StoreCall note(Kind kind, String subject) {
        synchronized (calls) {
            StoreCall call = new StoreCall(calls.size() + 1, kind, subject);
            calls.add(call);
            return call;
        }
    }

    private void dieAgain() {
        StoreCall at = crashed;
        if (at != null) {
            throw new CrashError("the process died at " + at);
        }
    }

    private CrashError crash(StoreCall call) {
        crashed = call;
        return new CrashError("the process dies at " + call);
    }

    private void pauseFor(StoreCall call) {
        try {
            pause.pause(delay);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MetawalException(ExitCode.INTERRUPTED, call + " was interrupted", e);
        }
    }

    private UnreachableException unreachable(StoreCall call) {
        return new UnreachableException(describe() + " did not answer " + call);
    }

    private UnknownOutcomeException unknown(StoreCall call) {
        return new UnknownOutcomeException(describe() + " may have done " + call);
    }

    @Override
    public String describe() {
        return "faulty " + inner.describe();
    }

    @Override
    public void create(ObjectKey key, ObjectBody body) {
        run(Kind.CREATE, key.value(), () -> inner.create(key, body));
    }

    @Override
    public void replace(ObjectKey key, byte[] bytes) {
        run(Kind.REPLACE, key.value(), () -> inner.replace(key, bytes));
    }

    @Override
    public byte[] read(ObjectKey key) {
        return call(Kind.READ, key.value(), () -> inner.read(key));
    }

    @Override
    public byte[] read(ObjectKey key, long offset, int length) {
        return call(Kind.READ, key.value(), () -> inner.read(key, offset, length));
    }

    @Override
    public @Nullable ObjectStat stat(ObjectKey key) {
        return this.<@Nullable ObjectStat>call(Kind.STAT, key.value(), () -> inner.stat(key));
    }

    @Override
    public List<ObjectStat> list(String prefix, String after, int limit) {
        return call(Kind.LIST, prefix, () -> inner.list(prefix, after, limit));
    }

    @Override
    public void delete(ObjectKey key) {
        run(Kind.DELETE, key.value(), () -> inner.delete(key));
    }

    /** Leaves the inner store open: the next process uses it. */
    @Override
    public void close() {}
}
