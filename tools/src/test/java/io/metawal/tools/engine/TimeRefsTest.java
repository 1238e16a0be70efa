package io.metawal.tools.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.point.RefParser;
import io.metawal.pitr.plan.RefResolver;
import io.metawal.pitr.plan.ResolvedPoint;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.SegmentName;
import io.metawal.storage.repository.Segments;
import io.metawal.storage.repository.Timeline;
import io.metawal.testkit.seed.Seeded;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A time is answered with what the service was like then, within the uncertainty that the answer names, or it is refused; and where
 * the service was observed it is answered (I9). Against a simulated service whose every state is known.
 */
class TimeRefsTest {
    private static final Pattern UNCERTAIN = Pattern.compile("^± ([0-9.]+) (s|ms)");
    private static final int QUERIES = 8;
    private static final long CLAMP_MICROS_MIN = 1_000;
    private static final int WITHOUT_STEPS = 1200;
    private static final int WITH_STEPS = 600;
    private static final int WITHOUT_FORKS = 400;
    /** A clock may be ahead so much before it is not believed, and stand for a moment before it is compared. */
    private static final long CLOCK_TOLERANCE = TimeBounds.AHEAD_MICROS_MAX + 2_500_000;

    private enum Kind {
        CHANGE,
        BURST,
        QUIET,
        STALL,
        SUSPEND,
        SLOW_ANSWER,
        OUTAGE,
        KILLED,
        GAP,
        CLOCK,
        FORK,
        LOOK
    }

    private record Op(Kind kind, long number) {}

    @Test
    void whereTheSourceWasObservedItIsAnsweredElsewhereRefused() {
        Seeded.checkSteps(
                WITHOUT_STEPS, random -> ops(random, List.of(Kind.values()), Kind.CLOCK), ops -> play(ops, true));
    }

    @Test
    void aWrongClockIsFoundByTheStoresAndCostsSeconds() {
        Seeded.checkSteps(WITH_STEPS, random -> ops(random, List.of(Kind.values()), null), ops -> play(ops, true));
    }

    @Tag("slow")
    @Test
    void whereNoOtherClockTellsAnAnswerIsOneOfATimeThatTheClockSaid() {
        Seeded.checkSteps(
                WITHOUT_FORKS, random -> ops(random, List.of(Kind.values()), Kind.FORK), ops -> play(ops, false));
    }

    /** What every run covers. */
    @Test
    void theHistoriesHaveForksAndStepsInBothDirections() {
        assertThat(WITHOUT_STEPS + WITH_STEPS + WITHOUT_FORKS).as("histories").isGreaterThan(2_000);
        int forks = 0;
        int forward = 0;
        int back = 0;
        for (int seed = 0; seed < WITH_STEPS; seed++) {
            List<Op> ops = ops(Seeded.random(seed), List.of(Kind.values()), null);
            forks += ops.stream().anyMatch(op -> op.kind() == Kind.FORK) ? 1 : 0;
            forward += ops.stream().anyMatch(op -> op.kind() == Kind.CLOCK && forward(op)) ? 1 : 0;
            back += ops.stream().anyMatch(op -> op.kind() == Kind.CLOCK && !forward(op)) ? 1 : 0;
        }
        assertThat(List.of(forks, forward, back)).allMatch(histories -> histories > WITH_STEPS / 4);
    }

    private static List<Op> ops(RandomGenerator random, List<Kind> kinds, @Nullable Kind without) {
        List<Op> ops = new ArrayList<>();
        for (int n = 5 + random.nextInt(20); n > 0; n--) {
            Kind kind = kinds.get(random.nextInt(kinds.size()));
            if (kind != without) {
                ops.add(new Op(kind, random.nextLong(Long.MAX_VALUE)));
            }
        }
        return ops;
    }

    private static void play(List<Op> ops, boolean arbiter) {
        RandomGenerator random =
                Seeded.random(ops.stream().mapToLong(Op::number).sum());
        SimulatedCapture capture = new SimulatedCapture(random, arbiter);
        // Where the store has the same clock, only that can be asked for.
        boolean clocks = ops.stream().anyMatch(op -> op.kind() == Kind.CLOCK);
        capture.run(1_500_000);
        for (Op op : ops) {
            apply(capture, op, random);
            if (op.kind() == Kind.LOOK) {
                look(capture, random, clocks, arbiter);
            }
        }
        capture.start("");
        capture.run(5_000_000);
        if (random.nextBoolean()) {
            capture.stop(false);
        }
        look(capture, random, clocks, arbiter);
    }

