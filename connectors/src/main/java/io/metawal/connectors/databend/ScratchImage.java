package io.metawal.connectors.databend;

import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitHeader;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.CommitSink;
import io.metawal.storage.rocks.RocksImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What commits come to, on disk for as long as it is open: memory does not grow with it. For one thread. */
public final class ScratchImage implements CommitSink, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ScratchImage.class);

    private final Path directory;
    private final RocksImage image;
    private Position position = Position.START;

    private ScratchImage(Path directory) {
        this.directory = directory;
        this.image = RocksImage.open(directory);
    }

    public static ScratchImage open() {
        try {
            return new ScratchImage(Files.createTempDirectory("metawal-databend-"));
        } catch (IOException e) {
            throw new MetawalException(
                    ExitCode.FAILED,
                    "no temporary directory can be made: " + e.getMessage() + ". Give the JVM another -Djava.io.tmpdir",
                    e);
        }
    }

    @Override
    public CompletableFuture<CommitHeader> commit(CommitDraft draft) {
        CommitRecord record =
                CommitRecord.write(position.next(draft.epoch(), draft.timeMicros()), draft.kind(), draft.body());
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
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        } catch (IOException e) {
            LOG.warn("the temporary directory {} cannot be deleted: {}", directory, e.getMessage());
        }
    }
}
