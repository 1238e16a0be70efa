package io.metawal.tools.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.fault.FencedException;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.image.Provenance;
import io.metawal.pitr.replay.ReplayLimits;
import io.metawal.pitr.verify.Finding;
import io.metawal.pitr.verify.Level;
import io.metawal.pitr.verify.Verifier;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.Points;
import io.metawal.storage.repository.Repository;
import io.metawal.testkit.history.Model;
import io.metawal.testkit.object.CrashError;
import io.metawal.testkit.object.EveryCall;
import io.metawal.testkit.object.Fault;
import io.metawal.testkit.object.FaultyObjectStore;
import io.metawal.testkit.seed.Seeded;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that fails, or dies, or succeeds and says that it failed, at every single call; and a second writer at every moment. */
@Tag("slow")
class CrashAtEveryCallTest {
    private static final long FIRST_SEED = 31;

    @TempDir
    Path scratch;

    private ReplayLimits limits() {
        return Collected.limits(scratch, 1, 1 << 20);
    }

    @Test
    void whatWasAcknowledgedIsThereAndTheRestGoesOn() {
        Seeded.checkSeeds(FIRST_SEED, 1, this::aFaultAtEveryCall);
    }

    private void aFaultAtEveryCall(long seed) {
        int struck = EveryCall.check(
                List.of(
                        Fault.FAIL_BEFORE,
                        Fault.SUCCEED_BUT_REPORT_FAILURE,
                        Fault.CRASH_BEFORE,
                        Fault.CRASH_AFTER,
                        Fault.CRASH_AND_LAND_LATER),
                () -> new MemoryObjectStore(World.CLOCK),
                store -> liveThrough(store, limits(), 4, seed));
        assertThat(struck).as("faults met").isGreaterThan(200);
    }

    /** A writer's life, one fault in it; then the machine comes up again with its disk as it was. */
    static void liveThrough(FaultyObjectStore store, ReplayLimits limits, int scale, long seed) {
        World.Disk disk = new World.Disk();
        long[] acknowledged = {0};
        try {
            work(store, disk, acknowledged, scale, seed);
        } catch (CrashError | MetawalException | CompletionException e) {
            assertThat(e).as("only what a writer may die of").satisfies(CrashAtEveryCallTest::expected);
        }
        // What died with its store stays dead: the next process has a connection of its own.
        World again = new World(store.inner(), Seeded.random(seed + 1), disk);
        store.land();
        acknowledgedIsThere(again, acknowledged[0], limits);
        again.append(3);
        again.snapshot();
        History history = History.load(again.repository());
        Model model = again.model();
        for (long seq = model.lastSeq(); seq >= 1; seq -= 6) {
            if (model.commit(seq).header().kind().restorable()) {
                assertThat(Collected.restore(history, "seq:" + seq, false, limits)
                                .entries())
                        .as("seq %d", seq)
                        .isEqualTo(model.entriesAt(seq));
            }
        }
        Points points = new Points(again.repository());
        points.list().stream().map(Points.Point::label).toList().forEach(points::delete);
        assertThat(new Verifier(again.repository(), limits, World.CLOCK.instant(), () -> {})
                        .run(Level.REPLAY)
                        .findings())
                .filteredOn(finding -> finding.severity() != Finding.Severity.INFO)
                .filteredOn(finding -> !finding.kind().equals("gap"))
                .filteredOn(finding -> !finding.object().contains("point-mark"))
                .isEmpty();
    }

    private static void expected(Throwable e) {
        boolean typed = e instanceof CrashError
                || e instanceof MetawalException
                || e.getCause() instanceof CrashError
                || e.getCause() instanceof MetawalException;
        assertThat(typed).as(String.valueOf(e)).isTrue();
    }

