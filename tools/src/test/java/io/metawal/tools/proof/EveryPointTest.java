package io.metawal.tools.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.point.RefParser;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.pitr.restore.Restore;
import io.metawal.pitr.verify.Level;
import io.metawal.pitr.verify.Verifier;
import io.metawal.pitr.verify.VerifyReport;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.repository.History;
import io.metawal.testkit.history.Model;
import io.metawal.testkit.seed.Seeded;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every seq of random histories restores to the model's image, by every kind of ref; what cannot be reached writes nothing. */
@Tag("slow")
class EveryPointTest {
    private static final int CASES = 5;

    @TempDir
    Path scratch;

    @Test
    void everySeqRestoresToTheModelsImage() {
        Seeded.check(CASES, random -> {
            World world = history(random);
            History history = History.load(world.repository());
            for (int timeline : history.timelines().keySet()) {
                Model model = world.model(timeline);
                for (long seq = 1; seq <= model.lastSeq(); seq++) {
                    check(history, timeline + "@seq:" + seq, model, seq, random);
                }
            }
            verifyIsClean(world, history);
        });
    }

    @Test
    void everyEpochAndTimeMeansItsLastCommit() {
        Seeded.check(CASES, random -> {
            World world = history(random);
            History history = History.load(world.repository());
            Model model = world.model();
            long lastEpoch = model.commit(model.lastSeq()).epoch();
            for (int n = 0; n < 60; n++) {
                Commit commit = model.commit(1 + random.nextLong(model.lastSeq()));
                long epoch = Math.min(lastEpoch, commit.epoch() + random.nextInt(3));
                checkClock(
                        history,
                        "epoch:" + epoch,
                        model,
                        model.lastSeqOfEpoch(epoch),
                        epoch > commitEpoch(model, epoch));
                long time = Math.min(
                        model.commit(model.lastSeq()).timeMicros(), commit.timeMicros() + random.nextInt(3) * 1000L);
                long seq = model.lastSeqOfTime(time);
                checkClock(
                        history,
                        "time:" + Timestamps.print(time),
                        model,
                        seq,
                        time > model.commit(seq).timeMicros());
            }
        });
    }

    private static long commitEpoch(Model model, long epoch) {
        return model.commit(model.lastSeqOfEpoch(epoch)).epoch();
    }

    /** Several terms, segments of every size, snapshots, bases in pieces, forks in the middle of segments; no gap. */
    private static World history(RandomGenerator random) {
        World world = new World(new MemoryObjectStore(World.CLOCK), random);
        if (random.nextBoolean()) {
            world.appendBase(1 + random.nextInt(3), "");
        }
        int rounds = 3 + random.nextInt(5);
        for (int n = 0; n < rounds; n++) {
            world.append(1 + random.nextInt(60));
            switch (random.nextInt(6)) {
                case 0 -> world.snapshot();
                case 1 -> {
                    world.archive();
                    world.reopen();
                }
                case 2 -> world.fork(1 + random.nextLong(world.lastSeq()));
                case 3 -> world.appendBase(1 + random.nextInt(4), "");
                default -> world.archive();
            }
        }
        world.append(5);
        world.archive();
        return world;
    }

    private void check(History history, String ref, Model model, long seq, RandomGenerator random) {
        ReplayLimits limits = Collected.limits(scratch, 1 + random.nextInt(3), random.nextBoolean() ? 1 : 1 << 20);
        if (!model.commit(seq).header().kind().restorable()) {
            refused(history, ref, ExitCode.POINT_NOT_FOUND);
            return;
        }
        assertThat(Collected.restore(history, ref, false, limits).entries())
                .as(ref)
                .isEqualTo(model.entriesAt(seq));
    }

    private void checkClock(History history, String ref, Model model, long found, boolean between) {
        long seq = found;
        boolean gapAfter =
                seq < model.lastSeq() && model.commit(seq + 1).header().afterGap();
        if (between && gapAfter) {
            refused(history, ref, ExitCode.GAP);
            return;
        }
        while (seq > 0 && !model.commit(seq).header().kind().restorable()) {
            seq--;
        }
        if (seq == 0) {
            refused(history, ref, ExitCode.POINT_NOT_FOUND);
            return;
        }
        assertThat(Collected.restore(history, ref, false, Collected.limits(scratch, 2, 1 << 20))
                        .entries())
                .as(ref)
                .isEqualTo(model.entriesAt(seq));
    }

