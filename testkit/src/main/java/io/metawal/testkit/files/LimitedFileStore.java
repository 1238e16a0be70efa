package io.metawal.testkit.files;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;
import org.jspecify.annotations.Nullable;

/** A file store that says it has less room than it has. */
final class LimitedFileStore extends FileStore {
    private final FileStore real;
    private final FaultyFiles files;

    LimitedFileStore(FileStore real, FaultyFiles files) {
        this.real = real;
        this.files = files;
    }

    @Override
    public long getUsableSpace() throws IOException {
        return files.usableBytes(real.getUsableSpace());
    }

    @Override
    public long getUnallocatedSpace() throws IOException {
        return files.usableBytes(real.getUnallocatedSpace());
    }

    @Override
    public long getTotalSpace() throws IOException {
        return real.getTotalSpace();
    }

    @Override
    public String name() {
        return real.name();
    }

    @Override
    public String type() {
        return real.type();
    }

    @Override
    public boolean isReadOnly() {
        return real.isReadOnly();
    }

    @Override
    public boolean supportsFileAttributeView(Class<? extends FileAttributeView> type) {
        return real.supportsFileAttributeView(type);
    }

    @Override
    public boolean supportsFileAttributeView(String name) {
        return real.supportsFileAttributeView(name);
    }

    @Override
    public <V extends FileStoreAttributeView> @Nullable V getFileStoreAttributeView(Class<V> type) {
        return real.getFileStoreAttributeView(type);
    }

    @Override
    public Object getAttribute(String attribute) throws IOException {
        return real.getAttribute(attribute);
    }
}
