package io.metawal.tools.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Chain;
import io.metawal.metadata.commit.SourceDifference;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.image.Provenance;
import io.metawal.metadata.port.Captured;
import io.metawal.metadata.port.CommitSink;
import io.metawal.metadata.port.SelfCheck;
import io.metawal.metadata.port.Source;
import io.metawal.tools.daemon.ComparisonPace.PaceSettings;
import io.metawal.tools.engine.CaptureProgress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Comparisons against a source of a known size and speed, on a clock that only the test moves. */
class ComparisonsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Duration ROUND_EVERY = Duration.ofMinutes(10);

    private final FakeSource source = new FakeSource();
    private final FakeProgress progress = new FakeProgress();
    private long now = 77 * SECOND;
    private long waited;

    private Comparisons comparisons(double share) {
        return new Comparisons(
                new Comparisons.Sides(source, source, progress, new Nothing(), () -> waited),
                new ComparisonPace(new PaceSettings(share, ROUND_EVERY), now),
                () -> now);
    }

    private void run(Comparisons comparisons, Duration time) throws InterruptedException {
        long end = now + time.toNanos();
        while (now < end) {
            now += Math.max(1, comparisons.step());
        }
    }

    /** However large and slow the source: comparisons take their share of the time, and come to every key. */
    @ParameterizedTest
    @CsvSource({
        "2000000,   50, 0.01",
        "2000000,   50, 0.10",
        "100000, 20000, 0.01",
        "30000, 500000, 0.01",
    })
    void aLargeSourceCostsItsShareOfTheTimeAndIsComparedAsAWhole(int keys, long nanosPerKey, double share)
            throws InterruptedException {
        source.keys = keys;
        source.nanosPerKey = nanosPerKey;
        Comparisons comparisons = comparisons(share);
        long begin = now;
        int rounds = 0;
        while (rounds < 3) {
            run(comparisons, Duration.ofMinutes(10));
            rounds = progress.compared.size();
            assertThat(now - begin)
                    .as("no round is complete")
                    .isLessThan(Duration.ofDays(2).toNanos());
        }
        double spent = (double) source.workedNanos / (now - begin);
        assertThat(spent).isLessThanOrEqualTo(share * 1.01 + (double) source.longestNanos / (now - begin));
        assertThat(comparisons.workNanos()).isEqualTo(source.workedNanos);
        assertThat(source.longestNanos).as("one slice").isLessThan(2 * SECOND);
        assertThat(source.comparedOfRound).as("keys of each round").containsOnly(keys);
    }

    @Test
    void aSmallSourceIsComparedOnceAnInterval() throws InterruptedException {
        source.keys = 200;
        source.nanosPerKey = 1_000;
        run(comparisons(0.01), Duration.ofHours(1));
        assertThat(progress.compared).hasSize(6);
    }

    /** Waiting for the capture is no work: else a slow heartbeat would stretch a round to days. */
    @Test
    void whatComparisonsWaitForIsNoCost() throws InterruptedException {
        source.keys = 20_000;
        source.nanosPerKey = 1_000;
        source.waitNanos = SECOND;
        Comparisons comparisons = comparisons(0.01);
        run(comparisons, Duration.ofMinutes(15));
        assertThat(progress.compared).isNotEmpty();
        assertThat(comparisons.workNanos()).isLessThan(SECOND);
    }

    @Test
    void aRoundIsSaidToAgreeAtTheCommitThatItBeganAt() throws InterruptedException {
        source.keys = 2_000;
        source.nanosPerKey = 1_000;
        source.seq = 41;
        source.seqPerSlice = 100;
        run(comparisons(0.5), Duration.ofMinutes(1));
        assertThat(progress.compared).containsExactly(new SourceDifference.Agreed(41, 410));
    }

    @Test
    void aDifferenceIsAskedToBecomeAGapAndComparisonsBeginAgainAfterIt() throws InterruptedException {
        source.keys = 5_000;
        source.nanosPerKey = 1_000;
        Comparisons comparisons = comparisons(0.5);
        run(comparisons, Duration.ofMinutes(1));
        progress.compared.clear();
        source.seq = 90;
        source.differsFrom = 3_000;
        run(comparisons, Duration.ofMinutes(10));
        assertThat(source.requested).singleElement().satisfies(reason -> {
            SourceDifference found = SourceDifference.parse(reason).orElseThrow();
            assertThat(found.keys()).isEqualTo(7);
            assertThat(found.agreed()).isEqualTo(progress.lastCompared());
            assertThat(found.first()).isEqualTo("kv/3000 has another value");
        });
        assertThat(progress.differences).isEqualTo(7);
        run(comparisons, Duration.ofHours(1));
        assertThat(source.requested).as("asked once, until the base is there").hasSize(1);
        assertThat(progress.compared).isEmpty();

        progress.gaps++;
        source.differsFrom = Integer.MAX_VALUE;
        source.seq = 99;
        run(comparisons, Duration.ofMinutes(1));
        assertThat(progress.compared).first().isEqualTo(new SourceDifference.Agreed(99, 990));
    }

    /** What was wrong before a base is not to be found after it: a round that has one inside says nothing of what was before. */
    @Test
    void aBaseWithinARoundBeginsTheRoundAgain() throws InterruptedException {
        source.keys = 2_000;
        source.nanosPerKey = 1_000;
        source.seq = 41;
        source.gapAtKey = 1_000;
        source.seqAfterGap = 60;
        run(comparisons(0.5), Duration.ofMinutes(1));
        assertThat(progress.compared).containsExactly(new SourceDifference.Agreed(60, 600));
        assertThat(source.comparedOfRound).containsOnly(2_000);
    }

    /** The last slice is compared while the base is taken. */
    @Test
    void aBaseWithinTheLastSliceBeginsTheRoundAgain() throws InterruptedException {
        source.keys = 400;
        source.nanosPerKey = 1_000;
        source.seq = 41;
        source.gapAtKey = 300;
        source.seqAfterGap = 60;
        run(comparisons(0.5), Duration.ofMinutes(1));
        assertThat(progress.compared).containsExactly(new SourceDifference.Agreed(60, 600));
    }

    @Test
    void aSliceThatCannotBeComparedIsComparedLater() throws InterruptedException {
        source.keys = 2_000;
        source.nanosPerKey = 1_000;
        source.unknown = 20;
        source.failing = 20;
        Comparisons comparisons = comparisons(0.5);
        run(comparisons, Duration.ofSeconds(30));
        assertThat(progress.compared).isEmpty();
        run(comparisons, Duration.ofMinutes(2));
        assertThat(progress.compared).hasSize(1);
        assertThat(source.comparedOfRound).containsOnly(2_000);
        assertThat(comparisons.failures()).isEqualTo(20);
    }

    @Test
    void aBaseThatIsNotCompleteIsNotCompared() throws InterruptedException {
        source.keys = 10;
        progress.inBase = true;
        Comparisons comparisons = comparisons(0.5);
        run(comparisons, Duration.ofMinutes(20));
        assertThat(comparisons.slices()).isZero();
        progress.inBase = false;
        run(comparisons, Duration.ofMinutes(1));
        assertThat(comparisons.slices()).isPositive();
    }

    private final class FakeSource implements Source, SelfCheck {
        private int keys;
        private long nanosPerKey;
        private long waitNanos;
        private long seq = 1;
        private long seqPerSlice;
        private int differsFrom = Integer.MAX_VALUE;
        private int unknown;
        private int failing;
        private int gapAtKey = Integer.MAX_VALUE;
        private long seqAfterGap;
        private int at;
        private long workedNanos;
        private long longestNanos;
        private final List<Integer> comparedOfRound = new ArrayList<>();
        private final List<String> requested = new ArrayList<>();

        @Override
        public Slice compare(int keysMax, Captured captured) {
            int count = Math.min(keysMax, keys - at);
            long work = count * nanosPerKey;
            now += work + waitNanos;
            waited += waitNanos;
            workedNanos += work;
            longestNanos = Math.max(longestNanos, work);
            if (failing > 0) {
                failing--;
                throw new UnreachableException("away");
            }
            if (unknown > 0) {
                unknown--;
                return Slice.unknown();
            }
            Provenance here = new Provenance(1, seq, seq * 10, 0, Chain.GENESIS, Digest.EMPTY);
            seq += seqPerSlice;
            if (at + count > gapAtKey) {
                progress.gaps++;
                gapAtKey = Integer.MAX_VALUE;
                seq = seqAfterGap;
            }
            if (at + count > differsFrom) {
                return Slice.different(here, count, 7, "kv/" + differsFrom + " has another value");
            }
            at += count;
            if (at < keys) {
                return Slice.equal(Place.INSIDE, here, count);
            }
            comparedOfRound.add(at);
            at = 0;
            return Slice.equal(Place.LAST, here, count);
        }

        @Override
        public void restart() {
            at = 0;
        }

        @Override
        public void requestBase(String gapReason) {
            requested.add(gapReason);
        }

        @Override
        public String origin() {
            return "fake";
        }

        @Override
        public String identity() {
            return "fake";
        }

        @Override
        public void capture(ByteString resumeAt, CommitSink sink) {}

        @Override
        public void close() {}
    }

    private static final class FakeProgress implements CaptureProgress {
        private boolean inBase;
        private long gaps;
        private long differences;
        private SourceDifference.Agreed last = SourceDifference.Agreed.NEVER;
        private final List<SourceDifference.Agreed> compared = new ArrayList<>();

        @Override
        public boolean inBase() {
            return inBase;
        }

        @Override
        public long heardMicros() {
            return 1;
        }

        @Override
        public long gaps() {
            return gaps;
        }

        @Override
        public void compared(SourceDifference.Agreed at) {
            compared.add(at);
            last = at;
        }

        @Override
        public SourceDifference.Agreed lastCompared() {
            return last;
        }

        @Override
        public void differ(long keys) {
            differences = keys;
        }
    }

    private static final class Nothing implements Captured {
        @Override
        public ImageView image() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean catchUp() {
            throw new UnsupportedOperationException();
        }

        @Override
        public ChangedKeys watch() {
            throw new UnsupportedOperationException();
        }
    }
}
