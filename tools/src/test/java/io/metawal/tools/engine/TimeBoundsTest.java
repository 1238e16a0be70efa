package io.metawal.tools.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitClocks;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.repository.WriterRole;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One clock that is wrong, of three: the source's, the machine's, the store's. */
class TimeBoundsTest {
    private static final long SECOND = 1_000_000;
    private static final long HOUR = 3600 * SECOND;
    private static final long START = 1_795_000_000_000_000L;

    private long now = START;
    private long machineAhead;
    private long suspended;
    private long storeTick = 1;
    private final List<Long> warned = new ArrayList<>();
    private final InstantSource machine = () -> Timestamps.instant(now + machineAhead);
    private final Repository repository = Repository.init(
                    new MemoryObjectStore(() -> Timestamps.instant(now - now % storeTick)),
                    "test",
                    Timestamps.instant(START))
            .repository();

    private WriterRole role() {
        return WriterRole.take(repository, new WriterRole.Request("test", 1, "source"), machine);
    }

    private TimeBounds bounds(WriterRole role) {
        return new TimeBounds(role, machine, () -> (now - suspended) * 1000, () -> suspended * 1000, warned::add);
    }

    private static CommitDraft draft(CommitClocks clocks) {
        return new CommitDraft(CommitKind.DATA, clocks, CommitBody.of("", "test", List.of()));
    }

    @Test
    void aSourceThatIsADayAheadGetsTheTimeOfCaptureAndProvesNothing() {
        TimeBounds bounds = bounds(role());
        bounds.observe(now - SECOND);
        CommitClocks clocks =
                bounds.captured(draft(CommitClocks.ofLog(1, now + 23 * HOUR))).clocks();
        assertThat(clocks).isEqualTo(new CommitClocks(1, now, now - SECOND, now + 23 * HOUR));
        assertThat(bounds.bounded(CommitClocks.of(2, now + 23 * HOUR)).timeMicros())
                .isEqualTo(now);
        CommitClocks near =
                bounds.captured(draft(CommitClocks.ofLog(3, now + 2 * SECOND))).clocks();
        assertThat(near).as("seconds are no wrong clock").isEqualTo(CommitClocks.ofLog(3, now + 2 * SECOND));
    }

    @Test
    void aMachineThatIsAheadOrBehindGetsTheTimeOfTheStore() {
        for (long ahead : List.of(HOUR, -HOUR)) {
            machineAhead = ahead;
            TimeBounds bounds = bounds(role());
            CommitClocks clocks =
                    bounds.captured(draft(CommitClocks.of(1, now + ahead))).clocks();
            assertThat(clocks.timeMicros()).as("ahead by %d", ahead).isBetween(now - 2 * SECOND, now + 2 * SECOND);
            assertThat(clocks.clockMicros()).isEqualTo(now + ahead);
            now += SECOND;
            assertThat(bounds.observe(now + ahead)).isBetween(now - 2 * SECOND, now + 2 * SECOND);
            now += 10 * SECOND;
        }
        assertThat(warned).hasSize(1);
    }

    @Test
    void aStepIsNotBelievedBeforeTheClocksAreCompared() {
        WriterRole role = role();
        TimeBounds bounds = bounds(role);
        bounds.observe(now);
        now += SECOND;
        machineAhead = HOUR;
        CommitClocks clocks =
                bounds.captured(draft(CommitClocks.of(1, now + HOUR))).clocks();
        assertThat(clocks.timeMicros()).isEqualTo(now);
        assertThat(clocks.observedUntilMicros()).isEqualTo(now - SECOND);
        long before = bounds.observedMicros();
        bounds.observe(now + HOUR);
        assertThat(bounds.observedMicros())
                .as("asked by a clock that nobody knows")
                .isEqualTo(before);
        role.heartbeat();
        now += SECOND;
        bounds.observe(now + HOUR);
        assertThat(bounds.observedMicros()).isBetween(now - 2 * SECOND, now);
    }

