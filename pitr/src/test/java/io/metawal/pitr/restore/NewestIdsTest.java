package io.metawal.pitr.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Category;
import io.metawal.metadata.commit.CategoryRules;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.fault.GapException;
import io.metawal.metadata.point.RefParser;
import io.metawal.pitr.plan.ResolvedPoint;
import io.metawal.pitr.plan.RestorePlanner;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectStores;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Keys;
import io.metawal.storage.repository.SegmentName;
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
    private CategoryRules rules = CategoryRules.DEFAULT;

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
        NewestIds.after(point, history, rules)
                .requireComplete()
                .newest()
                .forEach((key, entry) -> values.put(key, entry.value().toStringUtf8()));
        return values;
    }

    private void lose(SegmentName segment) {
        fixture.repository().store().delete(segment.key());
    }

    private void refuses(String ref, String naming) {
        assertThatThrownBy(() -> behind(ref))
                .isInstanceOf(GapException.class)
                .hasMessageContaining(naming)
                .hasMessageContaining("--ids newest+N")
                .hasMessageContaining("--ids target");
    }

    @Test
    void aSegmentThatIsMissingAfterThePointIsRefused() {
        commit(put(A, 100)).cut();
        commit(put(A, 200));
        SegmentName lost = fixture.cut();
        commit(put(OTHER, 1)).cut();
        fixture.snapshot(10);
        lose(lost);

        refuses("seq:1", "seq 2 to 2 of timeline 1 were archived, and no segment holds them any more");
        assertThat(behind("seq:3")).as("nothing after the point is missing").isEmpty();
    }

    @Test
    void aTailThatIsLostIsRefusedByTheHeadsWord() {
        commit(put(A, 100)).cut();
        commit(put(A, 200));
        lose(fixture.cut());

        refuses("seq:1", "seq 2 to 2 of timeline 1");
    }

    /** The head of an older term says how far it came; so does a later term. */
    @Test
    void aTailThatIsLostOnAnotherTimelineIsRefused() {
        commit(put(A, 100)).cut();
        commit(put(A, 200));
        SegmentName lost = fixture.cut();
        fixture.fork(1);
        commit(put(A, 110)).cut();
        lose(lost);

        refuses("2@seq:2", "seq 2 to 2 of timeline 1");
        fixture.repository().store().delete(Keys.head(1));
        refuses("2@seq:2", "seq 2 to 2 of timeline 1");
    }

    @Test
    void aTimelineThatIsLostIsRefused() {
        commit(put(A, 100)).cut();
        fixture.fork(1);
        fixture.fork(1);
        commit(put(A, 110)).cut();
        fixture.repository().store().delete(Keys.timeline(2));

        refuses("1@seq:1", "timeline 2 is missing");
    }

    @Test
    void aDamagedSegmentAfterThePointIsRefused() {
        commit(put(A, 100)).cut();
        commit(put(A, 200));
        SegmentName damaged = fixture.cut();
        byte[] bytes = fixture.repository().store().read(damaged.key());
        bytes[bytes.length / 2] ^= 1;
        lose(damaged);
        ObjectStores.createOrConfirm(fixture.repository().store(), damaged.key(), bytes);

        refuses("seq:1", "seq 2 to 2 of timeline 1 cannot be read");
    }

    /** What both timelines share before the point is no part of the question. */
    @Test
    void aHoleBeforeThePointDoesNotMatter() {
        commit(put(A, 1));
        SegmentName old = fixture.cut();
        commit(put(A, 100)).cut();
        fixture.snapshot(10);
        fixture.fork(2);
        commit(put(A, 110)).cut();
        lose(old);

        assertThat(behind("1@seq:2")).isEqualTo(Map.of(A, "110"));
    }

    @Test
    void keysOfAPlainEtcdCountWhereARuleSaysSo() {
        EntryKey generator = EntryKey.of("kv", "/ids/next");
        commit(put(generator, 1), put(OTHER, 1)).cut();
        commit(put(generator, 7)).cut();

        assertThat(behind("seq:1")).isEmpty();
        rules = new CategoryRules(
                        List.of(new CategoryRules.Rule("kv", ByteString.copyFromUtf8("/ids/"), Category.MONOTONIC)))
                .before(CategoryRules.DEFAULT);
        assertThat(behind("seq:1")).isEqualTo(Map.of(generator, "7"));
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

        assertThat(behind("2@seq:2")).isEqualTo(Map.of(A, "50"));
        assertThat(behind("1@seq:2")).isEqualTo(Map.of(A, "20", B, "3"));
        assertThat(behind("1@seq:1")).isEqualTo(Map.of(A, "50", B, "3"));
    }
}
