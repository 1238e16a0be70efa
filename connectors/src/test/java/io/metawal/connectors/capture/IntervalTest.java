package io.metawal.connectors.capture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IntervalTest {
    private static final long START = 1_795_000_000_000_000L;

    private final Interval interval = new Interval(100);

    @Test
    void itIsDueAtFirstAndThenOnceInAnInterval() {
        assertThat(interval.due(START)).isTrue();
        assertThat(interval.due(START)).isFalse();
        assertThat(interval.due(START + 99)).isFalse();
        assertThat(interval.due(START + 100)).isTrue();
        assertThat(interval.due(START + 150)).isFalse();
    }

    @Test
    void aClockThatWasSetBackMakesItDue() {
        assertThat(interval.due(START)).isTrue();
        assertThat(interval.due(START - 3_600_000_000L)).isTrue();
        assertThat(interval.due(START - 3_600_000_000L + 99)).isFalse();
        assertThat(interval.due(START - 3_600_000_000L + 100)).isTrue();
    }
}