    /** As S3 does: so by how much the clocks differ is known to the second only, and less is claimed, not more. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, SECOND / 2, SECOND - 1})
    void aStoreThatReportsWholeSecondsMakesNoObservationLaterThanNow(long fraction) {
        storeTick = SECOND;
        now += fraction;
        for (long ahead : List.of(HOUR, -HOUR)) {
            machineAhead = ahead;
            TimeBounds bounds = bounds(role());
            now += SECOND / 3;
            assertThat(bounds.observe(now + ahead)).as("ahead by %d", ahead).isBetween(now - SECOND - 1, now);
            assertThat(bounds.observedMicros()).isBetween(now - SECOND - 1, now);
            long seen = now;
            now += 10_000;
            CommitClocks clocks =
                    bounds.captured(draft(CommitClocks.of(1, now + ahead))).clocks();
            assertThat(clocks.timeMicros() - clocks.observedUntilMicros())
                    .as("as far apart as they were")
                    .isEqualTo(now - seen);
            now += 10 * SECOND;
        }
    }

    /** A machine that was suspended has the right time, though it measured none. */
    @Test
    void aMachineThatWasSuspendedIsBelieved() {
        TimeBounds bounds = bounds(role());
        bounds.observe(now);
        long before = now;
        now += HOUR;
        suspended += HOUR;
        CommitClocks clocks = bounds.captured(draft(CommitClocks.of(1, now))).clocks();
        assertThat(clocks.timeMicros()).isEqualTo(now);
        assertThat(clocks.observedUntilMicros()).isEqualTo(before);
        assertThat(bounds.observe(now)).as("nothing is to be compared first").isEqualTo(now);
        // A step besides is one.
        now += HOUR;
        suspended += HOUR;
        machineAhead = HOUR;
        assertThat(bounds.captured(draft(CommitClocks.of(2, now + HOUR)))
                        .clocks()
                        .timeMicros())
                .isEqualTo(now);
    }

    /** Each for itself too short to be seen as a step. */
    @Test
    void shortSuspensionsDoNotExplainALaterStep() {
        TimeBounds bounds = bounds(role());
        for (int n = 0; n < 4; n++) {
            now += SECOND / 2;
            suspended += SECOND / 2;
            bounds.observe(now);
        }
        long observed = now;
        now += SECOND / 100;
        machineAhead = 2 * SECOND;
        bounds.observe(now + machineAhead);
        assertThat(bounds.observedMicros()).isEqualTo(observed);
    }

    @Test
    void aClockThatIsSetBackLeavesTheSpanUnobserved() {
        machineAhead = 0;
        TimeBounds bounds = bounds(role());
        bounds.observe(now);
        long observed = now;
        CommitClocks clocks = bounds.captured(draft(CommitClocks.of(1, observed - 3 * SECOND)))
                .clocks();
        assertThat(clocks.timeMicros()).isEqualTo(observed + 1);
        assertThat(clocks.setBack(2 * SECOND)).isTrue();
        assertThat(clocks.observedUntilMicros()).isLessThan(observed - 3 * SECOND);
    }

    @Test
    void aSourceWhoseClockIsBehindIsTimedByThisMachine() {
        TimeBounds bounds = bounds(role());
        bounds.observe(now);
        long observed = now;
        now += SECOND / 2;
        CommitClocks clocks =
                bounds.captured(draft(CommitClocks.ofLog(1, now - 10 * SECOND))).clocks();
        assertThat(clocks).isEqualTo(new CommitClocks(1, now, observed, now - 10 * SECOND));
    }

    @Test
    void anImportWhoseTimesFallKeepsToItsOwnClock() {
        WriterRole role = role();
        role.putHead(role.head().at(), role.head().segmentHash(), now - HOUR, 0);
        TimeBounds bounds = bounds(role);
        CommitClocks clocks = bounds.captured(draft(CommitClocks.ofLog(1, now - HOUR - 10 * SECOND)))
                .clocks();
        assertThat(clocks.timeMicros()).isEqualTo(now - HOUR + 1);
        assertThat(clocks.clockMicros()).isEqualTo(now - HOUR - 10 * SECOND);
    }
}
