package io.metawal.testkit.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.SegmentName;
import io.metawal.testkit.seed.Seeded;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Arithmetic over segments with holes, against a set of seqs. */
class LineTest {
    @Test
    void agreesWithASetOfSeqs() {
        Seeded.check(300, random -> {
            List<Line.Piece> pieces = new ArrayList<>();
            TreeSet<Long> there = new TreeSet<>();
            long seq = 1;
            for (int n = random.nextInt(8); n > 0; n--) {
                seq += random.nextInt(3) == 0 ? random.nextInt(5) : 0;
                long last = seq + random.nextInt(5);
                long upTo = random.nextInt(4) == 0 ? seq + random.nextLong(last - seq + 1) : last;
                pieces.add(new Line.Piece(new SegmentName(1, seq, last, 1), upTo));
                for (long s = seq; s <= upTo; s++) {
                    there.add(s);
                }
                seq = upTo + 1;
            }
            check(new Line(1, pieces), there);
        });
    }

    private static void check(Line line, NavigableSet<Long> there) {
        long last = there.isEmpty() ? 0 : there.last();
        assertThat(line.lastSeq()).isEqualTo(last);
        TreeSet<Long> holes = new TreeSet<>();
        for (Line.Hole hole : line.holes()) {
            for (long s = hole.first(); s <= hole.last(); s++) {
                assertThat(holes.add(s)).isTrue();
            }
        }
        for (long seq = 1; seq <= last + 2; seq++) {
            boolean inside = !there.isEmpty() && seq > there.first() && seq < last;
            assertThat(holes.contains(seq)).as("hole at %d in %s", seq, line).isEqualTo(inside && !there.contains(seq));
            long from = seq + 1;
            while (there.contains(from - 1)) {
                from--;
            }
            assertThat(line.contiguousFrom(seq)).as("up to %d in %s", seq, line).isEqualTo(from);
            for (long to = seq; to <= last + 2; to++) {
                TreeSet<Long> found = new TreeSet<>();
                for (Line.Piece piece : line.between(seq, to)) {
                    for (long s = Math.max(seq, piece.segment().first()); s <= piece.upToSeq(); s++) {
                        found.add(s);
                    }
                }
                assertThat(found).isEqualTo(there.subSet(seq, true, to, true));
            }
        }
    }

    @Test
    void namesThatNoSegmentHasAreNotTakenForOne() {
        SegmentName good = new SegmentName(1, 3, 9, 2);
        assertThat(SegmentName.parse(good.key())).contains(good);
        for (String name : List.of(
                "segments/00000001/0000000000000009-0000000000000003.00000002",
                "segments/00000001/0000000000000000-0000000000000003.00000002",
                "segments/00000000/0000000000000003-0000000000000009.00000002",
                "segments/ffffffff/ffffffffffffffff-ffffffffffffffff.ffffffff",
                "segments/00000001/3-9.2",
                "segments/00000001/000000000000000A-000000000000000B.00000002",
                "segments/00000001/0000000000000003-0000000000000009.00000002-copy")) {
            assertThat(SegmentName.parse(new ObjectKey(name))).as(name).isEqualTo(Optional.empty());
        }
    }
}
