package io.metawal.wal.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.image.MemoryImage;
import io.metawal.metadata.image.Provenance;
import io.metawal.storage.format.EncodedSegment;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.repository.Head;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.repository.Segments;
import io.metawal.storage.repository.WriterRole;
import io.metawal.testkit.history.Drafts;
import io.metawal.testkit.history.Model;
import io.metawal.testkit.object.FaultyObjectStore;
import io.metawal.testkit.seed.Seeded;
import io.metawal.wal.memory.MemoryLog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/** An archiver that a test drives step by step, on a store that can be told to fail; and the model of what it should have archived. */
abstract class ArchiverFixture {
    static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-21T12:00:00Z"));
    static final ArchivePolicy SMALL = new ArchivePolicy(600, Duration.ofSeconds(1));

    final FaultyObjectStore store = new FaultyObjectStore(new MemoryObjectStore(CLOCK));
    final Repository repository =
            Repository.init(store, "archiver", CLOCK.instant()).repository();
    final Model model = new Model();
    final List<Long> followers = new ArrayList<>();

    @Nullable
    RuntimeException unreadable;

    final List<RuntimeException> failing = new ArrayList<>();
    Drafts drafts = new Drafts(Seeded.random(7));
    MemoryLog log = new MemoryLog(Position.START, CLOCK, Long.MAX_VALUE);
    long nanos;

    @BeforeEach
    void fresh() {
        drafts = new Drafts(Seeded.random(7));
    }

    void append(int commits) {
        for (int n = 0; n < commits; n++) {
            append(drafts.next());
        }
    }

    void append(CommitDraft draft) {
        long seq = log.append(draft).join().seq();
        try (var reader = log.read(seq)) {
            var record = reader.poll();
            assertThat(record).isNotNull();
            if (record != null) {
                model.add(record.commit());
            }
        }
    }

    WriterRole take() {
        return WriterRole.take(repository, new WriterRole.Request("test", 1, ""), CLOCK);
    }

    MemoryImage imageAt(long seq) {
        MemoryImage image = new MemoryImage();
        image.load(
                model.provenanceAt(seq), EntryIterator.of(model.entriesAt(seq).values()));
        return image;
    }

    Archiver archiver(WriterRole role, MemoryImage image, ArchivePolicy policy) {
        ArchiveListener listener = new ArchiveListener() {
            @Override
            public void archived(EncodedSegment segment, long decodeNanos, Supplier<ImageView> view) {
                try (ImageView at = view.get()) {
                    assertThat(at.provenance()).isEqualTo(segment.end());
                }
            }

            @Override
            public void failing(RuntimeException cause) {
                failing.add(cause);
            }
        };
        return new Archiver(policy, log, image, role, this::followers, listener, () -> nanos);
    }

    List<Long> followers() {
        if (unreadable != null) {
            throw unreadable;
        }
        return followers;
    }

    static void flush(Archiver archiver) {
        CompletableFuture<Void> done = archiver.flush();
        for (int n = 0; !done.isDone() && n < 10_000; n++) {
            archiver.step();
        }
        done.join();
    }

    /** The archive is what the log was: each seq once, chained, with the model's digests. */
    void checkArchive(long lastSeq) {
        History history = History.load(repository);
        Line line = history.line(1);
        assertThat(line.lastSeq()).isEqualTo(lastSeq);
        long[] seq = {0};
        Provenance[] before = {Provenance.START};
        Segments segments = new Segments(store);
        for (Line.Piece piece : line.pieces()) {
            assertThat(piece.segment().first()).isEqualTo(seq[0] + 1);
            segments.open(piece.segment()).forEach(stamped -> {
                seq[0]++;
                assertThat(stamped.record().follows(before[0].chain())).isTrue();
                assertThat(stamped.provenance()).isEqualTo(model.provenanceAt(seq[0]));
                before[0] = stamped.provenance();
            });
        }
        assertThat(seq[0]).isEqualTo(lastSeq);
        Head head = history.head(1).orElseThrow();
        assertThat(head.at()).isEqualTo(model.provenanceAt(lastSeq));
        assertThat(head.manifest()).isEqualTo(history.manifest().number());
    }

    Head head() {
        return History.load(repository).head(1).orElseThrow();
    }
}
