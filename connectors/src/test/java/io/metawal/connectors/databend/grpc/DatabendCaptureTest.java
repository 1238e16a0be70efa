package io.metawal.connectors.databend.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.rpc.DatabendClient;
import io.metawal.connectors.etcd.FoldingSink;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.testkit.databend.DatabendServer;
import io.metawal.testkit.seed.Seeded;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class DatabendCaptureTest {
    @TempDir
    Path scratch;

    private final ManualClock clock = new ManualClock();
    private final DatabendServer server = DatabendServer.start(3, clock);
    private final DatabendOptions options =
            DatabendOptions.parse(server.url()).withExportMillisMin(10).withObserveMillis(30);
    private final FoldingSink sink = new FoldingSink();

    @AfterEach
    void stop() {
        server.close();
    }

    private void put(int count) {
        for (int i = 0; i < count; i++) {
            clock.tick(1);
            server.put("__fd_table_by_id/" + i % 7, ByteString.copyFromUtf8("v" + i));
        }
    }

    private void caughtUp() throws InterruptedException {
        sink.awaitEpoch(server.last());
    }

    @Test
    void everyIndexOfALiveHistory() throws InterruptedException {
        RandomWrites writes = new RandomWrites(server, clock, Seeded.random(11));
        put(20);
        LiveCapture.during(options, sink, capture -> {
            for (int round = 0; round < 10; round++) {
                for (int i = 0; i < 30; i++) {
                    writes.write();
                }
                caughtUp();
            }
        });
        SameAsServer.atEveryIndex(sink.commits(), server);
        assertThat(sink.commits()).noneMatch(commit -> commit.header().afterGap());
        for (Commit commit : sink.commits().subList(1, sink.commits().size())) {
            long timeMs = server.timeMs(commit.epoch());
            if (timeMs > 0) {
                assertThat(commit.timeMicros()).as("the leader's time").isEqualTo(timeMs * 1000);
            }
        }
    }

    /** Others' watchers would wait for it. */
    @Test
    void nothingIsWatched() throws InterruptedException {
        put(3);
        LiveCapture.during(options, sink, capture -> {
            caughtUp();
            put(5);
            caughtUp();
        });
        SameAsServer.atEveryIndex(sink.commits(), server);
        assertThat(server.watches()).isZero();
    }

    /** The state comes last in an export, and is not read where the log has the entry that is captured. */
    @Test
    void theStateIsReadWhereTheLogDoesNotJoinAlone() throws InterruptedException {
        put(20);
        server.snapshotAndPurge(10);
        long last = server.last();
        try (DatabendClient client = new DatabendClient(options.address())) {
            assertThat(stateLines(client, last)).isZero();
            assertThat(stateLines(client, last - 9)).isZero();
            assertThat(stateLines(client, last - 10))
                    .as("the next entry alone proves nothing")
                    .isPositive();
            assertThat(stateLines(client, -1)).isPositive();
        }
    }

    private long stateLines(DatabendClient client, long joinsAfter) throws InterruptedException {
        try (ExportSpool export = ExportSpool.take(client, new ExportSpool.ChunkLines(8), scratch, joinsAfter)) {
            return new String(export.open().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith("[\"state_machine/"))
                    .count();
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aRestartADropAndABrokenExportLeaveNoTrace() throws InterruptedException {
        put(200);
        LiveCapture.during(options.withChunkLines(8), sink, capture -> {
            caughtUp();
            for (int round = 0; round < 3; round++) {
                server.cutNextExport(1, 2);
                put(10);
                caughtUp();
                server.dropConnections(1);
                put(10);
                caughtUp();
                server.restart(1);
                put(10);
                caughtUp();
            }
        });
        SameAsServer.atEveryIndex(sink.commits(), server);
        assertThat(sink.commits()).noneMatch(commit -> commit.header().afterGap());
    }

    @Test
    void itFollowsTheLeader() throws InterruptedException {
        put(10);
        LiveCapture.during(options, sink, capture -> {
            for (int leader : List.of(2, 3, 1, 3)) {
                caughtUp();
                // The old leader hears nothing more.
                server.lag(leader == 2 ? 1 : 2);
                server.elect(leader);
                put(10);
                caughtUp();
                server.catchUp(1);
                server.catchUp(2);
            }
        });
        SameAsServer.atEveryIndex(sink.commits(), server);
    }

    @Test
    void aNodeThatLagsTellsNothingWrong() throws InterruptedException {
        put(10);
        LiveCapture.during(options, sink, capture -> {
            caughtUp();
            long at = server.last();
            server.lag(1);
            server.lag(2);
            server.lag(3);
            put(10);
            server.stop(3);
            server.elect(2);
            long asked = Timestamps.micros(InstantSource.system().instant());
            sink.await("the lagging leader's word", s -> s.observedMicros() > asked);
            assertThat(sink.epoch()).isEqualTo(at);
            server.catchUp(1);
            server.catchUp(2);
            caughtUp();
        });
        SameAsServer.atEveryIndex(sink.commits(), server);
    }

    @Test
    void whatWasPurgedBeforeItWasCapturedIsAGap() throws InterruptedException {
        put(10);
        LiveCapture.during(options, sink, capture -> caughtUp());
        long captured = sink.epoch();
        put(50);
        server.snapshotAndPurge(5);
        LiveCapture.during(options, sink, capture -> {
            caughtUp();
            put(5);
            caughtUp();
        });
        List<Commit> gaps =
                sink.commits().stream().filter(c -> c.header().afterGap()).toList();
        assertThat(gaps).hasSize(1);
        assertThat(gaps.get(0).epoch()).isGreaterThan(captured + 1);
        assertThat(gaps.get(0).body().gapReason()).contains("" + (captured + 1));
        SameAsServer.atEveryIndex(sink.commits(), server);
    }

    @Test
    void whatWasPurgedAfterItWasCapturedIsNoGap() throws InterruptedException {
        put(10);
        LiveCapture.during(options, sink, capture -> {
            for (int i = 0; i < 5; i++) {
                caughtUp();
                server.snapshotAndPurge(0);
                put(10);
            }
            caughtUp();
        });
        SameAsServer.atEveryIndex(sink.commits(), server);
        assertThat(sink.commits()).noneMatch(commit -> commit.header().afterGap());
    }

    @Test
    void aQuietMinuteIsObserved() throws InterruptedException {
        put(3);
        LiveCapture.during(options, sink, capture -> {
            caughtUp();
            long now = Timestamps.micros(InstantSource.system().instant());
            sink.await("the quiet to be observed", s -> s.observedMicros() > now);
            assertThat(sink.observedEpoch()).isEqualTo(server.last());
            int commits = sink.commits().size();
            put(1);
            long last = server.last();
            sink.await("the put to be observed", s -> s.observedEpoch() == last);
            assertThat(sink.commits()).hasSize(commits + 1);
        });
    }

    @Test
    void withoutALeaderNothingIsObserved() throws InterruptedException {
        put(3);
        server.beOld(2);
        DatabendOptions follower = options.withEndpoints(List.of(server.endpoint(2)));
        LiveCapture.during(follower, sink, capture -> {
            caughtUp();
            put(3);
            caughtUp();
            // What the entries themselves tell, and nothing of now.
            long told = server.timeMs(server.last()) * 1000;
            sink.await("what the entries tell", s -> s.observedMicros() >= told);
            assertThat(sink.observedMicros()).isEqualTo(told);
        });
        SameAsServer.atEveryIndex(sink.commits(), server);
    }

    @Test
    void largeValuesComeInSmallerMessages() throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            server.put("plain/" + i, ByteString.copyFrom(new byte[100_000]));
        }
        LiveCapture.during(options.withMessageBytesMax(1 << 20), sink, capture -> caughtUp());
        assertThat(sink.epoch()).isEqualTo(server.last());
        LiveCapture.during(options.withMessageBytesMax(100_000), sink, capture -> {
            server.put("plain/more", ByteString.EMPTY);
            assertThat(capture.failure())
                    .hasMessageContaining("an export of 1 lines a message")
                    .hasMessageContaining("message-mib");
        });
    }

    @Test
    void anotherClusterIsRefused() throws InterruptedException {
        put(10);
        LiveCapture.during(options, sink, capture -> caughtUp());
        try (DatabendServer other = DatabendServer.start(1, clock)) {
            for (int i = 0; i < 20; i++) {
                other.put("plain/" + i, ByteString.EMPTY);
            }
            DatabendOptions there = DatabendOptions.parse(other.url());
            int commits = sink.commits().size();
            LiveCapture.during(
                    there,
                    sink,
                    capture -> assertThat(capture.failure())
                            .asInstanceOf(type(MetawalException.class))
                            .returns(ExitCode.SOURCE_CHANGED, MetawalException::code));
            assertThat(sink.commits()).hasSize(commits);
        }
    }

    @Test
    void aRefusedCommitEndsTheCapture() throws InterruptedException {
        put(3);
        LiveCapture.during(options, sink, capture -> {
            caughtUp();
            sink.refuseAfter(1);
            put(4);
            assertThat(capture.failure()).hasMessageContaining("told to refuse");
        });
        sink.takeAll();
        LiveCapture.during(options, sink, capture -> caughtUp());
        SameAsServer.atEveryIndex(sink.commits(), server);
    }

    @Test
    void anyOrderOfWritesAndFaults() {
        Seeded.check(4, random -> {
            ManualClock time = new ManualClock();
            FoldingSink log = new FoldingSink();
            try (DatabendServer cluster = DatabendServer.start(3, time)) {
                DatabendOptions at = DatabendOptions.parse(cluster.url())
                        .withExportMillisMin(random.nextInt(30))
                        .withObserveMillis(5 + random.nextInt(30))
                        .withChunkLines(1 + random.nextInt(40));
                RandomWrites writes = new RandomWrites(cluster, time, random);
                for (int i = random.nextInt(30); i > 0; i--) {
                    writes.write();
                }
                for (int capture = 0; capture < 3; capture++) {
                    LiveCapture.during(at, log, running -> {
                        for (int i = 0; i < 60; i++) {
                            step(cluster, writes, random, log);
                        }
                    });
                }
                for (int node = 1; node <= 3; node++) {
                    cluster.catchUp(node);
                }
                LiveCapture.during(at, log, running -> log.awaitEpoch(cluster.last()));
                SameAsServer.atEveryIndex(log.commits(), cluster);
            }
        });
    }

    private static void step(DatabendServer cluster, RandomWrites writes, RandomGenerator random, FoldingSink log)
            throws InterruptedException {
        int node = 1 + random.nextInt(3);
        switch (random.nextInt(40)) {
            case 0 -> {
                // Who is elected has all that was agreed on.
                cluster.catchUp(node);
                cluster.elect(node);
            }
            case 1 -> cluster.restart(node);
            case 2 -> cluster.dropConnections(node);
            case 3 -> cluster.lag(node);
            case 4, 5 -> cluster.catchUp(node);
            case 6 -> cluster.snapshot();
            case 7 -> cluster.snapshotAndPurge(random.nextInt(60));
            case 9 -> cluster.cutNextExport(node, random.nextInt(4));
            case 10 -> {
                for (int any = 1; any <= 3; any++) {
                    cluster.catchUp(any);
                }
                log.awaitEpoch(cluster.last());
            }
            default -> writes.write();
        }
    }
}
