package io.metawal.testkit.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.metawal.metadata.commit.Change;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitBody;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.Image;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.image.Provenance;
import io.metawal.testkit.history.Histories;
import io.metawal.testkit.history.Model;
import io.metawal.testkit.seed.Seeded;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What every image does: it is the fold of the log (I2), and says by its digest that it is. */
public abstract class ImageContract {
    /** An empty image, apart from all others. */
    protected abstract Image open();

    @Test
    void startsEmpty() {
        try (Image image = open()) {
            assertThat(image.provenance()).isEqualTo(Provenance.START);
            assertStands(image, Model.of(List.of()), 0);
        }
    }

    @Test
    void afterEachCommitItIsTheFoldOfAll() {
        Seeded.check(10, random -> {
            Model model = Model.of(Histories.commits(random, 150));
            try (Image image = open()) {
                for (Commit commit : model.commits()) {
                    assertThat(image.apply(commit)).isEqualTo(model.digestAt(commit.seq()));
                    assertStands(image, model, commit.seq());
                }
            }
        });
    }

    @Test
    void aBaseAndTheRestAreTheWhole() {
        Seeded.check(2, random -> {
            Model model = Model.of(Histories.commits(random, 30));
            try (Image image = open()) {
                for (long split = 0; split <= model.lastSeq(); split++) {
                    load(
                            image,
                            model.provenanceAt(split),
                            model.entriesAt(split).values());
                    assertStands(image, model, split);
                    applyAll(image, model, split + 1);
                    assertStands(image, model, model.lastSeq());
                }
            }
        });
    }

    @Test
    void aViewStaysAsItIs() {
        Seeded.check(3, random -> {
            Model model = Model.of(Histories.commits(random, 60));
            List<ImageView> views = new ArrayList<>();
            try (Image image = open()) {
                views.add(image.view());
                for (Commit commit : model.commits()) {
                    image.apply(commit);
                    views.add(image.view());
                }
                load(image, Provenance.START, List.of());
                for (int seq = 0; seq < views.size(); seq++) {
                    assertShows(views.get(seq), model, seq);
                    views.get(seq).close();
                }
            }
        });
    }

    @Test
    void theEntriesOfASpaceAreThoseOfItAlone() {
        Seeded.check(3, random -> {
            Model model = Model.of(Histories.commits(random, 60));
            NavigableMap<EntryKey, Entry> all = model.entriesAt(60);
            Set<Space> spaces =
                    all.keySet().stream().map(EntryKey::space).collect(Collectors.toCollection(TreeSet::new));
            for (String absent : List.of("aaa", "kv0", "zzz")) {
                spaces.add(new Space(absent));
            }
            try (Image image = open()) {
                applyAll(image, model, 1);
                try (ImageView view = image.view()) {
                    for (Space space : spaces) {
                        try (EntryIterator entries = view.entries(space)) {
                            assertThat(entries)
                                    .toIterable()
                                    .containsExactlyElementsOf(all.values().stream()
                                            .filter(each ->
                                                    each.entryKey().space().equals(space))
                                            .toList());
                        }
                    }
                }
            }
        });
    }

    @Test
    void aViewOutlivesItsImage() {
        Model model = Model.of(Histories.commits(Seeded.random(1), 20));
        Image image = open();
        applyAll(image, model, 1);
        try (ImageView view = image.view();
                EntryIterator entries = view.entries()) {
            image.close();
            assertThat(entries)
                    .toIterable()
                    .containsExactlyElementsOf(model.entriesAt(20).values());
            assertShows(view, model, 20);
        }
    }

    @Test
    void goesOnInAnotherTimelineFromItsOwnEntries() {
        Model model = Model.of(Histories.commits(Seeded.random(2), 20));
        Position fork = model.provenanceAt(20).position().on(2);
        Commit next = commit(fork, Change.put(EntryKey.of("kv", "x"), ByteString.copyFromUtf8("forked")));
        try (Image image = open()) {
            applyAll(image, model, 1);
            assertThatThrownBy(() -> image.apply(next)).isInstanceOf(MismatchException.class);
            try (ImageView view = image.view();
                    EntryIterator entries = view.entries()) {
                image.load(image.provenance().on(2), entries);
            }
            Digest digest = image.apply(next);
            assertThat(image.provenance()).isEqualTo(Provenance.of(next.header(), digest));
            NavigableMap<EntryKey, Entry> expected = model.entriesAt(20);
            expected.put(EntryKey.of("kv", "x"), Entry.of(next.changes().get(0)));
            assertThat(digest).isEqualTo(Model.digestOf(expected.values()));
        }
    }

