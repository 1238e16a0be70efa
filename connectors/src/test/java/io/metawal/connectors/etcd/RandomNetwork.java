package io.metawal.connectors.etcd;

import io.etcd.jetcd.api.WatchResponse;
import io.metawal.testkit.net.TcpProxy;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** The network between a capture and an etcd: one proxy of bytes, and one that knows calls. */
final class RandomNetwork implements AutoCloseable {
    private final RandomGenerator random;
    private final List<String> steps;
    private final WatchProxy calls;
    private final TcpProxy bytes;

    /** @param steps gets a word for each thing that is done */
    RandomNetwork(RandomGenerator random, int etcdPort, List<String> steps) {
        this.random = random;
        this.steps = steps;
        this.calls = new WatchProxy(etcdPort);
        this.bytes = new TcpProxy(calls.port());
    }

    /** {@code HOST:PORT} for the capture. */
    String endpoint() {
        return bytes.endpoint();
    }

    /** New calls go to this etcd. */
    void target(int etcdPort) {
        calls.target(etcdPort);
    }

    /** As of {@link WatchProxy#leaveOut}. */
    void leaveOut(Predicate<WatchResponse> which) {
        calls.leaveOut(which);
    }

    /** Nothing is delayed, held or left out any more. */
    void calm() {
        steps.add("calm");
        calls.delay(0, 0);
        calls.leaveOut(null);
        bytes.delay(0, 0);
        bytes.release();
    }

    void cut() {
        steps.add("cut");
        bytes.cut();
    }

    void delayBytes() {
        steps.add("delay all");
        bytes.delay(random.nextInt(60), random.nextInt(60));
    }

    /** Answers of watches and of reads come in another order. */
    void delayAnswers() {
        steps.add("delay watches and reads");
        calls.delay(random.nextInt(100), random.nextInt(100));
    }

    void hold() {
        bytes.hold();
    }

    void holdPerhapsForAMoment() {
        steps.add("hold");
        bytes.hold();
        if (random.nextBoolean()) {
            pause(random.nextInt(100));
            steps.add("release");
            bytes.release();
        }
    }

    /** What was held back is lost. */
    void cutAndRelease() {
        bytes.cut();
        bytes.release();
    }

    static void pause(long millis) {
        LockSupport.parkNanos(millis * 1_000_000);
    }

    @Override
    public void close() {
        bytes.close();
        calls.close();
    }
}
