package io.metawal.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A capture of a real etcd that stands still for a while: what happened meanwhile has no time, and what was quiet before has. */
@Tag("process")
@Tag("server")
class StalledCaptureTest {
    private static final Duration STALL = Duration.ofSeconds(6);

    @TempDir
    Path directory;

    @Test
    void aTimeInAStallIsRefusedAndQuietTimesAreAnswered() throws Exception {
        try (Captured captured = new Captured(directory);
                MetawalProcess daemon = captured.daemon()) {
            captured.put("a", "1");
            captured.caughtUp(daemon, captured.server(), captured.etcd());
            Instant quiet = Instant.now();
            observed(captured, quiet);

            daemon.pause();
            Instant stalled = Instant.now();
            pause(STALL.dividedBy(3));
            captured.put("new", "1");
            pause(STALL.dividedBy(3));
            Instant during = Instant.now();
            pause(STALL.dividedBy(3));
            daemon.resume();
            captured.caughtUp(daemon, captured.server(), captured.etcd());
            Instant after = Instant.now();
            observed(captured, after);

            Captured.Done refused = captured.command("restore", "--to", ref(during), "--plan");
            assertThat(refused.exit()).as(refused.printed()).isEqualTo(3);
            assertThat(refused.printed())
                    .contains("nothing was captured")
                    .contains("the nearest points are seq:")
                    .contains(" and seq:");
            assertThat(captured.restored(ref(quiet))).as("before the stall").hasSize(1);
            assertThat(captured.restored(ref(after))).as("after the stall").hasSize(2);

            JsonNode spans = JsonMapper.builder()
                    .build()
                    .readTree(captured.command("info", "-o", "json").printed())
                    .at("/window/unobserved");
            assertThat(spans).hasSize(1);
            assertThat(Instant.parse(spans.get(0).get("from").asText()))
                    .as("the last look before the stall")
                    .isBefore(stalled.plusMillis(100));
            assertThat(Instant.parse(spans.get(0).get("to").asText())).isAfter(during);
            assertThat(captured.command("info").printed()).contains("unobserved from ");
            assertThat(daemon.terminate()).as(daemon.output()).isZero();
        }
    }

    @Test
    void anOutageBetweenTwoDaemonsIsRefused() throws Exception {
        try (Captured captured = new Captured(directory)) {
            captured.put("a", "1");
            captured.capture();
            pause(Duration.ofMillis(1500));
            captured.put("b", "1");
            Instant during = Instant.now();
            pause(Duration.ofMillis(1500));
            captured.capture();
            Captured.Done refused = captured.command("restore", "--to", ref(during), "--plan");
            assertThat(refused.exit()).as(refused.printed()).isEqualTo(3);
            assertThat(refused.printed()).contains("nothing was captured").contains("the nearest points are");
        }
    }

    /** Waits until the head says that the source was observed up to then. */
    private static void observed(Captured captured, Instant until) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (true) {
            JsonNode info = JsonMapper.builder()
                    .build()
                    .readTree(captured.command("info", "-o", "json").printed());
            if (Instant.parse(info.at("/head/observedUntil").asText()).isAfter(until)) {
                return;
            }
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(100_000_000L);
        }
    }

    private static String ref(Instant at) {
        return "time:" + at.truncatedTo(ChronoUnit.MICROS);
    }

    private static void pause(Duration duration) {
        long until = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() < until) {
            LockSupport.parkNanos(20_000_000L);
        }
    }
}
