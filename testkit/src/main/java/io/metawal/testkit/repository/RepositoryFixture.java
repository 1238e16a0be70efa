package io.metawal.testkit.repository;

import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.commit.Sha256;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryCodec;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.MemoryImage;
import io.metawal.metadata.image.Provenance;
import io.metawal.storage.format.EncodedSegment;
import io.metawal.storage.format.SegmentBuilder;
import io.metawal.storage.format.SegmentHash;
import io.metawal.storage.format.SnapshotChunk;
import io.metawal.storage.format.StampedCommit;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.object.ObjectStores;
import io.metawal.storage.repository.Forks;
import io.metawal.storage.repository.Gap;
import io.metawal.storage.repository.Manifest;
import io.metawal.storage.repository.Repository;
import io.metawal.storage.repository.SegmentName;
import io.metawal.storage.repository.SnapshotId;
import io.metawal.storage.repository.SnapshotManifest;
import io.metawal.storage.repository.WriterRole;
import io.metawal.testkit.history.Drafts;
import io.metawal.testkit.history.Histories;
import io.metawal.testkit.history.Model;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Writes a repository by hand, segment by segment, for those who read it, and keeps the plain model of each timeline beside it.
 * Uses the stored formats and the writer's role, and nothing above them.
 */
public final class RepositoryFixture {
    public static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-21T12:00:00Z"));

    private final Repository repository;
    private final Drafts drafts;
    private final TreeMap<Integer, Model> models = new TreeMap<>();
    private int timeline = 1;
    private String source = "";
    private long forkSeq;
    private WriterRole role;
    private MemoryImage image = new MemoryImage();
    private SegmentBuilder builder;
    private SegmentHash hash;
    private int uncut;

    public RepositoryFixture(ObjectStore store, RandomGenerator random) {
        this.repository = Repository.init(store, "fixture", CLOCK.instant()).repository();
        this.drafts = new Drafts(random);
        models.put(1, new Model());
        role = WriterRole.take(repository, new WriterRole.Request("fixture", timeline, ""), CLOCK);
        builder = new SegmentBuilder(role.term().term(), role.term().from());
        hash = role.term().previousHash();
    }

    public Repository repository() {
        return repository;
    }

    public WriterRole role() {
        return role;
    }

    public int timeline() {
        return timeline;
    }

    /** What the timeline that is written now comes to. */
    public Model model() {
        return model(timeline);
    }

    public Model model(int ofTimeline) {
        Model model = models.get(ofTimeline);
        if (model == null) {
            throw new IllegalArgumentException("no model of timeline " + ofTimeline);
        }
        return model;
    }

    /** Takes the writer's role anew; what was not cut is gone, and from the model too. */
    public RepositoryFixture reopen() {
        long archived = builder.end().seq() - uncut;
        models.put(timeline, Model.of(model().commits().subList(0, Math.toIntExact(archived))));
        take();
        return this;
    }

    private void take() {
        uncut = 0;
        role = WriterRole.take(repository, new WriterRole.Request("fixture", timeline, source), CLOCK);
        Provenance from = role.term().from();
        image = new MemoryImage();
        image.load(from, EntryIterator.of(model().entriesAt(from.seq()).values()));
        builder = new SegmentBuilder(role.term().term(), from);
        hash = role.term().previousHash();
    }

    /** Random commits, not archived before the next {@link #cut}. */
    public RepositoryFixture append(int commits) {
        for (int n = 0; n < commits; n++) {
            append(drafts.next());
        }
        return this;
    }

    public RepositoryFixture append(CommitDraft draft) {
        Position at = builder.end().position();
        CommitRecord record = Histories.record(begins() ? ownClock(at) : at, draft);
        Commit commit = record.commit();
        model().add(commit);
        uncut++;
        builder.add(new StampedCommit(record, image.apply(commit)));
        return this;
    }

    /** A random commit beside which a wrong digest is recorded, as a writer with a damaged image would. */
    public RepositoryFixture appendMisdigested() {
        CommitRecord record = Histories.record(builder.end().position(), drafts.next());
        Commit commit = record.commit();
        model().add(commit);
        uncut++;
        Digest right = image.apply(commit);
        builder.add(new StampedCommit(record, new Digest(right.high(), right.low() ^ 1, right.count())));
        return this;
    }

