package io.metawal.pitr.plan;

import io.metawal.metadata.commit.CommitRecord;
import io.metawal.storage.format.Segment;
import io.metawal.storage.format.SegmentFooter.BlockStart;
import io.metawal.storage.format.SegmentHeader;
import io.metawal.storage.format.StampedCommit;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.SegmentName;
import io.metawal.storage.repository.Segments;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Finds commits on a line by seq, epoch or time. Both clocks never fall, so a binary search over segment headers, then over a
 * segment's blocks, opens one segment and some twenty headers whatever the length of history.
 */
public final class CommitFinder {
    private final Line line;
    private final Segments segments;
    private @Nullable Segment open;
    private @Nullable SegmentName openName;
    /** The commits of the block that was looked at last: who walks back takes each from there. */
    private List<StampedCommit> decoded = List.of();

    private @Nullable Segment decodedOf;
    private int decodedBlock;

    public CommitFinder(Line line, Segments segments) {
        this.line = line;
        this.segments = segments;
    }

    /** The commit of this seq; empty where no segment of the line holds it. */
    public Optional<StampedCommit> bySeq(long seq) {
        List<Line.Piece> holding = line.between(seq, seq);
        if (holding.isEmpty()) {
            return Optional.empty();
        }
        Segment segment = open(holding.get(0).segment());
        List<StampedCommit> block = decoded(segment, segment.blockOf(seq));
        long at = block.isEmpty() ? -1 : seq - block.get(0).record().seq();
        return at < 0 || at >= block.size() ? Optional.empty() : Optional.of(block.get((int) at));
    }

    private List<StampedCommit> decoded(Segment segment, int block) {
        if (decodedOf != segment || decodedBlock != block) {
            List<StampedCommit> commits = new ArrayList<>();
            segment.forEach(block, commits::add);
            decoded = commits;
            decodedOf = segment;
            decodedBlock = block;
        }
        return decoded;
    }

    public Optional<StampedCommit> lastWithEpochAtMost(long epoch) {
        return last(epoch, SegmentHeader::firstEpoch, BlockStart::firstEpoch, CommitRecord::epoch);
    }

    public Optional<StampedCommit> lastWithTimeAtMost(long micros) {
        return last(micros, SegmentHeader::firstTimeMicros, BlockStart::firstTimeMicros, CommitRecord::timeMicros);
    }

    private Optional<StampedCommit> last(
            long limit,
            ToLongFunction<SegmentHeader> ofSegment,
            ToLongFunction<BlockStart> ofBlock,
            ToLongFunction<CommitRecord> ofCommit) {
        List<Line.Piece> pieces = line.pieces();
        int low = 0;
        int high = pieces.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ofSegment.applyAsLong(segments.header(pieces.get(middle).segment())) <= limit) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (low == 0) {
            return Optional.empty();
        }
        Line.Piece piece = pieces.get(low - 1);
        Segment segment = open(piece.segment());
        int block = 0;
        while (block + 1 < segment.blocks()
                && segment.footer().blocks().get(block + 1).firstSeq() <= piece.upToSeq()
                && ofBlock.applyAsLong(segment.footer().blocks().get(block + 1)) <= limit) {
            block++;
        }
        return lastIn(segment, block, ofCommit, limit, piece.upToSeq());
    }

    private static Optional<StampedCommit> lastIn(
            Segment segment, int block, ToLongFunction<CommitRecord> clock, long limit, long upToSeq) {
        StampedCommit[] found = {null};
        segment.forEach(block, stamped -> {
            if (stamped.record().seq() <= upToSeq && clock.applyAsLong(stamped.record()) <= limit) {
                found[0] = stamped;
            }
        });
        return Optional.ofNullable(found[0]);
    }

    private Segment open(SegmentName name) {
        Segment known = open;
        if (known == null || !name.equals(openName)) {
            known = segments.open(name);
            open = known;
            openName = name;
        }
        return known;
    }
}
