package io.metawal.pitr.plan;

import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.ObjectNotFoundException;
import io.metawal.storage.object.ObjectStores;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.SnapshotId;
import io.metawal.storage.repository.SnapshotManifest;
import java.util.HashSet;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which seqs of a line can be replayed to: those from which the log reaches back without a hole to its beginning, or to a
 * snapshot. By names and lists alone; what is damaged inside counts as gone where it is known.
 */
final class Reach {
    private final History history;
    private final Line line;
    private final Set<String> damaged;
    private @Nullable NavigableSet<Long> bases;

    /** @param damaged keys of objects that are there and of no use */
    Reach(History history, Line line, Set<String> damaged) {
        this.history = history;
        this.damaged = damaged;
        this.line = new Line(
                line.timeline(),
                line.pieces().stream()
                        .filter(piece -> !damaged.contains(piece.segment().toString()))
                        .toList());
    }

    /** The line without what is damaged. */
    Line line() {
        return line;
    }

    boolean reaches(long seq) {
        return firstOfRun(seq) >= 0;
    }

    /** The first seq that can be reached of those that are joined to this one; -1 where it cannot be reached itself. */
    long firstOfRun(long seq) {
        long joined = line.contiguousFrom(seq);
        if (joined > seq) {
            return -1;
        }
        if (joined == 1) {
            return 1;
        }
        Long base = bases().ceiling(joined - 1);
        return base == null || base > seq ? -1 : Math.max(base, joined);
    }

    /** The last seq not after this one that can be reached; -1 for none. */
    long lastUpTo(long seq) {
        for (int n = line.pieces().size() - 1; n >= 0; n--) {
            Line.Piece piece = line.pieces().get(n);
            long candidate = Math.min(piece.upToSeq(), seq);
            if (candidate >= piece.segment().first() && reaches(candidate)) {
                return candidate;
            }
        }
        return -1;
    }

    /** The first seq not before this one that can be reached; -1 for none. */
    long firstFrom(long seq) {
        for (Line.Piece piece : line.pieces()) {
            long first = firstOfRun(piece.upToSeq());
            if (piece.upToSeq() >= seq && first >= 0) {
                return Math.max(first, seq);
            }
        }
        return -1;
    }

    private NavigableSet<Long> bases() {
        NavigableSet<Long> known = bases;
        if (known == null) {
            known = new TreeSet<>();
            for (SnapshotId id : Bases.of(history, line)) {
                if (whole(id)) {
                    known.add(id.seq());
                }
            }
            bases = known;
        }
        return known;
    }

    private boolean whole(SnapshotId id) {
        try {
            Set<String> there = new HashSet<>();
            var store = history.repository().store();
            ObjectStores.forEach(
                    store, id.prefix(), "", stat -> there.add(stat.key().value()));
            there.removeAll(damaged);
            SnapshotManifest snapshot = history.repository().read(id.manifestKey(), SnapshotManifest.class);
            return there.contains(id.manifestKey().value())
                    && snapshot.chunks().stream()
                            .allMatch(chunk ->
                                    there.contains(id.chunkKey(chunk.number()).value()));
        } catch (CorruptException | ObjectNotFoundException e) {
            return false;
        }
    }
}
