package io.metawal.storage.repository;

import java.util.ArrayList;
import java.util.List;

/**
 * A timeline with its ancestors: the segments that lead to it, in order of seq, and the holes between them.
 *
 * @param timeline the timeline that it ends in
 */
public record Line(int timeline, List<Piece> pieces) {
    /** A segment as far as this line goes with it: an ancestor's may be left in its middle, at the fork. */
    public record Piece(SegmentName segment, long upToSeq) {
        public long commits() {
            return upToSeq - segment.first() + 1;
        }
    }

    /** Seqs that no segment holds, both ends included. */
    public record Hole(long first, long last) {}

    public Line {
        pieces = List.copyOf(pieces);
    }

    /** The last seq that is there; 0 where there is none. */
    public long lastSeq() {
        return pieces.isEmpty() ? 0 : pieces.get(pieces.size() - 1).upToSeq();
    }

    /** Holes between segments; what is missing before the first and after the last is not seen here. */
    public List<Hole> holes() {
        List<Hole> holes = new ArrayList<>();
        for (int n = 1; n < pieces.size(); n++) {
            long expected = pieces.get(n - 1).upToSeq() + 1;
            long found = pieces.get(n).segment().first();
            if (found > expected) {
                holes.add(new Hole(expected, found - 1));
            }
        }
        return holes;
    }

    /** The seqs from {@code first} to {@code last}, both included, that no segment holds; also those before the first segment. */
    public List<Hole> holesBetween(long first, long last) {
        List<Hole> holes = new ArrayList<>();
        long expected = first;
        for (Piece piece : between(first, last)) {
            if (piece.segment().first() > expected) {
                holes.add(new Hole(expected, piece.segment().first() - 1));
            }
            expected = Math.max(expected, piece.upToSeq() + 1);
        }
        if (expected <= last) {
            holes.add(new Hole(expected, last));
        }
        return holes;
    }

    /** The first seq of the run of segments without a hole that ends at {@code seq}; {@code seq + 1} where none does. */
    public long contiguousFrom(long seq) {
        long from = seq + 1;
        for (int n = pieces.size() - 1; n >= 0; n--) {
            Piece piece = pieces.get(n);
            if (piece.segment().first() > seq) {
                continue;
            }
            if (piece.upToSeq() < from - 1) {
                return from;
            }
            from = Math.min(from, piece.segment().first());
        }
        return from;
    }

    /** This line without the segments that end at {@code seq} or before. */
    public Line after(long seq) {
        return new Line(
                timeline, pieces.stream().filter(piece -> piece.upToSeq() > seq).toList());
    }

    /** The pieces that hold any seq from {@code first} to {@code last}. */
    public List<Piece> between(long first, long last) {
        return pieces.stream()
                .filter(piece -> piece.segment().first() <= last && piece.upToSeq() >= first)
                .map(piece -> new Piece(piece.segment(), Math.min(piece.upToSeq(), last)))
                .toList();
    }
}
