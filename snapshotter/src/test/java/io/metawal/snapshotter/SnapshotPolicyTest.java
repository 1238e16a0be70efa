package io.metawal.snapshotter;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.snapshotter.SnapshotPolicy.Since;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SnapshotPolicyTest {
    private static final long MIB = 1 << 20;
    private static final Duration HOUR = Duration.ofHours(1);
    private final SnapshotPolicy policy = new SnapshotPolicy(100 * MIB, HOUR, Duration.ofSeconds(10));

    @Test
    void nothingCommittedNothingDue() {
        assertThat(policy.due(new Since(0, 0, Duration.ofDays(9), 1))).isEmpty();
    }

    @Test
    void dueAtSoManyBytes() {
        assertThat(policy.due(new Since(1, 100 * MIB - 1, Duration.ZERO, 0))).isEmpty();
        assertThat(policy.due(new Since(1, 100 * MIB, Duration.ZERO, 0)))
                .contains("the log since the last one has 104857600 bytes, at least 104857600");
    }

    @Test
    void dueAtAnAge() {
        assertThat(policy.due(new Since(1, 1, HOUR.minusNanos(1), 0))).isEmpty();
        assertThat(policy.due(new Since(1, 1, HOUR, 0))).contains("the last one is PT1H old, at least PT1H");
    }

    @Test
    void dueWhenAReplayWouldTakeLongerThanTheObjective() {
        assertThat(policy.due(new Since(1, 10 * MIB, Duration.ZERO, 900))).isEmpty();
        assertThat(policy.due(new Since(1, 10 * MIB, Duration.ZERO, 1000)))
                .contains("replaying the log since the last one would take 10.5 s, more than the objective of 10.0 s");
    }

    @Test
    void aLittleLogIsNoMeasureOfReplay() {
        assertThat(policy.due(new Since(1, MIB - 1, Duration.ZERO, 1e9))).isEmpty();
        assertThat(policy.due(new Since(1, MIB, Duration.ZERO, 1e9))).isPresent();
    }

    @Test
    void theRateFollowsWhatIsMeasured() {
        ReplayRate rate = new ReplayRate();
        assertThat(rate.nanosPerByte()).isZero();
        rate.measured(0, 5);
        assertThat(rate.nanosPerByte()).isZero();
        rate.measured(100, 1000);
        assertThat(rate.nanosPerByte()).isEqualTo(10);
        for (int n = 0; n < 50; n++) {
            rate.measured(100, 2000);
        }
        assertThat(rate.nanosPerByte()).isBetween(19.9, 20.0);
    }
}