    @Test
    void onlyTheNextCommitIsTaken() {
        Model model = Model.of(Histories.commits(Seeded.random(3), 5));
        try (Image image = open()) {
            assertThatThrownBy(() -> image.apply(model.commit(2)))
                    .isInstanceOf(MismatchException.class)
                    .hasMessageContaining("expected seq 1 next, found seq 2");
            image.apply(model.commit(1));
            image.apply(model.commit(2));
            assertThatThrownBy(() -> image.apply(model.commit(2))).isInstanceOf(MismatchException.class);
            assertThatThrownBy(() -> image.apply(model.commit(4))).isInstanceOf(MismatchException.class);
            assertStands(image, model, 2);
        }
    }

    @Test
    void ofSeveralChangesOfAKeyTheLastCounts() {
        EntryKey a = EntryKey.of("kv", "a");
        EntryKey b = EntryKey.of("kv", "b");
        ByteString one = ByteString.copyFromUtf8("1");
        ByteString two = ByteString.copyFromUtf8("2");
        Commit commit = commit(
                Position.START,
                Change.put(a, one),
                Change.put(b, one),
                Change.delete(b),
                Change.put(a, two, ByteString.copyFromUtf8("{\"v\":1}")),
                Change.delete(EntryKey.of("kv", "c")));
        try (Image image = open()) {
            image.apply(commit);
            assertStands(image, Model.of(List.of(commit)), 1);
            assertThat(image.provenance().digest().count()).isEqualTo(1);
        }
    }

    @Test
    void aCommitMayChangeNothing() {
        Commit commit = commit(Position.START);
        try (Image image = open()) {
            assertThat(image.apply(commit)).isEqualTo(Digest.EMPTY);
            assertThat(image.provenance().seq()).isEqualTo(1);
        }
    }

    @Test
    void manyChangesAndLargeValuesInOneCommit() {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            changes.add(Change.put(EntryKey.of("kv", "k" + i % 2000), ByteString.copyFromUtf8("v" + i)));
        }
        changes.add(Change.put(EntryKey.of("kv", "large"), ByteString.copyFrom(new byte[1 << 20])));
        Commit first = commit(Position.START, changes.toArray(Change[]::new));
        Position behind = Provenance.of(first.header(), Digest.EMPTY).position();
        Commit second = commit(behind, Change.delete(EntryKey.of("kv", "large")));
        try (Image image = open()) {
            image.apply(first);
            image.apply(second);
            assertStands(image, Model.of(List.of(first, second)), 2);
        }
    }

    @Test
    void digestsAreRememberedUntilTheyAreNotNeeded() {
        Model model = Model.of(Histories.commits(Seeded.random(4), 40));
        try (Image image = open()) {
            applyAll(image, model, 1);
            for (long needed : new long[] {1, 7, 7, 3, 40}) {
                image.forgetDigestsBefore(needed);
                for (long seq = Math.max(needed, 7); seq <= 40; seq++) {
                    assertThat(image.digestAt(seq)).isEqualTo(model.digestAt(seq));
                }
            }
            assertThat(image.digestAt(39)).isNull();
            assertThat(image.digestAt(41)).isNull();
            load(image, model.provenanceAt(10), model.entriesAt(10).values());
            assertThat(image.digestAt(40)).isNull();
            image.apply(model.commit(11));
            assertThat(image.digestAt(11)).isEqualTo(model.digestAt(11));
        }
    }

    /** The commit of these changes behind that place. */
    protected static Commit commit(Position at, Change... changes) {
        return Histories.record(at, CommitDraft.of(1, 1, CommitBody.of("", "test", List.of(changes))))
                .commit();
    }

    protected static void applyAll(Image image, Model model, long fromSeq) {
        for (long seq = fromSeq; seq <= model.lastSeq(); seq++) {
            image.apply(model.commit(seq));
        }
    }

    protected static void load(Image image, Provenance at, Iterable<Entry> entries) {
        try (EntryIterator iterator = EntryIterator.of(entries)) {
            image.load(at, iterator);
        }
    }

    protected static void assertStands(Image image, Model model, long seq) {
        assertThat(image.provenance()).isEqualTo(model.provenanceAt(seq));
        try (ImageView view = image.view()) {
            assertShows(view, model, seq);
        }
    }

    private static void assertShows(ImageView view, Model model, long seq) {
        NavigableMap<EntryKey, Entry> expected = model.entriesAt(seq);
        assertThat(view.provenance()).isEqualTo(model.provenanceAt(seq));
        try (EntryIterator entries = view.entries()) {
            assertThat(entries).toIterable().containsExactlyElementsOf(expected.values());
        }
        expected.forEach((key, entry) -> assertThat(view.find(key)).isEqualTo(entry));
        assertThat(view.find(EntryKey.of("kv", "never there"))).isNull();
        assertThat(view.find(EntryKey.of("unknown.space", ""))).isNull();
    }
}
