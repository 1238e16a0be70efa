package io.metawal.testkit.image;

import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.Image;
import io.metawal.storage.rocks.RocksImage;
import io.metawal.testkit.history.Histories;
import io.metawal.testkit.history.Model;
import io.metawal.testkit.seed.Seeded;
import java.nio.file.Path;

/** A process that works on an image until it is killed: applies one history, and loads a point of it now and then. */
final class RocksImageProcess {
    static final int COMMITS = 20_000;
    static final int LOAD_EVERY = 501;
    static final long SEED = 77;

    private RocksImageProcess() {}

    static Model model() {
        return Model.of(Histories.commits(Seeded.random(SEED), COMMITS));
    }

    public static void main(String[] args) {
        Model model = model();
        try (Image image = RocksImage.open(Path.of(args[0]))) {
            System.out.println("open at " + image.provenance().seq());
            while (image.provenance().seq() < COMMITS) {
                Commit commit = model.commit(image.provenance().seq() + 1);
                image.apply(commit);
                if (commit.seq() % LOAD_EVERY == 0) {
                    load(image, model, commit.seq() - 2);
                    image.apply(model.commit(commit.seq() - 1));
                    image.apply(commit);
                }
                System.out.println(commit.seq());
            }
        }
    }

    private static void load(Image image, Model model, long seq) {
        try (EntryIterator entries = EntryIterator.of(model.entriesAt(seq).values())) {
            image.load(model.provenanceAt(seq), entries);
        }
    }
}
