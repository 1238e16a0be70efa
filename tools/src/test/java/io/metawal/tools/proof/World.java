package io.metawal.tools.proof;

import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.image.MemoryImage;
import io.metawal.metadata.port.LogReader;
import io.metawal.snapshotter.SnapshotPolicy;
import io.metawal.snapshotter.Snapshotter;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.repository.Forks;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.repository.WriterRole;
import io.metawal.testkit.history.Drafts;
import io.metawal.testkit.history.Model;
import io.metawal.wal.archive.ArchiveListener;
import io.metawal.wal.archive.ArchivePolicy;
import io.metawal.wal.archive.Archiver;
import io.metawal.wal.memory.MemoryLog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/**
 * A writer driven by hand, one step after another in one thread, and beside it the plain model of what it wrote. The log in
 * memory stands for this machine's disk: it lives on when the writer is thrown away and opened again.
 */
final class World {
    static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-21T12:00:00Z"));

    private final Disk disk;
    private final Repository repository;
    private final RandomGenerator random;
    private final Drafts drafts;
    private WriterRole role;
    private Archiver archiver;
    private Snapshotter snapshotter;

    /** What a machine keeps when its process dies: the log; and, for the test, the model of all that was ever written. */
    static final class Disk {
        private final TreeMap<Integer, Model> models = new TreeMap<>();
        private int timeline = 1;
        private MemoryLog log;

        Disk() {
            this(Position.START, new Model());
        }

        Model model(int ofTimeline) {
            Model model = models.get(ofTimeline);
            if (model == null) {
                throw new AssertionError("no model of timeline " + ofTimeline);
            }
            return model;
        }

        /** A machine that goes on from the archive alone. */
        Disk(Position at, Model model) {
            models.put(1, model);
            log = new MemoryLog(at, CLOCK, Long.MAX_VALUE);
        }
    }

    World(ObjectStore store, RandomGenerator random) {
        this(store, random, new Disk());
    }

    World(ObjectStore store, RandomGenerator random, Disk disk) {
        this.disk = disk;
        this.repository = Repository.init(store, "proof", CLOCK.instant()).repository();
        this.random = random;
        this.drafts = new Drafts(random);
        role = open();
        archiver = archiver();
        snapshotter = snapshotter();
    }

    private WriterRole open() {
        return WriterRole.take(repository, new WriterRole.Request("proof", disk.timeline, ""), CLOCK);
    }

    private Archiver archiver() {
        MemoryImage image = new MemoryImage();
        long archived = role.term().from().seq();
        Model model = model(disk.timeline);
        image.load(
                role.term().from(), EntryIterator.of(model.entriesAt(archived).values()));
        ArchivePolicy policy = new ArchivePolicy(200 + random.nextInt(4000), Duration.ZERO, Duration.ofDays(1));
        return new Archiver(policy, disk.log, image, role, List::of, ArchiveListener.NONE, System::nanoTime);
    }

    private Snapshotter snapshotter() {
        return new Snapshotter(SnapshotPolicy.DEFAULT, role, Runnable::run, CLOCK, CLOCK.instant());
    }

    Repository repository() {
        return repository;
    }

    int timeline() {
        return disk.timeline;
    }

    Model model(int ofTimeline) {
        return disk.model(ofTimeline);
    }

    Model model() {
        return model(disk.timeline);
    }

    /** The last seq that this writer has acknowledged as archived. */
    long archivedSeq() {
        return archiver.archivedSeq();
    }

    WriterRole role() {
        return role;
    }

    /** Takes the writer's role anew, as after a crash: only the log and the repository are left. */
    void reopen() {
        role = open();
        archiver = archiver();
        snapshotter = snapshotter();
    }

    /** Appends to the log and the model; nothing is archived yet. */
    void append(int commits) {
        for (int n = 0; n < commits; n++) {
            append(drafts.next());
        }
    }

    private void append(CommitDraft draft) {
        disk.log.append(draft).join();
        try (LogReader reader = disk.log.read(disk.log.head().seq())) {
            var record = reader.poll();
            if (record == null) {
                throw new AssertionError("nothing was appended");
            }
            model().add(record.commit());
        }
    }

    /** A base in pieces, as after a gap or at the start. */
    void appendBase(int parts, String gapReason) {
        Commit last = disk.log.head().seq() == 0
                ? null
                : model().commit(disk.log.head().seq());
        long epoch = (last == null ? 0 : last.epoch()) + 10;
        long time = (last == null ? 1_000_000 : last.timeMicros()) + 5_000_000;
        for (int n = 0; n < parts; n++) {
            CommitBody made = drafts.next().body();
            CommitBody body =
                    new CommitBody("", "base", made.sourcePosition(), n == 0 ? gapReason : "", made.changes());
            append(new CommitDraft(n == parts - 1 ? CommitKind.BASE : CommitKind.BASE_PART, epoch, time, body));
        }
    }

    /** Steps until all that was appended is archived. */
    void archive() {
        CompletableFuture<Void> done = archiver.flush();
        for (int n = 0; !done.isDone(); n++) {
            archiver.step();
            if (n > 100_000) {
                throw new AssertionError("the archive does not come forward");
            }
        }
        archiver.step();
    }

    /** Takes a snapshot of the newest commit. */
    void snapshot() {
        archive();
        CompletableFuture<ImageView> view = archiver.view(disk.log.head().seq());
        archiver.step();
        snapshotter.take(view.join(), "the test asks").join();
        archive();
    }

    /** Leaves the timeline at a commit, for a new one. */
    void fork(long seq) {
        archive();
        Model parent = model();
        int forked = Forks.fork(repository, disk.timeline, seq, "test", "", CLOCK.instant())
                .timeline();
        Model child = new Model();
        List<Commit> shared = new ArrayList<>(parent.commits().subList(0, (int) seq));
        shared.forEach(child::add);
        disk.models.put(forked, child);
        disk.timeline = forked;
        Position at = seq == 0 ? Position.START : parent.provenanceAt(seq).position();
        disk.log = new MemoryLog(at.on(forked), CLOCK, Long.MAX_VALUE);
        reopen();
    }

    long lastSeq() {
        return disk.log.head().seq();
    }
}
