package io.metawal.wal.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.port.LogReader;
import io.metawal.testkit.history.Drafts;
import io.metawal.testkit.kafka.KafkaBroker;
import io.metawal.testkit.seed.Seeded;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A broker, which is its own controller too, that is killed, stopped and frozen while commits are appended. */
@Tag("server")
@Tag("process")
class KafkaFailureTest {
    /** So short that a freeze of some seconds outlasts them all. */
    private static final KafkaSettings IMPATIENT = KafkaSettings.of(Map.of(
            "request.timeout.ms", "500",
            "delivery.timeout.ms", "1200",
            "max.block.ms", "1000",
            "default.api.timeout.ms", "1000",
            "transaction.timeout.ms", "1500",
            "reconnect.backoff.max.ms", "100"));

    private static KafkaBroker broker;
    private static Topics topics;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start();
        topics = new Topics(broker);
    }

    @AfterAll
    static void end() {
        broker.close();
    }

    /** Something that befalls the broker while commits are appended. */
    private interface Mishap {
        void happen() throws InterruptedException;
    }

    /** Appends all the while, and then holds the log against what was acknowledged. */
    private void survives(KafkaSettings settings, List<Mishap> mishaps) throws InterruptedException {
        KafkaLogConfig config = topics.config(Topics.fresh(), Position.START).with(settings);
        List<CommitHeader> acked;
        try (KafkaLog log = KafkaLog.open(config)) {
            Appender appender = new Appender(log);
            for (Mishap mishap : mishaps) {
                appender.awaitMore(40);
                mishap.happen();
            }
            appender.awaitMore(40);
            acked = appender.stop();
            assertThat(read(log, acked.size())).isEqualTo(acked);
        }
        try (KafkaLog log = KafkaLog.open(config)) {
            assertThat(log.head().seq()).isEqualTo(acked.size());
            assertThat(read(log, acked.size())).isEqualTo(acked);
        }
    }

    private static List<CommitHeader> read(KafkaLog log, int commits) {
        List<CommitHeader> found = new ArrayList<>();
        try (LogReader reader = log.read(1)) {
            while (found.size() < commits) {
                CommitRecord record = reader.poll();
                if (record != null) {
                    found.add(record.header());
                }
            }
            assertThat(reader.poll()).isNull();
        }
        return found;
    }

    /** A thread that appends, some commits in flight, without ever looking whether the broker is there. */
    private static final class Appender {
        private final KafkaLog log;
        private final Drafts drafts = new Drafts(Seeded.random(13));
        private final List<CompletableFuture<CommitHeader>> futures = new ArrayList<>();
        private final Semaphore acked = new Semaphore(0);
        private final Thread thread = new Thread(this::run);
        private volatile boolean stopping;

        Appender(KafkaLog log) {
            this.log = log;
            thread.start();
        }

        private void run() {
            while (!stopping) {
                CompletableFuture<CommitHeader> future = log.append(drafts.next());
                var unused = future.thenRun(acked::release);
                futures.add(future);
                LockSupport.parkNanos(1_000_000L);
            }
        }

        void awaitMore(int commits) throws InterruptedException {
            acked.drainPermits();
            assertThat(acked.tryAcquire(commits, 60, TimeUnit.SECONDS))
                    .as("commits are acknowledged again")
                    .isTrue();
        }

        /** What was acknowledged: everything that was taken. */
        List<CommitHeader> stop() throws InterruptedException {
            stopping = true;
            thread.join();
            return futures.stream().map(CompletableFuture::join).toList();
        }
    }

    private static void killed() {
        broker.kill();
        broker.restart();
    }

    private static void stopped() {
        broker.stop();
        broker.restart();
    }

    private static void frozen() {
        broker.freeze();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(3500));
        broker.thaw();
    }

    @Test
    void killedAndStartedAgainSeveralTimes() throws InterruptedException {
        survives(
                KafkaSettings.DEFAULT,
                List.of(KafkaFailureTest::killed, KafkaFailureTest::killed, KafkaFailureTest::killed));
    }

    @Test
    void brokerAndControllerStoppedAndStartedAgain() throws InterruptedException {
        survives(KafkaSettings.DEFAULT, List.of(KafkaFailureTest::stopped));
    }

    @Test
    void frozenForLongerThanEveryTimeout() throws InterruptedException {
        survives(IMPATIENT, List.of(KafkaFailureTest::frozen, KafkaFailureTest::killed));
    }
}