    private static void apply(SimulatedCapture capture, Op op, RandomGenerator random) {
        long seconds = 1 + op.number() % 60;
        switch (op.kind()) {
            case CHANGE -> {
                capture.change(1);
                capture.run(random.nextInt(300_000));
            }
            case BURST -> {
                capture.change(2 + random.nextInt(5));
                capture.run(random.nextInt(2_000));
            }
            case QUIET -> capture.run(random.nextLong(seconds * 100_000) + 1);
            case STALL -> capture.stall(random.nextLong(seconds * 1_000_000) + 1);
            case SUSPEND -> {
                capture.suspend(random.nextLong(seconds * 60_000_000) + 1);
                capture.change(1);
                capture.run(random.nextInt(300_000));
            }
            case SLOW_ANSWER -> capture.observe(random.nextLong(seconds * 1_000_000) + 1);
            case OUTAGE -> restarted(capture, false, "", seconds, random);
            case KILLED -> restarted(capture, true, "", seconds, random);
            case GAP -> restarted(capture, random.nextBoolean(), "compacted", seconds, random);
            case CLOCK -> {
                capture.step((forward(op) ? 1 : -1) * (1_500_000 + random.nextLong(seconds * 60_000_000)));
                capture.run(random.nextLong(8_000_000));
            }
            case FORK -> fork(capture, random);
            case LOOK -> capture.archive();
        }
    }

    private static boolean forward(Op op) {
        return (op.number() >> 32) % 2 == 0;
    }

    private static void restarted(
            SimulatedCapture capture, boolean killed, String gap, long seconds, RandomGenerator random) {
        capture.stop(killed);
        for (int n = random.nextInt(3); n > 0; n--) {
            capture.run(random.nextLong(seconds * 100_000) + 1);
            capture.change(1);
        }
        capture.run(random.nextLong(seconds * 100_000) + 1);
        capture.start(gap);
        capture.run(random.nextInt(2_000_000));
    }

    private static void fork(SimulatedCapture capture, RandomGenerator random) {
        capture.stop(false);
        long last = History.load(capture.repository()).line(capture.timeline()).lastSeq();
        if (last > 0) {
            capture.fork(1 + random.nextLong(last));
        }
        capture.start("");
        capture.run(random.nextInt(3_000_000));
    }

    private static void look(SimulatedCapture capture, RandomGenerator random, boolean clocks, boolean arbiter) {
        History history = History.load(capture.repository());
        checkClamps(history, capture.timeline());
        for (int n = 0; n < QUERIES; n++) {
            long asked = moment(capture, random);
            if (arbiter) {
                check(capture, history, asked, "", clocks);
                check(capture, history, asked, capture.timeline() + "@", clocks);
            } else {
                checkByClock(capture, history, asked);
            }
        }
    }

    /** Every commit whose clock was not believed is counted; one that was captured again after a kill, twice. */
    private static void checkClamps(History history, int timeline) {
        AtomicLong clamped = new AtomicLong();
        Segments segments = new Segments(history.repository().store());
        for (SegmentName name : history.segments(timeline)) {
            segments.open(name)
                    .forEach(commit ->
                            clamped.addAndGet(commit.record().header().clampedMicros() >= CLAMP_MICROS_MIN ? 1 : 0));
        }
        long counted =
                history.head(timeline).map(head -> head.clamps().commits()).orElse(0L);
        assertThat(counted).as("clamps of timeline %d", timeline).isGreaterThanOrEqualTo(clamped.get());
    }

    /** Any moment up to now, or one right at a change. */
    private static long moment(SimulatedCapture capture, RandomGenerator random) {
        if (random.nextBoolean()) {
            return SimulatedCapture.START + random.nextLong(capture.now() - SimulatedCapture.START + 1);
        }
        List<Long> changes =
                capture.services.get(random.nextInt(capture.services.size())).changes();
        return changes.get(random.nextInt(changes.size())) + random.nextInt(-200_000, 1_200_000);
    }

