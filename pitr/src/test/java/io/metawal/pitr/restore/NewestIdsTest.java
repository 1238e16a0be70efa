package io.metawal.pitr.restore;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.point.RefParser;
import io.metawal.pitr.plan.ResolvedPoint;
import io.metawal.pitr.plan.RestorePlanner;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.repository.History;
import io.metawal.testkit.repository.RepositoryFixture;
import io.metawal.testkit.seed.Seeded;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** I7: whatever was given out behind the point, by whichever history, is not given out again. */
class NewestIdsTest {
    private static final EntryKey A = EntryKey.of("id.sequence", "a");
    private static final EntryKey B = EntryKey.of("id.sequence", "b");
    private static final EntryKey OTHER = EntryKey.of("catalog.table", "a");

    private RepositoryFixture fixture;

    @BeforeEach
    void empty() {
        fixture = new RepositoryFixture(new MemoryObjectStore(RepositoryFixture.CLOCK), Seeded.random(1));
    }

    private RepositoryFixture commit(Change... changes) {
        return fixture.append(CommitDraft.of(
                CommitDraft.ABSENT,
                CommitDraft.ABSENT,
                new CommitBody("", "test", ByteString.EMPTY, "", List.of(changes))));
    }

    private static Change put(EntryKey key, int value) {
        return Change.put(key, ByteString.copyFromUtf8(Integer.toString(value)));
    }

    private Map<EntryKey, String> behind(String ref) {
        History history = History.load(fixture.repository());
        ResolvedPoint point = new RestorePlanner(history, RepositoryFixture.CLOCK.instant())
                .plan(RefParser.parse(ref), false)
                .target();
        Map<EntryKey, String> values = new TreeMap<>();
        NewestIds.behind(point, history)
                .forEach((key, entry) -> values.put(key, entry.value().toStringUtf8()));
        return values;
    }

    @Test
    void aGeneratorThatWasDroppedOrSetBackBehindThePointCountsAllTheSame() {
        commit(put(A, 100), put(OTHER, 1)).cut();
        commit(put(A, 1000)).cut();
        commit(put(B, 7));
        commit(Change.delete(A), put(B, 5)).cut();

        assertThat(behind("seq:1")).isEqualTo(Map.of(A, "1000", B, "7"));
        assertThat(behind("seq:2")).isEqualTo(Map.of(B, "7"));
        assertThat(behind("latest")).isEmpty();
    }

    @Test
    void everyTimelineIsLookedThroughBehindWhatItShares() {
        commit(put(A, 1)).cut();
        commit(put(A, 50)).cut();
        fixture.fork(1);
        commit(put(A, 20), put(B, 3)).cut();

        assertThat(behind("2@seq:2")).isEqualTo(Map.of(A, "50", B, "3"));
        assertThat(behind("1@seq:2")).isEqualTo(Map.of(A, "50", B, "3"));
        assertThat(behind("1@seq:1")).isEqualTo(Map.of(A, "50", B, "3"));
    }
}
