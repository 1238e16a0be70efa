package io.metawal.tools.cli;

import io.metawal.connectors.file.PublishedFile;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.LocalFaults;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import io.metawal.storage.rocks.RocksImage;
import io.metawal.storage.temp.TempFolder;
import io.metawal.wal.DurableFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code --into rocksdb:DIR}: the image as this machine keeps it, loaded in sorted bulk. Entries are handed to the loading thread
 * through a short queue. The directory is made under another name and moved into place at the end.
 */
final class RocksTarget implements RestoreTarget {
    private static final Logger LOG = LoggerFactory.getLogger(RocksTarget.class);
    private static final int QUEUED_MAX = 4096;
    /** LZ4, with which values are compressed, makes a byte of this many at most; of keys only what differs is kept. */
    private static final int COMPRESSION_MAX = 255;

    private final Path directory;
    private @Nullable TempFolder beside;
    private final BlockingQueue<Object> queue = new ArrayBlockingQueue<>(QUEUED_MAX);
    private static final Object END = new Object();
    private @Nullable CompletableFuture<Void> loading;
    private @Nullable RestorePoint point;
    private final Runnable loaded;
    private Digest given = Digest.EMPTY;
    private long examined;
    private long valueBytes;

    RocksTarget(Path directory) {
        this(directory, () -> {});
    }

    /** @param loaded run when the database is on disk, before it is read back */
    RocksTarget(Path directory, Runnable loaded) {
        this.loaded = loaded;
        this.directory = directory.toAbsolutePath();
    }

    @Override
    public String describe() {
        return "rocksdb:" + directory;
    }

    @Override
    public boolean staged() {
        return true;
    }

    @Override
    public void check(RestorePoint to) {
        PublishedFile.check(directory);
        RocksImage.requireLibrary();
    }

    @Override
    public void examine(Entry entry) {
        examined++;
        valueBytes += entry.value().size();
    }

    @Override
    public RestoreReport ready() {
        PublishedFile.requireRoom(directory, valueBytes / COMPRESSION_MAX);
        return new RestoreReport(examined, 0, List.of());
    }

    private Path part() {
        return Objects.requireNonNull(beside, "prepare comes first").file("image");
    }

    @Override
    public void prepare(RestorePoint to) {
        check(to);
        TempFolder folder = TempFolder.hiddenIn(Objects.requireNonNull(directory.getParent()), "part");
        beside = folder;
        try {
            // A temporary directory has mode 0700, and keeps it under its final name.
            Files.move(Files.createTempDirectory(folder.folder(), "image"), part());
        } catch (IOException e) {
            throw LocalFaults.of("cannot make " + part(), e);
        }
        point = to;
        CompletableFuture<Void> started = CompletableFuture.runAsync(() -> load(to), task -> {
            Thread thread = new Thread(task, "metawal-rocksdb-target");
            thread.setDaemon(true);
            thread.start();
        });
        loading = started;
    }

    private void load(RestorePoint to) {
        try (RocksImage image = RocksImage.open(part())) {
            image.load(to.provenance(), new Queued());
        }
    }

    private final class Queued implements EntryIterator {
        private @Nullable Object next;

        @Override
        public boolean hasNext() {
            try {
                if (next == null) {
                    next = queue.take();
                }
                return next != END;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new MetawalException(ExitCode.INTERRUPTED, "interrupted while loading " + directory, e);
            }
        }

        @Override
        public Entry next() {
            if (!hasNext() || !(next instanceof Entry entry)) {
                throw new NoSuchElementException();
            }
            next = null;
            return entry;
        }

        @Override
        public void close() {}
    }

    @Override
    public void write(Entry entry) {
        given = given.plus(Digest.of(entry));
        offer(entry);
    }

    private void offer(Object item) {
        try {
            while (!queue.offer(item, 100, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                CompletableFuture<Void> running = loading;
                if (running != null && running.isDone()) {
                    finish();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MetawalException(ExitCode.INTERRUPTED, "interrupted while writing to " + directory, e);
        }
    }

    @Override
    public RestoreReport publish(Runnable beforeVisible) {
        offer(END);
        finish();
        loaded.run();
        RocksReadBack.compare(part(), Objects.requireNonNull(point, "prepare comes first"), given);
        beforeVisible.run();
        try {
            Objects.requireNonNull(beside).moveOut(part().getFileName().toString(), directory);
            forced();
        } catch (FileAlreadyExistsException e) {
            throw new MetawalException(
                    ExitCode.TARGET_NOT_EMPTY, directory + " was created by somebody else meanwhile", e);
        } catch (IOException e) {
            throw LocalFaults.of("cannot move " + part() + " to " + directory, e);
        }
        return new RestoreReport(given.count(), 0, List.of());
    }

    /** What may not survive a power loss is no restore: it is taken back. */
    private void forced() throws IOException {
        try {
            DurableFile.forceDirectory(Objects.requireNonNull(directory.getParent()));
        } catch (IOException e) {
            Files.move(directory, part());
            throw e;
        }
    }

    private void finish() {
        CompletableFuture<Void> running = loading;
        loading = null;
        if (running == null) {
            return;
        }
        try {
            running.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof MetawalException known) {
                throw known;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        try {
            if (loading != null) {
                // Nobody publishes any more: let the loader come to its end, then take away what it made.
                offer(END);
                finish();
            }
        } catch (MetawalException notPublished) {
            LOG.debug("{} was not loaded to its end: {}", directory, notPublished.text());
        } finally {
            if (beside != null) {
                beside.close();
            }
        }
    }
}
