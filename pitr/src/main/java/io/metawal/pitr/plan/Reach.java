package io.metawal.pitr.plan;

import io.metawal.metadata.image.Provenance;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.SnapshotId;
import io.metawal.storage.repository.SnapshotManifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which seqs of a line can be reached: those from which the log goes back without a hole to its beginning, or to a snapshot, and those of
 * snapshots themselves. By names and lists alone; what is damaged inside counts as gone where it is known. Made once in the length of the
 * line; each question then takes its logarithm.
 */
final class Reach {
    private final Line line;
    /** Stretches of the log without a hole, by their first seq. */
    private final NavigableMap<Long, Long> stretches = new TreeMap<>();

    private final History history;
    private final Set<String> damaged;
    private @Nullable NavigableMap<Long, SnapshotManifest> bases;
    private final NavigableMap<Long, Provenance> sealed = new TreeMap<>();

    /** @param damaged keys of objects that are there and of no use */
    Reach(History history, Line line, Set<String> damaged) {
        this.history = history;
        this.damaged = damaged;
        List<Line.Piece> sound = new ArrayList<>(line.pieces());
        sound.removeIf(piece -> damaged.contains(piece.segment().toString()));
        this.line = new Line(line.timeline(), sound);
        long first = 0;
        long last = -1;
        for (Line.Piece piece : sound) {
            boolean joined = last >= 0 && piece.segment().first() <= last + 1;
            first = joined ? first : piece.segment().first();
            last = joined ? Math.max(last, piece.upToSeq()) : piece.upToSeq();
            stretches.put(first, last);
        }
    }

    /** The line without what is damaged. */
    Line line() {
        return line;
    }

    /** The first seq that can be reached of those that are joined to this one; -1 where it cannot be reached itself. */
    long firstOfRun(long seq) {
        Map.Entry<Long, Long> stretch = stretches.floorEntry(seq);
        if (stretch == null || stretch.getValue() < seq) {
            return sealed().containsKey(seq) ? seq : -1;
        }
        long joined = stretch.getKey();
        if (joined == 1) {
            return 1;
        }
        Long base = bases().ceilingKey(joined - 1);
        if (base == null || base > seq) {
            return -1;
        }
        return base < joined && !sealed.containsKey(base) ? joined : base;
    }

    /** The last seq not after this one that can be reached; -1 for none. */
    long lastUpTo(long seq) {
        Long base = sealed().floorKey(seq);
        long last = base == null ? -1 : base;
        for (Map.Entry<Long, Long> stretch :
                stretches.headMap(seq, true).descendingMap().entrySet()) {
            long candidate = Math.min(stretch.getValue(), seq);
            if (candidate <= last) {
                return last;
            }
            if (firstOfRun(candidate) >= 0) {
                return candidate;
            }
        }
        return last;
    }

    /** The first seq not before this one that can be reached; -1 for none. */
    long firstFrom(long seq) {
        Long alone = sealed().ceilingKey(seq);
        long first = alone == null ? -1 : alone;
        Long around = stretches.floorKey(seq);
        for (long end : stretches.tailMap(around == null ? seq : around, true).values()) {
            long reached = end < seq ? -1 : firstOfRun(end);
            if (reached >= 0) {
                long candidate = Math.max(reached, seq);
                return first < 0 ? candidate : Math.min(first, candidate);
            }
        }
        return first;
    }

    /** The commit of a snapshot that can be restored by itself; null where there is none. */
    @Nullable
    Provenance sealed(long seq) {
        return sealed().get(seq);
    }

    private NavigableMap<Long, Provenance> sealed() {
        var unused = bases();
        return sealed;
    }

    private NavigableMap<Long, SnapshotManifest> bases() {
        NavigableMap<Long, SnapshotManifest> known = bases;
        if (known == null) {
            known = new TreeMap<>();
            for (SnapshotId id : Bases.of(history, line)) {
                SnapshotManifest manifest =
                        SealedPoints.read(history, id, damaged).orElse(null);
                if (manifest != null) {
                    known.put(id.seq(), manifest);
                    if (manifest.pointOfRestore()) {
                        sealed.put(id.seq(), manifest.at());
                    }
                }
            }
            bases = known;
        }
        return known;
    }
}
