package io.metawal.metadata.image;

import io.metawal.metadata.commit.Chain;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;

/**
 * Which commit an image stands at: it names its own snapshot.
 *
 * @param seq 0 where no commit was applied yet
 * @param chain the chain value at seq
 * @param digest the digest of the image at seq
 */
public record Provenance(int timeline, long seq, long epoch, long timeMicros, Chain chain, Digest digest) {
    public static final Provenance START = new Provenance(1, 0, 0, 0, Chain.GENESIS, Digest.EMPTY);

    public static Provenance of(CommitHeader header, Digest digest) {
        return new Provenance(
                header.timeline(), header.seq(), header.epoch(), header.timeMicros(), header.chain(), digest);
    }

    public static Provenance of(CommitRecord record, Digest digest) {
        return new Provenance(
                record.timeline(), record.seq(), record.epoch(), record.timeMicros(), record.chain(), digest);
    }

    public Position position() {
        return new Position(timeline, seq, epoch, timeMicros, chain);
    }

    public static Provenance of(Position at, Digest digest) {
        return new Provenance(at.timeline(), at.seq(), at.epoch(), at.timeMicros(), at.chain(), digest);
    }

    /** The same point, gone on from in another timeline. */
    public Provenance on(int otherTimeline) {
        return new Provenance(otherTimeline, seq, epoch, timeMicros, chain, digest);
    }
}
