package io.metawal.connectors.etcd;

import static io.metawal.connectors.etcd.ScriptedEtcd.delete;
import static io.metawal.connectors.etcd.ScriptedEtcd.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.api.Event;
import io.grpc.Status;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.SourceDifference;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.image.Entry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What etcd's watches did wrong in one version or another, and what a capture makes of it. */
class EtcdWatchFaultsTest {
    private static final String FIXED = "3.6.16";
    private static final String FAULTY = "3.4.23";

    private final FoldingSink sink = new FoldingSink();

    private static EtcdOptions options(ScriptedEtcd etcd) {
        return EtcdOptions.parse("etcd://" + etcd.endpoint()).withObserveMillis(10);
    }

    private List<String> keys() {
        return SameAsEtcd.entries(sink.image()).stream()
                .map(EtcdWatchFaultsTest::key)
                .toList();
    }

    private static String key(Entry entry) {
        return entry.entryKey().key().toStringUtf8();
    }

    private List<Commit> gaps() {
        return sink.commits().stream()
                .filter(commit -> commit.header().afterGap())
                .toList();
    }

    private static boolean is(Event event, long revision) {
        return event.getKv().getModRevision() == revision;
    }

    /** etcd issue 17529. */
    @Test
    void aRevisionThatOneWatchLeavesOutIsReportedByTheNext() throws InterruptedException {
        try (ScriptedEtcd etcd = new ScriptedEtcd(FIXED)) {
            etcd.write(put("/a", "1"));
            Capture.during(options(etcd), sink, capture -> {
                sink.awaitEpoch(2);
                Set<Long> once = new HashSet<>(Set.of(3L));
                etcd.hides(event -> once.remove(event.getKv().getModRevision()));
                etcd.write(put("/left-out", "1"));
                sink.awaitEpoch(etcd.write(put("/b", "1")));
            });
            assertThat(sink.commits().stream().map(Commit::epoch)).containsExactly(2L, 3L, 4L);
            assertThat(gaps()).isEmpty();
            assertThat(keys()).containsExactly("/a", "/b", "/left-out");
        }
    }

    @Test
    void aRevisionThatNoWatchReportsIsAGap() throws InterruptedException {
        try (ScriptedEtcd etcd = new ScriptedEtcd(FIXED)) {
            etcd.write(put("/a", "1"));
            Capture.during(options(etcd), sink, capture -> {
                sink.awaitEpoch(2);
                etcd.hides(event -> is(event, 3));
                etcd.write(delete("/a"));
                etcd.write(put("/b", "1"));
                sink.await("the gap", s -> !gaps().isEmpty());
                sink.awaitEpoch(etcd.write(put("/c", "1")));
            });
            assertThat(gaps())
                    .singleElement()
                    .satisfies(gap -> assertThat(gap.body().gapReason())
                            .isEqualTo(
                                    "etcd revisions 3 to 4 were not captured one by one. This base is what etcd held at revision"
                                            + " 4: etcd's watch twice reported revision 4 right after revision 2"));
            assertThat(keys()).containsExactly("/b", "/c");
        }
    }

    /** etcd issues 18089 and 19179: a watch that etcd catches up misses a deletion at the compacted revision. */
    @ParameterizedTest
    @CsvSource({"'', true", "/p/, true", "/p/, false"})
    void aDeletionThatACompactionSwallowedIsAGap(String prefix, boolean withAPut) throws InterruptedException {
        try (ScriptedEtcd etcd = new ScriptedEtcd(FAULTY)) {
            etcd.write(put("/p/a", "1"), put("/p/b", "1"));
            EtcdOptions options = options(etcd).withPrefix(EtcdDriver.bytes(prefix));
            Capture.during(options, sink, capture -> {
                sink.awaitEpoch(2);
                sink.await("quiet", s -> s.observedEpoch() == 2);
                etcd.hides(event -> event.getType() == Event.EventType.DELETE);
                synchronized (etcd) {
                    etcd.compact(3);
                    if (withAPut) {
                        etcd.write(put("/p/c", "1"), delete("/p/b"));
                    } else {
                        etcd.write(delete("/p/b"));
                    }
                    etcd.write(put("/p/d", "1"));
                }
                sink.await("the gap", s -> !gaps().isEmpty());
            });
            assertThat(gaps())
                    .singleElement()
                    .satisfies(gap -> assertThat(gap.body().gapReason())
                            .contains(
                                    "since revision 2, etcd's watch left out changes while etcd compacted its history; what was"
                                            + " captured differs from the source in 1 or more keys"));
            assertThat(keys()).doesNotContain("/p/b");
        }
    }

