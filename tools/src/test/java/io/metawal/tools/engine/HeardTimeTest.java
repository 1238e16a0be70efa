package io.metawal.tools.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.commit.Timestamps;
import io.metawal.testkit.seed.Seeded;
import java.util.ArrayDeque;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Questions are never dated later than they were asked, however the machine's clock is set in between. */
class HeardTimeTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long START_MICROS = 1_795_000_000_000_000L;

    private long nanos = 77 * SECOND;
    private long setMicros;

    private long wallMicros() {
        return START_MICROS + nanos / 1000 + setMicros;
    }

    private HeardTime heard() {
        return new HeardTime(() -> Timestamps.instant(wallMicros()), () -> nanos);
    }

    @Test
    void aQuestionIsDatedWhenItWasAsked() {
        HeardTime heard = heard();
        nanos += 5 * SECOND;
        long asked = wallMicros();
        long askedNanos = nanos;
        nanos += SECOND;
        heard.heard(asked);
        assertThat(heard.nanos()).isEqualTo(askedNanos);
    }

    @Test
    void aClockThatWasSetBackDatesNoQuestionLater() {
        HeardTime heard = heard();
        long asked = wallMicros();
        long askedNanos = nanos;
        nanos += SECOND;
        setMicros -= 3_600_000_000L;
        heard.heard(asked);
        assertThat(heard.nanos()).isEqualTo(askedNanos);
        // In the end it is known which clock a question is of.
        for (int n = 0; n < 2 * 310; n++) {
            nanos += SECOND;
            heard.heard(wallMicros());
        }
        assertThat(heard.nanos()).isEqualTo(nanos);
    }

    @Test
    void noQuestionIsDatedTooLate() {
        Seeded.check(200, random -> new HeardTimeTest().randomly(random));
    }

    /** @param wallMicros what the machine's clock said when it was asked */
    private record Question(long wallMicros, long nanos) {}

    private void randomly(RandomGenerator random) {
        HeardTime heard = heard();
        ArrayDeque<Question> open = new ArrayDeque<>();
        for (int n = 0; n < 300; n++) {
            nanos += random.nextLong(2 * SECOND) / 1000 * 1000;
            if (random.nextInt(4) == 0) {
                // Known before it is set again: capture looks at the clock with every answer.
                heard.heard(START_MICROS);
                setMicros += random.nextLong(-20_000_000, 20_000_000);
            }
            open.add(new Question(wallMicros(), nanos));
            while (open.size() > random.nextInt(4)) {
                Question answered = open.remove();
                heard.heard(answered.wallMicros());
                assertThat(heard.nanos()).isLessThanOrEqualTo(Math.max(answered.nanos(), 77 * SECOND));
            }
        }
    }
}
