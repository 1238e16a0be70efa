package io.metawal.connectors.databend;

import io.metawal.connectors.file.Scratch;
import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.CommitSink;
import io.metawal.storage.rocks.RocksImage;
import io.metawal.storage.temp.TempFolder;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** What commits come to, on disk for as long as it is open: memory does not grow with it. For one thread. */
public final class ScratchImage implements CommitSink, AutoCloseable {
    private final Scratch directory;
    private final RocksImage image;
    private Position position = Position.START;

    private ScratchImage(Scratch directory) {
        this.directory = directory;
        // RocksDB is native code: whatever file system the path is of, it goes by its name.
        this.image = RocksImage.open(Path.of(directory.file("image").toString()));
    }

    public static ScratchImage open() {
        return open(TempFolder.machineDirectory());
    }

    /** @param parent where its folder is made */
    public static ScratchImage open(Path parent) {
        return new ScratchImage(new Scratch(parent, "databend"));
    }

    @Override
    public CompletableFuture<CommitHeader> commit(CommitDraft draft) {
        CommitRecord record =
                CommitRecord.write(position.next(draft, position.timeMicros()), draft.kind(), draft.body());
        Commit commit = record.commit();
        image.apply(commit);
        position = Position.of(record);
        return CompletableFuture.completedFuture(record.header());
    }

    @Override
    public void observed(long epoch, long timeMicros) {
        // Nobody asks.
    }

    @Override
    public ImageView image() {
        return image.view();
    }

    @Override
    public void close() {
        image.close();
        directory.close();
    }
}