    /** etcd compacts on: what may be missing since is in doubt, though nothing is left to compare with. */
    @Test
    void whatCannotBeComparedAfterACompactionIsInDoubt() throws InterruptedException {
        try (ScriptedEtcd etcd = new ScriptedEtcd(FAULTY)) {
            etcd.write(put("/p/a", "1"), put("/p/b", "1"));
            EtcdOptions options = options(etcd).withPrefix(EtcdDriver.bytes("/p/"));
            Capture.during(options, sink, capture -> {
                sink.awaitEpoch(2);
                sink.await("quiet", s -> s.observedEpoch() == 2);
                etcd.hides(event -> event.getType() == Event.EventType.DELETE);
                synchronized (etcd) {
                    etcd.write(delete("/p/b"));
                    etcd.write(put("/p/c", "1"));
                    etcd.compact(etcd.write(put("/q/a", "1")));
                }
                sink.await("the gap", s -> !gaps().isEmpty());
            });
            assertThat(gaps()).singleElement().satisfies(gap -> {
                String reason = gap.body().gapReason();
                assertThat(reason).contains("its watch may have left out changes before that");
                assertThat(SourceDifference.parse(reason).orElseThrow().agreed())
                        .isEqualTo(firstCommit());
            });
            assertThat(keys()).containsExactly("/p/a", "/p/c");
        }
    }

    private SourceDifference.Agreed firstCommit() {
        return new SourceDifference.Agreed(1, sink.commits().get(1).epoch() - 1);
    }