    /** A base in pieces, ten epochs and five seconds later; after a gap where there is a reason for one. */
    public RepositoryFixture appendBase(int parts, String gapReason) {
        for (int n = 0; n < parts; n++) {
            appendBasePiece(n == parts - 1 ? CommitKind.BASE : CommitKind.BASE_PART, n == 0, n == 0 ? gapReason : "");
        }
        return this;
    }

    /** One piece of a base; the first is later than what was before it, and the others are of its time. */
    public RepositoryFixture appendBasePiece(CommitKind kind, boolean first, String gapReason) {
        Provenance last = builder.end();
        CommitBody made = drafts.next().body();
        CommitBody body = new CommitBody("", "base", made.sourcePosition(), gapReason, made.changes());
        long later = first ? 1 : 0;
        if (!gapReason.isEmpty()) {
            role.publish(Manifest.Edit.gap(new Gap(
                    timeline,
                    last.seq(),
                    last.epoch(),
                    last.timeMicros(),
                    last.epoch() + 10,
                    last.timeMicros() + 5_000_000,
                    gapReason)));
        }
        return append(new CommitDraft(kind, last.epoch() + 10 * later, last.timeMicros() + 5_000_000 * later, body));
    }

    /** Archives what was appended, as one segment, and rewrites the head. */
    public SegmentName cut() {
        EncodedSegment segment = builder.build(hash);
        role.publish(segment);
        Provenance end = segment.end();
        uncut = 0;
        hash = segment.hash();
        builder = new SegmentBuilder(role.term().term(), end);
        role.putHead(end, hash, end.timeMicros(), end.epoch());
        return new SegmentName(
                timeline,
                segment.header().firstSeq(),
                segment.header().lastSeq(),
                role.term().term());
    }

    /** A snapshot of what was appended so far, archived or not, in chunks of so many entries. */
    public SnapshotId snapshot(int entriesPerChunk) {
        Provenance at = builder.end();
        SnapshotId id = new SnapshotId(timeline, at.seq(), role.term().term());
        List<SnapshotManifest.Chunk> chunks = new ArrayList<>();
        Iterator<Entry> entries = model().entriesAt(at.seq()).values().iterator();
        while (entries.hasNext()) {
            ByteArrayOutputStream raw = new ByteArrayOutputStream();
            int count = 0;
            for (; count < entriesPerChunk && entries.hasNext(); count++) {
                raw.writeBytes(EntryCodec.encode(entries.next()));
            }
            int number = chunks.size();
            byte[] bytes =
                    SnapshotChunk.encode(new SnapshotChunk.Place(timeline, id.seq(), id.term(), number), count, raw);
            ObjectStores.createOrConfirm(repository.store(), id.chunkKey(number), bytes);
            chunks.add(new SnapshotManifest.Chunk(
                    number, count, bytes.length, HexFormat.of().formatHex(Sha256.of(bytes))));
        }
        repository.create(
                id.manifestKey(),
                new SnapshotManifest(
                        repository.identity().clusterId(),
                        id.term(),
                        at,
                        0,
                        chunks,
                        at.seq() == 0
                                || model().commit(at.seq()).header().kind().restorable()));
        role.publish(Manifest.Edit.added(id));
        return id;
    }

    /** Whether the next commit is the first of a cluster with a clock of its own. */
    private boolean begins() {
        return !source.isEmpty() && builder.end().seq() == forkSeq;
    }

    private static Position ownClock(Position at) {
        return new Position(at.timeline(), at.seq(), 0, at.timeMicros(), at.chain());
    }

    /** Leaves the timeline at a commit, and goes on in a new one. */
    public int fork(long seq) {
        return fork(seq, "");
    }

    /** As above, for a cluster that begins there, and whose epochs count from its own start; empty for none. */
    public int fork(long seq, String forSource) {
        source = forSource;
        forkSeq = seq;
        int forked = Forks.fork(repository, timeline, seq, "test", forSource, CLOCK.instant())
                .timeline();
        models.put(forked, Model.of(model().commits().subList(0, Math.toIntExact(seq))));
        timeline = forked;
        take();
        return forked;
    }
}
