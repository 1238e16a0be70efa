package io.metawal.tools.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SuspendedTimeTest {
    private static final long SECOND = 1_000_000_000L;

    @TempDir
    private Path directory;

    private long nanos = 77 * SECOND;

    private SuspendedTime time(String uptime) throws IOException {
        return new SuspendedTime(Files.writeString(directory.resolve("uptime"), uptime), () -> nanos);
    }

    @Test
    void whatTheTimeSinceBootHasMoreIsSuspended() throws IOException {
        SuspendedTime time = time("350735.47 234388.90\n");
        assertThat(time.getAsLong()).isZero();
        nanos += 5 * SECOND;
        Files.writeString(directory.resolve("uptime"), "354340.47 234390.00\n");
        assertThat(time.getAsLong()).isEqualTo(3600 * SECOND);
        // It never falls, whatever the file says.
        Files.writeString(directory.resolve("uptime"), "");
        assertThat(time.getAsLong()).isEqualTo(3600 * SECOND);
    }

    @Test
    void whereTheSystemDoesNotSayItIsNone() throws IOException {
        assertThat(new SuspendedTime(directory.resolve("none"), () -> nanos).getAsLong())
                .isZero();
        SuspendedTime time = time("unknown");
        Files.writeString(directory.resolve("uptime"), "354340.47 234390.00\n");
        assertThat(time.getAsLong()).as("without a first value, no difference").isZero();
    }

    /** On the machine of this test: whatever it says, it is not a step while the machine runs. */
    @Test
    void aMachineThatRunsIsNotSuspended() {
        SuspendedTime time = new SuspendedTime();
        assertThat(time.getAsLong()).isLessThan(Duration.ofMillis(500).toNanos());
    }
}
