package io.metawal.tools.engine;

import io.metawal.metadata.fault.LocalFaults;
import io.metawal.metadata.image.Image;
import io.metawal.metadata.image.Provenance;
import io.metawal.storage.repository.History;
import io.metawal.storage.repository.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** The image of a machine that does not write: kept where the archive is, by the archive alone. For one thread. */
public final class WarmImage implements AutoCloseable {
    private final Repository repository;
    private final EngineConfig config;
    private final InstantSource clock;
    private @Nullable Image image;
    private volatile long seq;

    public WarmImage(Repository repository, EngineConfig config, InstantSource clock) {
        this.repository = repository;
        this.config = config;
        this.clock = clock;
    }

    /** The last commit that it has. */
    public long seq() {
        return seq;
    }

    /** Goes on to where the archive is now. */
    public void catchUp() {
        History history = History.load(repository);
        Provenance archived = history.end(TimelineChoice.of(history, config.timeline(), config.source()))
                .at();
        ImageLoader loader = new ImageLoader(history, config.imageDirectory(), config.scratchDirectory());
        Image open = image;
        if (open == null || !loader.follow(open, archived)) {
            close();
            scratch();
            open = loader.openAt(archived, clock.instant());
            image = open;
        }
        seq = open.provenance().seq();
    }

    private void scratch() {
        try {
            Files.createDirectories(config.scratchDirectory());
        } catch (IOException e) {
            throw LocalFaults.of("cannot make " + config.scratchDirectory(), e);
        }
    }

    @Override
    public void close() {
        Image open = image;
        image = null;
        if (open != null) {
            open.close();
        }
    }
}