    /** The watch breaks before it is found that etcd compacted. */
    @Test
    void whatWasCapturedRightBeforeACompactionIsInDoubtOnAReconnectToo() throws InterruptedException {
        try (ScriptedEtcd etcd = new ScriptedEtcd(FAULTY)) {
            etcd.write(put("/p/a", "1"), put("/p/b", "1"));
            EtcdOptions options = options(etcd).withPrefix(EtcdDriver.bytes("/p/"));
            Capture.during(options, sink, capture -> {
                sink.awaitEpoch(2);
                sink.await("quiet", s -> s.observedEpoch() == 2);
                etcd.hides(event -> event.getType() == Event.EventType.DELETE);
                synchronized (etcd) {
                    etcd.write(delete("/p/b"));
                    etcd.write(put("/p/c", "1"));
                    etcd.compact(etcd.write(put("/q/a", "1")));
                    etcd.breakWatches();
                }
                sink.await("the gap", s -> !gaps().isEmpty());
            });
            String reason = gaps().get(0).body().gapReason();
            assertThat(SourceDifference.parse(reason).orElseThrow().agreed()).isEqualTo(firstCommit());
            assertThat(keys()).containsExactly("/p/a", "/p/c");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {FIXED, FAULTY})
    void aCompactionBehindTheWatchIsNoGap(String version) throws InterruptedException {
        try (ScriptedEtcd etcd = new ScriptedEtcd(version)) {
            etcd.write(put("/a", "1"));
            Capture.during(options(etcd), sink, capture -> {
                sink.awaitEpoch(2);
                for (int i = 0; i < 20; i++) {
                    if (i % 5 == 4) {
                        etcd.breakWatches();
                    }
                    long revision = etcd.write(put("/a", "" + i));
                    sink.awaitEpoch(revision);
                    etcd.compact(revision);
                }
            });
            assertThat(sink.commits()).hasSize(21);
            assertThat(gaps()).isEmpty();
        }
    }

    @Test
    void aWatchThatReportsNothingIsAGap() throws InterruptedException {
        try (ScriptedEtcd etcd = new ScriptedEtcd(FIXED)) {
            etcd.write(put("/a", "1"));
            Capture.during(options(etcd), sink, capture -> {
                sink.awaitEpoch(2);
                etcd.hides(event -> true);
                etcd.write(put("/b", "1"));
                sink.await("the gap", s -> !gaps().isEmpty());
            });
            assertThat(etcd.watches()).isGreaterThanOrEqualTo(4);
            assertThat(gaps().get(0).body().gapReason())
                    .contains("etcd is at revision 3, but its watches report nothing after revision 2");
            assertThat(keys()).containsExactly("/a", "/b");
        }
    }

    /** As by a proxy in between that follows another server: the watch never breaks. */
    @Test
    void anotherServerOnTheSameWatchIsNoticed() throws InterruptedException {
        try (ScriptedEtcd etcd = new ScriptedEtcd(FIXED)) {
            etcd.write(put("/a", "1"));
            Capture.during(options(etcd), sink, capture -> {
                sink.awaitEpoch(2);
                sink.awaitEpoch(etcd.write(put("/lost", "1")));
                synchronized (etcd) {
                    etcd.forget(3);
                    etcd.becomes(11, 2);
                    etcd.write(put("/other", "1"));
                    etcd.write(put("/b", "1"));
                }
                sink.await("the gap", s -> !gaps().isEmpty());
            });
            assertThat(gaps().get(0).body().gapReason())
                    .contains("another history than the one that was captured up to revision 3")
                    .contains("differs from the source in 2 or more keys");
            assertThat(keys()).containsExactly("/a", "/b", "/other");
        }
    }

    @Test
    void aKnownServerThatReportsTheSameAgainIsNotComparedKeyByKey() throws InterruptedException {
        try (ScriptedEtcd etcd = new ScriptedEtcd(FIXED)) {
            etcd.write(put("/a", "1"));
            Capture.during(options(etcd), sink, capture -> {
                sink.awaitEpoch(2);
                sink.await("quiet", s -> s.observedEpoch() == 2);
                int pages = etcd.pages();
                // Few revisions: etcd's own hash, and what came since. Many: they themselves.
                for (int round = 0; round < 2; round++) {
                    etcd.breakWatches();
                    for (int i = 0; i < 40; i++) {
                        etcd.write(put("/k" + i, "" + round));
                    }
                    sink.await("all", s -> s.observedEpoch() % 40 == 2 && s.observedEpoch() > 2);
                }
                sink.awaitEpoch(82);
                etcd.compact(20);
                etcd.breakWatches();
                sink.awaitEpoch(etcd.write(put("/b", "1")));
                assertThat(etcd.pages()).isEqualTo(pages);
                // A member that was not seen before, and no hash to compare with.
                etcd.becomes(12, 6);
                etcd.breakWatches();
                sink.awaitEpoch(etcd.write(put("/b", "2")));
                assertThat(etcd.pages()).isGreaterThan(pages);
            });
            assertThat(gaps()).isEmpty();
        }
    }

    @Test
    void theSameStateByAnotherWayIsNoGap() throws InterruptedException {
        try (ScriptedEtcd etcd = new ScriptedEtcd(FIXED)) {
            etcd.write(put("/a", "1"));
            Capture.during(options(etcd), sink, capture -> {
                sink.awaitEpoch(2);
                sink.awaitEpoch(etcd.write(delete("/never-there")));
                synchronized (etcd) {
                    etcd.forget(3);
                    // The open watch reports revision 3 a second time.
                    etcd.write(delete("/neither"));
                }
                sink.awaitEpoch(etcd.write(put("/b", "1")));
            });
            assertThat(gaps()).isEmpty();
            assertThat(keys()).containsExactly("/a", "/b");
        }
    }

    @ParameterizedTest
    @CsvSource({"3.5.8, true", "3.4.25, true", "3.7.3, true", "3.5.7, false", "3.4.23, false", "unknown, false"})
    void progressIsAskedForWhereTheAnswerComesInOrder(String version, boolean asked) throws InterruptedException {
        try (ScriptedEtcd etcd = new ScriptedEtcd(version)) {
            etcd.write(put("/p/a", "1"));
            EtcdOptions options = options(etcd).withPrefix(EtcdDriver.bytes("/p/"));
            Capture.during(options, sink, capture -> {
                sink.awaitEpoch(2);
                sink.await("quiet", s -> s.observedEpoch() == 2);
                long others = etcd.write(put("/q/a", "1"));
                if (!asked) {
                    etcd.notifyProgress();
                }
                sink.await("progress", s -> s.observedEpoch() == others);
            });
            assertThat(etcd.progressRequests() > 0).isEqualTo(asked);
            // The stop keeps what was known.
            assertThat(sink.resumeAt().toStringUtf8()).isEqualTo("4d@3");
            assertThat(sink.commits()).hasSize(2);
            etcd.compact(3);
            Capture.during(options, sink, capture -> sink.awaitEpoch(etcd.write(put("/p/b", "1"))));
            assertThat(gaps()).isEmpty();
        }
    }

    /** What the process before observed is known, though it was killed and its position is older. */
    @Test
    void aCompactionAfterAKillIsNoGapWhereAPrefixWasQuiet() throws InterruptedException {
        try (ScriptedEtcd etcd = new ScriptedEtcd(FIXED)) {
            etcd.write(put("/p/a", "1"));
            EtcdOptions options = options(etcd).withPrefix(EtcdDriver.bytes("/p/"));
            Capture.during(options, sink, capture -> {
                sink.awaitEpoch(2);
                long others = 0;
                for (int i = 0; i < 5; i++) {
                    others = etcd.write(put("/q/a", "" + i));
                }
                long last = others;
                sink.await("progress", s -> s.observedEpoch() == last);
                // As kill -9: nothing is written at the end.
                sink.refuseAfter(0);
            });
            sink.takeAll();
            assertThat(sink.resumeAt().toStringUtf8()).isEqualTo("4d@2");
            etcd.compact(7);
            Capture.during(options, sink, capture -> sink.awaitEpoch(etcd.write(put("/p/b", "1"))));
            assertThat(gaps()).isEmpty();
            assertThat(keys()).containsExactly("/p/a", "/p/b");
        }
    }

    @Test
    void aClockThatWasSetBackEndsNoObservation() throws InterruptedException {
        try (ScriptedEtcd etcd = new ScriptedEtcd(FIXED)) {
            AtomicReference<Duration> set = new AtomicReference<>(Duration.ZERO);
            InstantSource clock = () -> InstantSource.system().instant().plus(set.get());
            etcd.write(put("/a", "1"));
            Capture.during(options(etcd), sink, clock, capture -> {
                sink.await("quiet", s -> s.observedEpoch() == 2);
                set.set(Duration.ofHours(-1));
                // The first may be seen by a question that was asked before.
                for (int i = 0; i < 3; i++) {
                    long revision = etcd.write(put("/a", "" + i));
                    sink.await("an observation", s -> s.observedEpoch() == revision);
                }
            });
        }
    }

    @Test
    void aLearnerAmongTheEndpointsEndsNothing() throws InterruptedException {
        try (ScriptedEtcd etcd = new ScriptedEtcd(FIXED);
                ScriptedEtcd learner = new ScriptedEtcd(FIXED)) {
            learner.refuses(Status.FAILED_PRECONDITION.withDescription("etcdserver: rpc not supported for learner"));
            EtcdOptions both = EtcdOptions.parse("etcd://" + learner.endpoint() + "," + etcd.endpoint())
                    .withObserveMillis(10);
            etcd.write(put("/a", "1"));
            Capture.during(both, sink, capture -> {
                sink.awaitEpoch(2);
                for (int i = 0; i < 5; i++) {
                    etcd.breakWatches();
                    sink.awaitEpoch(etcd.write(put("/a", "" + i)));
                }
                long now = sink.observedMicros();
                sink.await("observations", s -> s.observedMicros() > now);
            });
            assertThat(gaps()).isEmpty();
            assertThat(sink.commits()).hasSize(6);
        }
    }

    @Test
    void aPermissionThatIsLostEndsTheCapture() throws InterruptedException {
        try (ScriptedEtcd etcd = new ScriptedEtcd(FIXED)) {
            etcd.write(put("/a", "1"));
            Capture.during(options(etcd), sink, capture -> {
                sink.await("quiet", s -> s.observedEpoch() == 2);
                etcd.refuses(Status.PERMISSION_DENIED.withDescription("etcdserver: permission denied"));
                assertThat(capture.failure())
                        .hasMessageContaining("Check user, password, and the user's role")
                        .extracting(e -> ((MetawalException) e).code())
                        .isEqualTo(ExitCode.ACCESS_DENIED);
            });
        }
    }
}
