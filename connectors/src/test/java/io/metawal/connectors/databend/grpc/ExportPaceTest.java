package io.metawal.connectors.databend.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExportPaceTest {
    private static final long MILLI = 1_000_000;

    @Test
    void theFirstIsDueAtOnceAndTheNextAfterTheInterval() {
        ExportPace pace = new ExportPace(1000);
        assertThat(pace.millisLeft(Long.MIN_VALUE)).isZero();
        pace.took(0, 10 * MILLI);
        assertThat(pace.millisLeft(10 * MILLI)).isEqualTo(990);
        assertThat(pace.millisLeft(1000 * MILLI - 1)).isEqualTo(1);
        assertThat(pace.millisLeft(1000 * MILLI)).isZero();
    }

    @Test
    void longExportsAreFollowedByLongerRests() {
        ExportPace pace = new ExportPace(1000);
        pace.took(0, 500 * MILLI);
        assertThat(pace.millisLeft(500 * MILLI)).isEqualTo(2000);
        assertThat(pace.millisLeft(2500 * MILLI)).isZero();
    }

    @Test
    void aClockThatIsBelowZeroIsOneToo() {
        ExportPace pace = new ExportPace(1000);
        pace.took(Long.MIN_VALUE + MILLI, Long.MIN_VALUE + 2 * MILLI);
        assertThat(pace.millisLeft(Long.MIN_VALUE + 501 * MILLI)).isEqualTo(500);
        assertThat(pace.millisLeft(Long.MIN_VALUE + 2000 * MILLI)).isZero();
    }
}
