package io.metawal.connectors.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Op;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.testkit.etcd.EtcdServer;
import io.metawal.testkit.seed.Seeded;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("server")
@Tag("process")
class EtcdCaptureTest {
    private final EtcdServer server = EtcdServer.start();
    private final EtcdOptions options = EtcdOptions.parse(server.url()).withObserveMillis(100);
    private final EtcdDriver etcd = new EtcdDriver(options);
    private final FoldingSink sink = new FoldingSink();

    @BeforeEach
    void history() throws InterruptedException {
        etcd.put("/before", "1");
        etcd.put("/before", "2");
    }

    @AfterEach
    void stop() {
        etcd.close();
        server.close();
    }

    @Test
    void aRandomHistoryIsWhatEtcdSaysAtEveryRevision() throws InterruptedException {
        RandomGenerator random = Seeded.random(7);
        Capture.during(options, sink, capture -> {
            sink.awaitEpoch(3);
            long lease = etcd.lease(600);
            for (int i = 0; i < 400; i++) {
                step(random, lease);
            }
            sink.awaitEpoch(etcd.revision());
        });
        assertThat(sink.commits().get(0).header().kind()).isEqualTo(CommitKind.BASE);
        assertDense(sink.commits());
        SameAsEtcd.atEveryCommit(sink, etcd, "", 1);
    }

    private void step(RandomGenerator random, long lease) throws InterruptedException {
        String prefix = "/" + random.nextInt(4) + "/";
        switch (random.nextInt(8)) {
            case 0 -> etcd.deletePrefix(prefix);
            case 1 -> etcd.delete(prefix + "0000" + random.nextInt(9));
            case 2 -> etcd.putMany(prefix, 1 + random.nextInt(20), EtcdDriver.bytes("m" + random.nextInt()));
            case 3 -> etcd.putAndDelete("/x/" + random.nextInt(5), prefix);
            case 4 -> etcd.put(EtcdDriver.bytes(prefix + "leased"), ByteString.EMPTY, lease);
            case 5 -> {
                byte[] bytes = new byte[1 + random.nextInt(20)];
                random.nextBytes(bytes);
                etcd.put(ByteString.copyFrom(bytes), ByteString.copyFrom(bytes), 0);
            }
            default -> etcd.put(prefix + "0000" + random.nextInt(9), "v" + random.nextInt());
        }
    }

    private static void assertDense(List<Commit> commits) {
        for (int i = 1; i < commits.size(); i++) {
            assertThat(commits.get(i).epoch()).isEqualTo(commits.get(i - 1).epoch() + 1);
        }
    }

    @Test
    void aLargeTransactionIsOneCommitThoughItComesInFragments() throws InterruptedException {
        ByteString tenth = ByteString.copyFrom(new byte[100 << 10]);
        Capture.during(options, sink, capture -> {
            sink.awaitEpoch(3);
            // More than 7 MiB in one revision: the server tells deletions without values, puts with them.
            for (int i = 0; i < 7; i++) {
                etcd.putMany("/big/" + i + "/", 10, tenth);
            }
            long deleted = etcd.putAndDelete("/big-is-gone", "/big/");
            sink.awaitEpoch(deleted);
        });
        assertThat(sink.last().changes()).hasSize(71);
        assertThat(sink.last().changes().stream().filter(c -> c.op() == Op.DELETE))
                .hasSize(70)
                .allMatch(c -> c.value().isEmpty() && c.meta().isEmpty());
        SameAsEtcd.atEveryCommit(sink, etcd, "", 1);
    }

    @Test
    void catchingUpTakesAnswersInFragments() throws InterruptedException {
        Capture.during(options, sink, capture -> {
            sink.awaitEpoch(3);
        });
        ByteString half = ByteString.copyFrom(new byte[400 << 10]);
        for (int i = 0; i < 30; i++) {
            etcd.putMany("/m/", 3, half);
        }
        Capture.during(options, sink, capture -> {
            sink.awaitEpoch(33);
        });
        assertDense(sink.commits());
        assertThat(sink.commits().stream().skip(1)).allMatch(c -> c.changes().size() == 3);
        SameAsEtcd.now(sink, etcd, "");
    }

