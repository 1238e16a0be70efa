package io.metawal.connectors.risingwave.hummock;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.commit.Timestamps;
import org.junit.jupiter.api.Test;

class EpochsTest {
    @Test
    void an_epoch_is_a_time() {
        assertThat(Timestamps.print(Epochs.timeMicros(3551845695750144L))).isEqualTo("2022-12-19T06:41:04.254000Z");
        assertThat(Epochs.timeMicros(5424073932800000L)).isEqualTo(1_700_000_000_000_000L);
        assertThat(Epochs.timeMicros(5424073932800000L | 7)).isEqualTo(1_700_000_000_000_000L);
        assertThat(Epochs.ofTimeMicros(1_700_000_000_000_999L)).isEqualTo(5424073932800000L);
        assertThat(Epochs.ofTimeMicros(0)).isZero();
    }

    @Test
    void some_epochs_tell_no_time() {
        assertThat(Epochs.isReal(5424073932800000L)).isTrue();
        assertThat(Epochs.isReal(0)).isFalse();
        assertThat(Epochs.isReal(20L << 16)).isFalse();
        assertThat(Epochs.isReal(~0xFFFFL)).isFalse();
        assertThat(Epochs.isReal(86_400_000L << 16)).isTrue();
        assertThat(Epochs.isReal((86_400_000L << 16) - 1)).isFalse();
    }
}
