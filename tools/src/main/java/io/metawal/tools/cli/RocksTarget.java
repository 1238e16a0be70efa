package io.metawal.tools.cli;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import io.metawal.storage.rocks.RocksImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * {@code --into rocksdb:DIR}: the image as this machine keeps it, loaded in sorted bulk. Entries are handed to the loading thread
 * through a short queue. The directory is made under another name and moved into place at the end.
 */
final class RocksTarget implements RestoreTarget {
    private static final int QUEUED_MAX = 4096;

    private final Path directory;
    private final Path part;
    private final BlockingQueue<Object> queue = new ArrayBlockingQueue<>(QUEUED_MAX);
    private static final Object END = new Object();
    private @Nullable CompletableFuture<Void> loading;
    private @Nullable RestorePoint point;
    private long entries;

    RocksTarget(Path directory) {
        this.directory = directory.toAbsolutePath();
        this.part = this.directory.resolveSibling("." + this.directory.getFileName() + ".part-"
                + ProcessHandle.current().pid() + "-" + Integer.toHexString(System.identityHashCode(this)));
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
    public void prepare(RestorePoint to) {
        if (Files.exists(directory)) {
            throw new MetawalException(
                    ExitCode.TARGET_NOT_EMPTY,
                    directory
                            + " exists already: choose another directory, or move it away; a restore never overwrites");
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
        try (RocksImage image = RocksImage.open(part)) {
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
        entries++;
        offer(entry);
    }

    private void offer(Object item) {
        try {
            while (!queue.offer(item, 100, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                CompletableFuture<Void> running = loading;
                if (running != null && running.isDone()) {
                    running.join();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MetawalException(ExitCode.INTERRUPTED, "interrupted while writing to " + directory, e);
        }
    }

    @Override
    public RestoreReport publish() {
        offer(END);
        finish();
        readBack();
        try {
            Files.move(part, directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot move " + part + " to " + directory, e);
        }
        return new RestoreReport(entries, 0, List.of());
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

    private void readBack() {
        RestorePoint expected = point;
        try (RocksImage image = RocksImage.open(part);
                ImageView view = image.view()) {
            if (expected == null || !view.provenance().equals(expected.provenance())) {
                throw new MismatchException(part + " was loaded, but stands at " + view.provenance());
            }
        }
    }

    @Override
    public void close() {
        if (loading != null) {
            // Nobody publishes any more: let the loader come to its end, then take away what it made.
            offer(END);
            finish();
        }
        if (Files.exists(part)) {
            RocksImage.discard(part);
        }
    }
}
