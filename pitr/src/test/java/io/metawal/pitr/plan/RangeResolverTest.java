package io.metawal.pitr.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitClocks;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.Timestamps;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.point.RefParser;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.repository.History;
import io.metawal.testkit.repository.RepositoryFixture;
import io.metawal.testkit.seed.Seeded;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ranges of epochs and times: on a fork with a clock of its own, and backwards. */
class RangeResolverTest {
    private static final long SECOND = 1_000_000;
    private static final long START = Timestamps.parse("2026-11-21T08:00:00Z");

    private final RepositoryFixture fixture =
            new RepositoryFixture(new MemoryObjectStore(RepositoryFixture.CLOCK), Seeded.random(7));
    private int made;

    private void epochs(long... epochs) {
        for (long epoch : epochs) {
            made++;
            fixture.append(new CommitDraft(
                    CommitKind.DATA,
                    CommitClocks.of(epoch, START + made * SECOND),
                    CommitBody.of("", "test", List.of())));
        }
        fixture.cut();
    }

    private LogRange resolve(String range) {
        return new RangeResolver(History.load(fixture.repository()), RepositoryFixture.CLOCK.instant())
                .resolve(RefParser.parseRange(range), range);
    }

    /** Timeline 2 has the epochs 10, 20, 30, 40 of its parent, then its own. */
    @Test
    void epochsOfAForkAreThoseOfItsOwnClock() {
        epochs(10, 20, 30, 40, 50, 60);
        fixture.fork(4, "etcd");
        epochs(2, 4, 6, 8);
        assertThat(resolve("2@epoch:6..").first()).isEqualTo(7);
        assertThat(resolve("2@epoch:1..").first()).isEqualTo(5);
        assertThat(resolve("2@epoch:3..2@epoch:7").first()).isEqualTo(6);
        assertThat(resolve("2@epoch:3..2@epoch:7").last()).isEqualTo(7);
        assertThat(resolve("..2@epoch:1").last()).isEqualTo(4);
        assertThat(resolve("2@epoch:20..").isEmpty()).isTrue();
        assertThat(resolve("1@epoch:20..1@epoch:50").first()).isEqualTo(2);
        assertThat(resolve("1@epoch:20..1@epoch:50").last()).isEqualTo(5);
        assertThat(resolve("1@epoch:20..2@epoch:4").last())
                .as("of two clocks, none is the greater")
                .isEqualTo(6);
    }

    @Test
    void momentsInTheWrongOrderAreAMistake() {
        epochs(10, 20, 30);
        for (String range : List.of(
                "time:2026-11-21T08:00:03Z..time:2026-11-21T08:00:02Z",
                "time:2026-11-21T08:30:00Z..time:2026-11-21T08:20:00Z",
                "epoch:30..epoch:20",
                "epoch:15..epoch:14",
                "-PT1H..-PT2H")) {
            assertThatThrownBy(() -> resolve(range))
                    .as(range)
                    .isInstanceOf(UsageException.class)
                    .hasMessageStartingWith(range + " is a range backwards, from ");
        }
        assertThat(resolve("epoch:14..epoch:15").isEmpty()).isTrue();
        assertThat(resolve("time:2026-11-21T08:30:00Z..time:2026-11-21T08:40:00Z")
                        .isEmpty())
                .isTrue();
    }
}
