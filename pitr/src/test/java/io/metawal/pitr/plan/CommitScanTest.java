package io.metawal.pitr.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.fault.GapException;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.SegmentName;
import io.metawal.storage.repository.Segments;
import io.metawal.testkit.repository.RepositoryFixture;
import io.metawal.testkit.seed.Seeded;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever reads commits in order must not step over a hole as if nothing were missing. */
class CommitScanTest {
    private final RepositoryFixture fixture =
            new RepositoryFixture(new MemoryObjectStore(RepositoryFixture.CLOCK), Seeded.random(7));
    private final List<Long> seen = new ArrayList<>();
    private SegmentName first;
    private SegmentName second;

    /** Segments of seq 1 to 3, 4 to 6, and 7 to 9. */
    @BeforeEach
    void segments() {
        first = fixture.append(3).cut();
        second = fixture.append(3).cut();
        fixture.append(3).cut();
    }

    private boolean scan(long from, long to) {
        seen.clear();
        return scanner()
                .forEach(line(), from, to, stamped -> seen.add(stamped.record().seq()));
    }

    private CommitScan scanner() {
        return new CommitScan(new Segments(fixture.repository().store()));
    }

    private Line line() {
        return History.load(fixture.repository()).line(1);
    }

    @Test
    void aHoleIsRefusedBeforeAnythingIsShown() {
        fixture.repository().store().delete(second.key());
        assertThatThrownBy(() -> scan(1, Long.MAX_VALUE))
                .isInstanceOf(GapException.class)
                .hasMessageContaining("seq 4 to 6 of timeline 1");
        assertThatThrownBy(() -> scan(5, 8)).isInstanceOf(GapException.class).hasMessageContaining("seq 5 to 6");
        assertThat(seen).isEmpty();
        assertThat(scan(1, 3)).isTrue();
        assertThat(scan(7, Long.MAX_VALUE)).isTrue();
        assertThat(seen).containsExactly(7L, 8L, 9L);
    }

    @Test
    void whatIsMissingAtTheBeginningIsAHole() {
        fixture.repository().store().delete(first.key());
        assertThatThrownBy(() -> scan(1, 9)).isInstanceOf(GapException.class).hasMessageContaining("seq 1 to 3");
    }

    @Test
    void whoCanDoWithoutSaysSo() {
        fixture.repository().store().delete(second.key());
        assertThat(scanner()
                        .forEachPresent(
                                line(),
                                1,
                                Long.MAX_VALUE,
                                stamped -> seen.add(stamped.record().seq())))
                .isTrue();
        assertThat(seen).containsExactly(1L, 2L, 3L, 7L, 8L, 9L);
    }
}
