package io.metawal.pitr.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.metadata.commit.CommitKind;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.storage.object.MemoryObjectStore;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStat;
import io.metawal.storage.object.ObjectStores;
import io.metawal.storage.repository.History;
import io.metawal.testkit.history.Model;
import io.metawal.testkit.repository.RepositoryFixture;
import io.metawal.testkit.seed.Seeded;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the window offers is there, and what it does not offer is not, whatever was lost (I5, I9). */
class WindowTest {
    private static final Pattern SEQ = Pattern.compile("seq:(\\d+)");

    @TempDir
    Path scratch;

    @Test
    void offersWhatCanBeRestoredAndNothingElse() {
        Seeded.check(12, random -> {
            MemoryObjectStore store = new MemoryObjectStore(RepositoryFixture.CLOCK);
            RepositoryFixture fixture = written(store, random);
            lose(store, random);
            check(fixture);
        });
    }

    private static RepositoryFixture written(MemoryObjectStore store, RandomGenerator random) {
        RepositoryFixture fixture = new RepositoryFixture(store, random);
        if (random.nextBoolean()) {
            fixture.appendBase(1 + random.nextInt(4), "").cut();
        }
        for (int n = 4 + random.nextInt(5); n > 0; n--) {
            fixture.append(1 + random.nextInt(5)).cut();
            switch (random.nextInt(5)) {
                case 0, 1 -> fixture.snapshot(1 + random.nextInt(10));
                case 2 -> fixture.reopen();
                case 3 -> fixture.appendBase(1 + random.nextInt(3), "");
                default -> fixture.append(1);
            }
        }
        fixture.append(1);
        if (random.nextInt(4) == 0) {
            fixture.appendBasePiece(CommitKind.BASE_PART, true, "");
        }
        fixture.cut();
        if (random.nextInt(3) == 0) {
            fixture.fork(1 + random.nextLong(fixture.model().lastSeq()));
            fixture.append(3).cut();
            fixture.append(3).cut();
        }
        return fixture;
    }

    /** Segments, snapshots and their pieces go missing, or are damaged inside. */
    private static void lose(MemoryObjectStore store, RandomGenerator random) {
        int odds = 2 + random.nextInt(8);
        for (ObjectStat stat : ObjectStores.all(store, "")) {
            ObjectKey key = stat.key();
            boolean large = key.value().startsWith("segments/") || key.value().startsWith("snapshots/");
            if (large && random.nextInt(odds) == 0) {
                store.delete(key);
            }
        }
    }

    private void check(RepositoryFixture fixture) {
        History history = History.load(fixture.repository());
        Window window = Window.of(history, fixture.timeline());
        Model model = fixture.model();
        Position from = window.from();
        Position to = window.to();
        assertThat(from == null).isEqualTo(to == null);
        for (long seq = 1; seq <= model.lastSeq(); seq++) {
            boolean point = model.commit(seq).header().kind().restorable();
            boolean restored = restored(history, model, seq);
            if (from != null && to != null && seq >= from.seq() && seq <= to.seq()) {
                assertThat(restored).as("seq %d in %s", seq, window).isEqualTo(point);
            }
            if (to == null || seq > to.seq()) {
                assertThat(restored).as("seq %d behind %s", seq, window).isFalse();
            }
        }
        if (to != null) {
            assertThat(model.commit(to.seq()).header().chain()).isEqualTo(to.chain());
            assertThat(to.timeline()).isEqualTo(fixture.timeline());
        }
    }

    /** Restores to the model's image, or is refused with points that can be restored. */
    private boolean restored(History history, Model model, long seq) {
        try {
            assertThat(Restored.from(history, "seq:" + seq, scratch))
                    .as("seq:" + seq)
                    .isEqualTo(model.entriesAt(seq));
            return true;
        } catch (MetawalException e) {
            int said = e.text().indexOf("nearest point");
            Matcher named = SEQ.matcher(said < 0 ? "" : e.text().substring(said));
            while (named.find()) {
                long nearest = Long.parseLong(named.group(1));
                if (model.commit(nearest).header().kind().restorable()) {
                    assertThat(Restored.from(history, "seq:" + nearest, scratch))
                            .as(e.text())
                            .isEqualTo(model.entriesAt(nearest));
                }
            }
            return false;
        }
    }

    @Test
    void aDamagedSegmentAtTheEndIsNotOffered() {
        MemoryObjectStore store = new MemoryObjectStore(RepositoryFixture.CLOCK);
        RepositoryFixture fixture = new RepositoryFixture(store, Seeded.random(5));
        fixture.append(10).cut();
        ObjectKey last = fixture.append(10).cut().key();
        byte[] bytes = store.read(last);
        bytes[bytes.length / 2] ^= 1;
        store.replace(last, bytes);
        Window window = Window.of(History.load(fixture.repository()), 1);
        assertThat(window.to()).isEqualTo(fixture.model().provenanceAt(10).position());
        assertThat(window.gaps())
                .isEqualTo(List.of(new Window.Missing(10, "the segments of seq 11 to 20 are missing or damaged")));
    }
}
