package io.metawal.pitr.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Line;
import io.metawal.storage.repository.Segments;
import io.metawal.testkit.repository.RepositoryFixture;
import io.metawal.testkit.seed.Seeded;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Walking back over commits, as {@code latest~60000} does, costs about what reading them once costs. */
class CommitFinderTest {
    private static final int COMMITS = 6_000;

    @Test
    void walkingBackDecodesEachBlockOnce() {
        RepositoryFixture fixture =
                new RepositoryFixture(new MemoryObjectStore(RepositoryFixture.CLOCK), Seeded.random(3));
        for (int n = 0; n < COMMITS; n++) {
            Change put = Change.put(EntryKey.of("kv", "k"), ByteString.copyFromUtf8("" + n));
            fixture.append(CommitDraft.of(n, 1_795_000_000_000_000L + n, CommitBody.of("", "test", List.of(put))));
        }
        fixture.cut();
        Line line = History.load(fixture.repository()).line(1);
        Segments segments = new Segments(fixture.repository().store());
        // Once before it is measured: the code is compiled by then.
        walk(new CommitFinder(line, segments));
        long once = cpu(() -> segments.open(line.pieces().get(0).segment()).forEach(any -> {}));
        long back = cpu(() -> walk(new CommitFinder(line, segments)));
        assertThat(back).as("ns, beside %d ns for one pass", once).isLessThan(20 * Math.max(once, 1_000_000));
    }

    private static void walk(CommitFinder finder) {
        for (long seq = COMMITS; seq >= 1; seq--) {
            assertThat(finder.bySeq(seq).orElseThrow().record().seq()).isEqualTo(seq);
        }
        assertThat(finder.bySeq(COMMITS + 1)).isEmpty();
        assertThat(finder.bySeq(0)).isEmpty();
    }

    private static long cpu(Runnable work) {
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        work.run();
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
    }
}