    private static void work(ObjectStore store, World.Disk disk, long[] acknowledged, int scale, long seed) {
        World world = new World(store, Seeded.random(seed), disk);
        world.append(3 * scale);
        world.archive();
        acknowledged[0] = world.archivedSeq();
        world.snapshot();
        world.append(2 * scale);
        world.archive();
        acknowledged[0] = world.archivedSeq();
        world.reopen();
        world.appendBase(2, "lost some");
        world.append(2 + scale);
        world.archive();
        acknowledged[0] = world.archivedSeq();
        new Points(world.repository()).create(new Points.Point("mark", 1, 5, "test", 1));
        world.snapshot();
    }

    private static void acknowledgedIsThere(World again, long seq, ReplayLimits limits) {
        if (seq > 0) {
            assertThat(Collected.restore(History.load(again.repository()), "seq:" + seq, false, limits)
                            .entries())
                    .as("acknowledged seq %d", seq)
                    .isEqualTo(again.model().entriesAt(seq));
        }
    }

    @Test
    void aSecondWriterAtEveryMomentFencesTheFirst() {
        Seeded.checkSeeds(FIRST_SEED, 1, this::aSecondWriterAtEveryMoment);
    }

    private void aSecondWriterAtEveryMoment(long seed) {
        for (boolean after : new boolean[] {false, true}) {
            int at = 1;
            while (takeOver(at, after, seed)) {
                at++;
            }
            assertThat(at).as("moments tried").isGreaterThan(20);
        }
    }

    /** Returns whether the moment came. */
    private boolean takeOver(int at, boolean after, long seed) {
        MemoryObjectStore shared = new MemoryObjectStore(World.CLOCK);
        Repository.init(shared, "proof", World.CLOCK.instant());
        InterposedStore interposed = new InterposedStore(shared, at, after);
        World.Disk firstDisk = new World.Disk();
        World[] second = {null};
        String moment = (after ? "after" : "before") + " call " + at;
        boolean fenced = false;
        World[] first = {null};
        long[] acknowledged = {0};
        try {
            first[0] = new World(interposed, Seeded.random(seed), firstDisk);
            interposed.start(() -> second[0] = second(shared, firstDisk, seed));
            for (int n = 0; n < 6; n++) {
                first[0].append(10);
                first[0].archive();
                acknowledged[0] = first[0].archivedSeq();
            }
            first[0].snapshot();
        } catch (FencedException | CompletionException e) {
            assertThat(e instanceof FencedException || e.getCause() instanceof FencedException)
                    .as(moment + ": " + e)
                    .isTrue();
            fenced = true;
        }
        if (second[0] == null) {
            return interposed.reached();
        }
        History history = History.load(second[0].repository());
        Line line = history.line(1);
        assertThat(line.holes()).as(moment).isEmpty();
        long end = 0;
        for (Line.Piece piece : line.pieces()) {
            assertThat(piece.segment().first()).as(moment + ": no overlap").isEqualTo(end + 1);
            end = piece.upToSeq();
        }
        if (fenced) {
            assertThat(acknowledged[0])
                    .as(moment + ": nothing was acknowledged that the new term does not count")
                    .isLessThanOrEqualTo(second[0].role().term().from().seq());
        }
        Model model = fenced ? second[0].model() : new Model();
        if (fenced) {
            assertThat(Collected.restore(history, "latest", false, limits()).entries())
                    .as(moment)
                    .isEqualTo(model.entriesAt(model.lastSeq()));
        }
        return true;
    }

    /** Another machine takes over from the archive alone: its model is what the first wrote up to there. */
    private static World second(ObjectStore shared, World.Disk first, long seed) {
        Provenance end = History.load(Repository.open(shared)).end(1).at();
        Model model = new Model();
        for (Commit commit : first.model(1).commits().subList(0, (int) end.seq())) {
            model.add(commit);
        }
        World second = new World(shared, Seeded.random(seed + 2), new World.Disk(end.position(), model));
        second.append(7);
        second.archive();
        return second;
    }
}