    @Test
    void valuesOfOneMebibyteAndEmptyOnes() throws InterruptedException {
        byte[] bytes = new byte[1 << 20];
        Seeded.random(1).nextBytes(bytes);
        for (int i = 0; i < 12; i++) {
            etcd.put(EtcdDriver.bytes("/base/" + i), ByteString.copyFrom(bytes), 0);
        }
        Capture.during(options, sink, capture -> {
            sink.awaitEpoch(15);
            etcd.put(EtcdDriver.bytes("/live"), ByteString.copyFrom(bytes), 0);
            sink.awaitEpoch(etcd.put("/empty", ""));
        });
        // 12 MiB is more than one piece of a base.
        assertThat(sink.commits().stream().map(c -> c.header().kind()))
                .containsExactly(CommitKind.BASE_PART, CommitKind.BASE, CommitKind.DATA, CommitKind.DATA);
        SameAsEtcd.now(sink, etcd, "");
    }

    @Test
    void pagesOfSevenKeys() throws InterruptedException {
        etcd.putMany("/p/", 100, EtcdDriver.bytes("v"));
        Capture.during(options.withPageKeysMax(7), sink, capture -> {
            sink.awaitEpoch(4);
        });
        assertThat(sink.commits()).hasSize(1);
        assertThat(sink.last().changes()).hasSize(101);
        SameAsEtcd.now(sink, etcd, "");
    }

    @Test
    void anExpiringLeaseIsADelete() throws InterruptedException {
        Capture.during(options, sink, capture -> {
            sink.awaitEpoch(3);
            etcd.put(EtcdDriver.bytes("/leased"), EtcdDriver.bytes("v"), etcd.lease(1));
            sink.awaitEpoch(5);
        });
        Change expired = sink.last().changes().get(0);
        assertThat(expired.op()).isEqualTo(Op.DELETE);
        assertThat(expired.entryKey().key().toStringUtf8()).isEqualTo("/leased");
        assertThat(sink.commits().get(1).changes().get(0).meta().toStringUtf8()).contains("\"lease\":");
    }

    @Test
    void aQuietMinuteIsObserved() throws InterruptedException {
        Capture.during(options, sink, capture -> {
            sink.awaitEpoch(3);
            long now = Timestamps.micros(InstantSource.system().instant());
            sink.await("the quiet to be observed", s -> s.observedMicros() > now);
            assertThat(sink.observedEpoch()).isEqualTo(3);
            long revision = etcd.put("/a", "b");
            sink.await("the put to be observed", s -> s.observedEpoch() == revision);
            assertThat(sink.epoch()).isEqualTo(revision);
        });
    }

    @Test
    void aRefusedCommitEndsTheCapture() throws InterruptedException {
        Capture.during(options, sink, capture -> {
            sink.awaitEpoch(3);
            sink.refuseAfter(1);
            etcd.put("/a", "1");
            etcd.put("/a", "2");
            assertThat(capture.failure())
                    .hasMessageContaining("the log did not take a commit: ")
                    .hasMessageContaining("told to refuse");
        });
        sink.takeAll();
        Capture.during(options, sink, capture -> {
            sink.awaitEpoch(5);
        });
        assertDense(sink.commits());
    }

    @Test
    void theSelfCheckFindsWhatDiffers() throws InterruptedException {
        Capture.during(options, sink, capture -> {
            sink.awaitEpoch(3);
            sink.awaitEpoch(etcd.putMany("/s/", 20, EtcdDriver.bytes("v")));
        });
        FoldingSink wrong = new FoldingSink();
        for (int i = 0; i < sink.commits().size(); i++) {
            Commit commit = sink.commits().get(i);
            List<Change> changes = i == 0
                    ? List.of(Change.put(EntryKey.of("kv", "/too/much"), ByteString.EMPTY))
                    : commit.changes().subList(1, 20);
            var unused = wrong.commit(
                    CommitDraft.of(commit.epoch(), commit.timeMicros(), CommitBody.of("", "etcd", changes)));
        }
        try (EtcdSelfCheck check = new EtcdSelfCheck(options.withPageKeysMax(5))) {
            EtcdSelfCheck.Report none = check.compare(new FoldingSink().image());
            assertThat(none.compacted()).as("no base yet").isTrue();
            assertThat(none.differences()).isZero();
            EtcdSelfCheck.Report good = check.compare(sink.image());
            assertThat(good.differences()).isZero();
            assertThat(good.compared()).isEqualTo(21);
            EtcdSelfCheck.Report bad = check.compare(wrong.image());
            assertThat(bad.differences()).isEqualTo(3);
            assertThat(bad.examples())
                    .containsExactly(
                            "/before is in etcd, not in the image",
                            "/s/00000 is in etcd, not in the image",
                            "/too/much is in the image, not in etcd");
            etcd.put("/later", "1");
            etcd.compact(5);
            assertThat(check.compare(sink.image()).compacted()).isTrue();
        }
    }
}
