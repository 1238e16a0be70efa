package io.metawal.tools.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.FencedException;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.MemoryImage;
import io.metawal.metadata.port.LogReader;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.repository.Segments;
import io.metawal.storage.repository.WriterRole;
import io.metawal.testkit.history.Drafts;
import io.metawal.testkit.history.Model;
import io.metawal.testkit.repository.TurnTakingStore;
import io.metawal.testkit.repository.Turns;
import io.metawal.testkit.seed.Seeded;
import io.metawal.wal.archive.ArchiveListener;
import io.metawal.wal.archive.ArchivePolicy;
import io.metawal.wal.archive.Archiver;
import io.metawal.wal.memory.MemoryLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two daemons capture the same source into one repository, each on a machine of its own. At every call to the store either may be
 * stopped, and wake after the other took over. Whatever chance finds: what was said to be archived is there, each commit of the
 * source once and in order, and every state is the model's (I1, I3, I8).
 */
@Tag("slow")
class ZombieTest {
    private static final int CASES = 250;
    private static final int COMMITS = 30;
    private static final int LIVES = 3;

    @TempDir
    Path scratch;

    @Test
    void whoeverWakesLateChangesNothing() {
        int[] fenced = {0};
        Seeded.check(CASES, random -> {
            Source source = new Source(random);
            MemoryObjectStore inner = new MemoryObjectStore(World.CLOCK);
            Repository.init(inner, "proof", World.CLOCK.instant());
            Turns turns = new Turns(random, random.nextInt(10));
            ObjectStore store = new TurnTakingStore(inner, turns::pass);
            long[] acknowledged = {0};
            List<Turns.Task> daemons = new ArrayList<>();
            for (int n = 0; n < 2; n++) {
                RandomGenerator own = Seeded.random(random.nextLong());
                daemons.add(() -> fenced[0] += daemon(store, source, acknowledged, own));
            }
            turns.run(daemons);
            check(inner, source, acknowledged[0], random);
        });
        assertThat(fenced[0]).as("writers that were fenced").isGreaterThan(CASES / 4);
    }

    /** What is captured: the nth commit is the same whoever captures it. */
    private static final class Source {
        private final List<CommitDraft> drafts = new ArrayList<>();
        private final Model model = new Model();

        Source(RandomGenerator random) {
            Drafts made = new Drafts(random);
            MemoryLog log = new MemoryLog(Position.START, World.CLOCK, Long.MAX_VALUE);
            for (int n = 0; n < COMMITS; n++) {
                CommitDraft draft = made.next();
                drafts.add(draft);
                log.append(draft).join();
            }
            try (LogReader reader = log.read(1)) {
                for (CommitRecord record = reader.poll(); record != null; record = reader.poll()) {
                    model.add(record.commit());
                }
            }
        }
    }

    /** Lives until the source is archived, or three times; returns how often it was fenced. */
    private static int daemon(ObjectStore store, Source source, long[] acknowledged, RandomGenerator random) {
        int fenced = 0;
        for (int life = 0; life < LIVES; life++) {
            try {
                lead(Repository.open(store), source, acknowledged, random);
            } catch (FencedException e) {
                fenced++;
            }
        }
        return fenced;
    }

    private static void lead(Repository repository, Source source, long[] acknowledged, RandomGenerator random) {
        WriterRole role = WriterRole.take(repository, new WriterRole.Request("daemon", 1, "etcd-1"), World.CLOCK);
        long from = role.term().from().seq();
        MemoryImage image = new MemoryImage();
        image.load(
                role.term().from(),
                EntryIterator.of(source.model.entriesAt(from).values()));
        MemoryLog log = new MemoryLog(role.term().from().position(), World.CLOCK, Long.MAX_VALUE);
        ArchivePolicy policy = new ArchivePolicy(100 + random.nextInt(3000), Duration.ZERO, Duration.ZERO);
        Archiver archiver = new Archiver(policy, log, image, role, List::of, ArchiveListener.NONE, System::nanoTime);
        while (archiver.archivedSeq() < COMMITS && random.nextInt(12) != 0) {
            for (int n = random.nextInt(6); n > 0 && log.head().seq() < COMMITS; n--) {
                log.append(source.drafts.get((int) log.head().seq())).join();
            }
            archiver.step();
            acknowledged[0] = Math.max(acknowledged[0], archiver.archivedSeq());
        }
        if (random.nextBoolean()) {
            role.release();
        }
    }

    private void check(ObjectStore store, Source source, long acknowledged, RandomGenerator random) {
        History history = History.load(Repository.open(store));
        Line line = history.line(1);
        assertThat(line.lastSeq()).isGreaterThanOrEqualTo(acknowledged);
        Segments segments = new Segments(store);
        long[] seq = {0};
        for (Line.Piece piece : line.pieces()) {
            assertThat(piece.segment().first()).as("no overlap, no hole").isEqualTo(seq[0] + 1);
            segments.open(piece.segment()).forEach(stamped -> {
                if (stamped.record().seq() <= piece.upToSeq()) {
                    seq[0]++;
                    assertThat(stamped.provenance()).isEqualTo(source.model.provenanceAt(seq[0]));
                }
            });
        }
        assertThat(seq[0]).isEqualTo(line.lastSeq());
        if (line.lastSeq() > 0) {
            long any = 1 + random.nextLong(line.lastSeq());
            assertThat(Collected.restore(history, "seq:" + any, false, Collected.limits(scratch, 1, 1 << 20))
                            .entries())
                    .isEqualTo(source.model.entriesAt(any));
        }
    }
}
