package io.metawal.testkit.repository;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.FencedException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Provenance;
import io.metawal.storage.format.EncodedSegment;
import io.metawal.storage.format.SegmentBuilder;
import io.metawal.storage.format.SegmentHash;
import io.metawal.storage.format.StampedCommit;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.repository.Gap;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.Manifest;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.repository.SegmentName;
import io.metawal.storage.repository.Segments;
import io.metawal.storage.repository.WriterRole;
import io.metawal.testkit.history.Histories;
import io.metawal.testkit.seed.Seeded;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Several writers take the role from one another, with every interleaving of their calls to the store that chance finds: what was
 * said to be archived stays on the line (I3), and the line is one history (I8).
 */
@Tag("slow")
class WriterRaceTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-21T12:00:00Z"));

    private static final int CASES = 40;

    // One task runs at a time.
    private final Set<SegmentName> acknowledged = new HashSet<>();
    private final Set<Gap> recorded = new HashSet<>();

    @Test
    void noAcknowledgedSegmentIsLeftOut() {
        Seeded.check(CASES, random -> {
            acknowledged.clear();
            recorded.clear();
            MemoryObjectStore inner = new MemoryObjectStore(CLOCK);
            Repository.init(inner, "race", CLOCK.instant());
            Turns turns = new Turns(random, random.nextInt(10));
            ObjectStore store = new TurnTakingStore(inner, turns::pass);
            List<Turns.Task> tasks = new ArrayList<>();
            int writers = 2 + random.nextInt(2);
            for (int n = 0; n < writers; n++) {
                String name = "writer-" + n;
                RandomGenerator own = Seeded.random(random.nextLong());
                tasks.add(() -> write(name, store, own));
            }
            tasks.add(() -> read(store));
            turns.run(tasks);
            check(inner);
            WriterRole last = take("last", Repository.open(inner));
            check(inner);
            assertThat(History.load(last.repository()).end(1).at())
                    .isEqualTo(last.term().from());
        });
    }

    private static WriterRole take(String owner, Repository repository) {
        return WriterRole.take(repository, new WriterRole.Request(owner, 1, ""), CLOCK);
    }

    private void write(String name, ObjectStore store, RandomGenerator random) {
        Repository repository = Repository.open(store);
        for (int life = 0; life < 3; life++) {
            WriterRole role = take(name, repository);
            Provenance at = role.term().from();
            SegmentHash hash = role.term().previousHash();
            try {
                for (int n = random.nextInt(3); n >= 0; n--) {
                    EncodedSegment segment = segment(role, at, hash, name, random);
                    role.publish(segment);
                    acknowledged.add(new SegmentName(
                            1,
                            segment.header().firstSeq(),
                            segment.header().lastSeq(),
                            role.term().term()));
                    at = segment.end();
                    hash = segment.hash();
                    role.putHead(at, hash, at.timeMicros(), at.epoch());
                    if (random.nextInt(4) == 0) {
                        Gap gap = new Gap(1, at.seq(), 0, 0, 0, 0, name + random.nextLong());
                        role.publish(Manifest.Edit.gap(gap));
                        recorded.add(gap);
                    }
                }
            } catch (FencedException e) {
                assertThat(e.text()).contains("term " + role.term().term());
            }
        }
    }

    private static EncodedSegment segment(
            WriterRole role, Provenance from, SegmentHash hash, String name, RandomGenerator random) {
        SegmentBuilder builder = new SegmentBuilder(role.term().term(), from);
        for (int n = random.nextInt(3); n >= 0; n--) {
            Change put = Change.put(EntryKey.of("kv", name + random.nextLong()), ByteString.EMPTY);
            CommitRecord record = Histories.record(
                    builder.end().position(), CommitDraft.of(1, 1, CommitBody.of(name, "race", List.of(put))));
            builder.add(new StampedCommit(record, Digest.EMPTY));
        }
        return builder.build(hash);
    }

    private void read(ObjectStore store) {
        Repository repository = Repository.open(store);
        for (int n = 0; n < 10; n++) {
            Set<SegmentName> known = Set.copyOf(acknowledged);
            Set<Gap> told = Set.copyOf(recorded);
            History history = History.load(repository);
            List<SegmentName> segments = history.segments(1);
            assertThat(segments).as("what was archived before a reader looked").containsAll(known);
            assertThat(history.manifest().state().gaps()).containsAll(told);
            checkWhole(history.line(1));
        }
    }

    private void check(ObjectStore store) {
        History history = History.load(Repository.open(store));
        Line line = history.line(1);
        assertThat(history.segments(1)).containsAll(acknowledged);
        assertThat(history.manifest().state().gaps()).containsAll(recorded);
        checkWhole(line);
        Segments segments = new Segments(store);
        Segments.End before = Segments.End.START;
        for (Line.Piece piece : line.pieces()) {
            var header = segments.open(piece.segment()).header();
            assertThat(header.previousChain()).isEqualTo(before.at().chain());
            assertThat(header.previousHash()).isEqualTo(before.hash());
            before = segments.end(piece.segment());
        }
    }

    private static void checkWhole(Line line) {
        long expected = 1;
        for (Line.Piece piece : line.pieces()) {
            assertThat(piece.segment().first()).as("in " + line).isEqualTo(expected);
            expected = piece.upToSeq() + 1;
        }
    }
}