    private static void check(SimulatedCapture capture, History history, long asked, String timeline, boolean clocks) {
        String ref = timeline + "time:" + Timestamps.print(asked);
        ResolvedPoint point;
        try {
            point = new RefResolver(history, Timestamps.instant(capture.machineMicros())).resolve(RefParser.parse(ref));
        } catch (MetawalException e) {
            assertThat(e.code()).as(e.text()).isIn(ExitCode.POINT_NOT_FOUND, ExitCode.GAP);
            if (!clocks) {
                if (timeline.isEmpty()) {
                    namesTheLiveOne(capture, history, asked, e.text());
                }
                assertThat(mustAnswer(capture, history, asked))
                        .as("%s is refused, though it was observed: %s", ref, e.text())
                        .isFalse();
            }
            return;
        }
        long tolerance = uncertainty(point) + (clocks ? CLOCK_TOLERANCE : 0);
        String origin = Origins.of(history, point.timeline(), point.seq());
        int colon = origin.indexOf(':');
        SimulatedCapture.Service service = capture.services.get(Integer.parseInt(origin.substring(0, colon)) - 1);
        int change = Integer.parseInt(origin.substring(colon + 1));
        List<Long> changes = service.changes();
        long until = change + 1 < changes.size() ? changes.get(change + 1) : Long.MAX_VALUE;
        assertThat(changes.get(change) <= asked + tolerance && until > asked - tolerance)
                .as(
                        "%s is seq %d, change %s, which was from %s to %s; ± %d µs",
                        ref, point.seq(), origin, Timestamps.print(changes.get(change)), until, tolerance)
                .isTrue();
        boolean named = !timeline.isEmpty();
        boolean later = service.number() < capture.services.size()
                && asked - tolerance
                        > capture.services.get(service.number()).changes().get(0);
        assertThat(later && !named)
                .as("%s is of service %d, though another one lived", ref, service.number())
                .isFalse();
    }

    /** Where the timeline that was left is known to have had commits of its own by then, the refusal names the one that was live. */
    private static void namesTheLiveOne(SimulatedCapture capture, History history, long asked, String refusal) {
        Timeline current = history.timeline(capture.timeline());
        boolean lived = asked >= capture.service().changes().get(0);
        if (current.parent() == 0 || lived) {
            return;
        }
        String ref = current.parent() + "@time:" + Timestamps.print(asked);
        ResolvedPoint point;
        try {
            point = new RefResolver(history, Timestamps.instant(capture.machineMicros())).resolve(RefParser.parse(ref));
        } catch (MetawalException unknownThereToo) {
            return;
        }
        if (point.seq() > current.forkSeq()) {
            assertThat(refusal).contains(" was the one that was written; ").contains("@time:");
        }
    }

    private static void checkByClock(SimulatedCapture capture, History history, long moment) {
        long said = moment + capture.machineMicros() - capture.now();
        String ref = "time:" + Timestamps.print(said);
        ResolvedPoint point;
        try {
            point = new RefResolver(history, Timestamps.instant(capture.machineMicros())).resolve(RefParser.parse(ref));
        } catch (MetawalException e) {
            assertThat(e.code()).as(e.text()).isIn(ExitCode.POINT_NOT_FOUND, ExitCode.GAP);
            return;
        }
        long tolerance = uncertainty(point) + CLOCK_TOLERANCE;
        String origin = Origins.of(history, point.timeline(), point.seq());
        int change = Integer.parseInt(origin.substring(origin.indexOf(':') + 1));
        List<Long> changes = capture.service().changes();
        long until = change + 1 < changes.size() ? changes.get(change + 1) : Long.MAX_VALUE;
        assertThat(capture.whenClockSaid(said))
                .as("%s is seq %d, change %s, ± %d µs", ref, point.seq(), origin, tolerance)
                .anyMatch(at -> changes.get(change) <= at.to() + tolerance && until > at.from() - tolerance);
    }

    /** By what the capture saw, on the timeline of before every fork; a commit that came more than two intervals late is in doubt. */
    private static boolean mustAnswer(SimulatedCapture capture, History history, long asked) {
        if (capture.timeline() != 1) {
            return false;
        }
        long last = history.line(1).lastSeq();
        long observed = history.head(1).map(head -> head.observedUntilMicros()).orElse(0L);
        SimulatedCapture.Seen before = null;
        for (SimulatedCapture.Seen commit : capture.seen) {
            if (commit.seq() > last) {
                break;
            }
            if (commit.time() > asked) {
                boolean late = commit.time() - commit.observedBefore() > 2_000_000;
                return before != null && (asked <= commit.observedBefore() || !late && !commit.afterGap());
            }
            before = commit;
        }
        return before != null && asked <= observed;
    }

    private static long uncertainty(ResolvedPoint point) {
        for (String note : point.notes()) {
            Matcher m = UNCERTAIN.matcher(note);
            if (m.find()) {
                return Math.round(Double.parseDouble(m.group(1)) * (m.group(2).equals("s") ? 1_000_000 : 1_000));
            }
        }
        return 0;
    }
}