    private void refused(History history, String ref, ExitCode code) {
        Collected target = new Collected();
        try {
            new Restore(history, Collected.limits(scratch, 1, 1 << 20), Restore.Progress.NONE, System::nanoTime)
                    .run(RefParser.parse(ref), false, World.CLOCK.instant(), () -> target);
        } catch (MetawalException e) {
            assertThat(e.code()).as(ref + ": " + e.text()).isEqualTo(code);
            assertThat(e.text()).as(ref).containsAnyOf("seq", "there is", "there are", "nothing", "no point");
            assertThat(target.touched()).as(ref + ": nothing is written").isFalse();
            return;
        }
        throw new AssertionError(ref + " was restored, though " + code + " was expected");
    }

    @Test
    void gapsAreRecordedShownAndRefused() {
        Seeded.check(CASES, random -> {
            World world = new World(new MemoryObjectStore(World.CLOCK), random);
            world.append(20 + random.nextInt(50));
            world.archive();
            long before = world.lastSeq();
            world.appendBase(1 + random.nextInt(3), "compacted past our position");
            world.append(20);
            world.archive();
            History history = History.load(world.repository());
            Model model = world.model();
            long epoch = model.commit(before).epoch();
            refused(history, "epoch:" + (epoch + 1), ExitCode.GAP);
            refused(history, "time:" + Timestamps.print(model.commit(before).timeMicros() + 1), ExitCode.GAP);
            assertThat(history.manifest().state().gaps()).singleElement().satisfies(gap -> {
                assertThat(gap.afterSeq()).isEqualTo(before);
                assertThat(gap.reason()).isEqualTo("compacted past our position");
            });
            for (long seq = 1; seq <= model.lastSeq(); seq++) {
                check(history, "seq:" + seq, model, seq, random);
            }
            VerifyReport report = verifier(world).run(Level.CHAIN);
            assertThat(report.exit()).isEqualTo(ExitCode.GAP);
        });
    }

    @Test
    void whatIsOutsideIsRefusedByItsKind() {
        World world = new World(new MemoryObjectStore(World.CLOCK), Seeded.random(3));
        History empty = History.load(world.repository());
        for (String ref : List.of("latest", "seq:1", "epoch:1", "time:2026-11-21T00:00:00Z", "-PT1S")) {
            refused(empty, ref, ExitCode.POINT_NOT_FOUND);
        }
        world.append(40);
        world.archive();
        History history = History.load(world.repository());
        long epoch = world.model().commit(40).epoch();
        for (String ref : List.of(
                "seq:0",
                "seq:41",
                "latest~40",
                "epoch:" + (epoch + 1_000_000),
                "time:1969-01-01T00:00:00Z",
                "time:2199-01-01T00:00:00Z",
                "name:nobody",
                "snap:00000001-0000000000000009.00000001",
                "7@latest")) {
            refused(history, ref, ExitCode.POINT_NOT_FOUND);
        }
        for (String ref : List.of("seq:1", "latest~39")) {
            Collected target = new Collected();
            assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(
                                    MetawalException.class,
                                    () -> new Restore(
                                                    history,
                                                    Collected.limits(scratch, 1, 1),
                                                    Restore.Progress.NONE,
                                                    System::nanoTime)
                                            .run(RefParser.parse(ref), true, World.CLOCK.instant(), () -> target))
                            .code())
                    .isEqualTo(ExitCode.POINT_NOT_FOUND);
            assertThat(target.touched()).isFalse();
        }
    }

    private Verifier verifier(World world) {
        return new Verifier(world.repository(), Collected.limits(scratch, 2, 1 << 20), World.CLOCK.instant(), () -> {});
    }

    private void verifyIsClean(World world, History history) {
        VerifyReport report = verifier(world).run(Level.REPLAY);
        assertThat(report.findings()).isEmpty();
        assertThat(report.restorable()).isNotNull();
        assertThat(history.currentTimeline()).isEqualTo(world.timeline());
    }
}
