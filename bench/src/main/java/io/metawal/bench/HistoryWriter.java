package io.metawal.bench;

import io.metawal.metadata.commit.BodyCodec;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.image.MemoryImage;
import io.metawal.snapshotter.SnapshotPolicy;
import io.metawal.snapshotter.Snapshotter;
import io.metawal.storage.format.EncodedSegment;
import io.metawal.storage.format.Segment;
import io.metawal.storage.format.SegmentBuilder;
import io.metawal.storage.format.SegmentHash;
import io.metawal.storage.format.StampedCommit;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.repository.Timeline;
import io.metawal.storage.repository.WriterRole;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Writes a history straight into a repository, without a hot log: real records, digests, segments of the default size, and
 * snapshots when the policy says so by the history's own time. For one thread.
 */
final class HistoryWriter {
    /** For a history without snapshots. */
    static final SnapshotPolicy NO_SNAPSHOTS =
            new SnapshotPolicy(Long.MAX_VALUE, Duration.ofDays(100_000), Duration.ofDays(100_000));

    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final long SEGMENT_BYTES = 4L << 20;

    private final Repository repository;
    private final WriterRole role;
    private final MemoryImage image = new MemoryImage();
    private final Snapshotter snapshotter;
    private Instant now = START;
    private SegmentBuilder builder;
    private SegmentHash hash = SegmentHash.NONE;
    private long segments;

    HistoryWriter(ObjectStore store, SnapshotPolicy policy) {
        InstantSource clock = () -> now;
        this.repository = Repository.init(store, "bench", START).repository();
        this.role = WriterRole.take(repository, new WriterRole.Request("bench", Timeline.FIRST, ""), clock);
        this.snapshotter = new Snapshotter(policy, role, Runnable::run, clock, START);
        this.builder = new SegmentBuilder(role.term().term(), image.provenance());
    }

    Repository repository() {
        return repository;
    }

    long segments() {
        return segments;
    }

    /** The state that the history leads to. */
    ImageView image() {
        return image.view();
    }

    void append(CommitBody body, Instant at) {
        now = at;
        long epoch = image.provenance().seq() + 1;
        CommitRecord record = CommitRecord.write(
                image.provenance().position().next(epoch, Timestamps.micros(at)), CommitKind.DATA, body);
        builder.add(new StampedCommit(record, image.apply(new Commit(record.header(), body))));
        if (builder.rawBytes() >= SEGMENT_BYTES) {
            cut();
        }
    }

    /** The history is complete. */
    void end() {
        if (!builder.isEmpty()) {
            cut();
        }
        role.putHead(
                builder.end(), hash, builder.end().timeMicros(), builder.end().epoch());
    }

    private void cut() {
        EncodedSegment segment = builder.build(hash);
        role.publish(segment);
        segments++;
        hash = segment.hash();
        builder = new SegmentBuilder(role.term().term(), segment.end());
        image.forgetDigestsBefore(segment.end().seq());
        snapshotter.archived(
                segment.header().commits(), segment.header().rawBytes(), decodeNanos(segment), image::view);
    }

    /** What the writer of an archive measures of each segment. */
    private static long decodeNanos(EncodedSegment segment) {
        try (InputStream in = segment.open(0)) {
            byte[] bytes = in.readAllBytes();
            long start = System.nanoTime();
            Segment.open(bytes, "segment").forEach(stamped -> {
                CommitRecord record = stamped.record();
                BodyCodec.scan(
                        record.array(),
                        record.payloadAt(),
                        record.payloadLength(),
                        (space, keyAt, keyLength, op, valueAt, valueLength, metaAt, metaLength) -> {});
            });
            return System.nanoTime() - start;
        } catch (IOException e) {
            throw new IllegalStateException("an array cannot fail", e);
        }
    }
}
