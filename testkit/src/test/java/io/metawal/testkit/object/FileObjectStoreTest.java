package io.metawal.testkit.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.fault.ObjectNotFoundException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.storage.object.FileObjectStore;
import io.metawal.storage.object.ObjectBody;
import io.metawal.storage.object.ObjectKey;
import io.metawal.storage.object.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileObjectStoreTest extends ObjectStoreContract {
    private static final ObjectKey KEY = new ObjectKey("segments/1/0a");
    private static final ObjectBody BODY = ObjectBody.of(new byte[] {1, 2, 3});

    @TempDir
    private Path root;

    @Override
    protected ObjectStore open() {
        return new FileObjectStore(root, InstantSource.system());
    }

    @Test
    void nothingButTheObjectIsLeft() throws IOException {
        ObjectStore store = open();
        store.create(KEY, BODY);
        store.replace(KEY, new byte[1]);
        try (var files = Files.walk(root)) {
            assertThat(files.filter(Files::isRegularFile)).containsExactly(root.resolve(KEY.value()));
        }
        store.delete(KEY);
        assertThat(root.resolve("segments")).doesNotExist();
        assertThat(root).exists();
    }

    @Test
    void aDeleteLeavesALinkedFolderInPlace(@TempDir Path otherDisk) throws IOException {
        Files.createSymbolicLink(root.resolve("segments"), otherDisk);
        ObjectStore store = open();
        store.create(KEY, BODY);
        store.delete(KEY);
        assertThat(Files.isSymbolicLink(root.resolve("segments"))).isTrue();
        store.create(KEY, BODY);
        assertThat(store.list("", "", 9)).hasSize(1);
    }

    @Test
    void foreignFilesAreNotListed() throws IOException {
        Files.createFile(root.resolve(".hidden"));
        Files.createFile(root.resolve("a file~"));
        Files.createDirectory(root.resolve("lost+found"));
        Files.createDirectory(root.resolve("empty"));
        assertThat(open().list("", "", 9)).isEmpty();
    }

    @Test
    void aKeyIsNoFolderOfAnother() {
        ObjectStore store = open();
        store.create(new ObjectKey("a"), BODY);
        store.create(new ObjectKey("b/c"), BODY);
        assertThatThrownBy(() -> store.create(new ObjectKey("a/b"), BODY))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("a/b cannot be created in file:" + root + ": a is an object");
        assertThatThrownBy(() -> store.create(new ObjectKey("b"), BODY))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("b cannot be an object");
        assertThatThrownBy(() -> store.replace(new ObjectKey("b"), new byte[1])).isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> store.replace(new ObjectKey("a/b"), new byte[1]))
                .isInstanceOf(UsageException.class);
        assertThat(store.list("", "", 9)).hasSize(2);
    }

    @Test
    void aStoreThatIsGoneIsNotAnEmptyOne() throws IOException {
        ObjectStore store = open();
        store.create(KEY, BODY);
        Files.move(root, root.resolveSibling("elsewhere"));
        try {
            List<ThrowingCallable> calls = List.of(
                    () -> store.create(new ObjectKey("b/c"), BODY),
                    () -> store.replace(KEY, new byte[1]),
                    () -> store.read(KEY),
                    () -> store.read(KEY, 0, 1),
                    () -> store.stat(KEY),
                    () -> store.list("", "", 1),
                    () -> store.list("segments/1/", "", 1),
                    () -> store.delete(KEY));
            for (ThrowingCallable call : calls) {
                assertThatThrownBy(call)
                        .isInstanceOf(UnreachableException.class)
                        .hasMessageContaining(root + " is missing or no directory: mount it");
            }
            assertThat(root).doesNotExist();
        } finally {
            Files.move(root.resolveSibling("elsewhere"), root);
        }
        assertThat(store.read(KEY)).hasSize(3);
    }

    @Test
    void whatACrashedWriterLeftGoesAfterADay() throws IOException {
        Path temps = Files.createDirectory(root.resolve(".tmp"));
        Path stale = Files.createFile(temps.resolve("1-1"));
        Path young = Files.createFile(temps.resolve("1-2"));
        Instant now = Instant.parse("2026-11-21T12:00:00Z");
        Files.setLastModifiedTime(stale, FileTime.from(now.minus(Duration.ofHours(25))));
        Files.setLastModifiedTime(young, FileTime.from(now.minus(Duration.ofHours(23))));
        new FileObjectStore(root, InstantSource.fixed(now)).create(KEY, BODY);
        assertThat(stale).doesNotExist();
        assertThat(young).exists();
    }

    @Test
    void aNameThatIsTakenAmongTheTempsIsPassedOver() throws IOException {
        Path temps = Files.createDirectory(root.resolve(".tmp"));
        Path another = temps.resolve(ProcessHandle.current().pid() + "-1");
        Files.write(another, new byte[9]);
        open().create(KEY, BODY);
        assertThat(another).hasSize(9);
        assertThat(open().read(KEY)).hasSize(3);
    }

    @Test
    void anInterruptedReaderIsToldSo() {
        ObjectStore store = open();
        store.create(KEY, BODY);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> store.read(KEY, 0, 1)).hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
        Thread.currentThread().interrupt();
        ObjectKey other = new ObjectKey("b");
        assertThatThrownBy(() -> store.create(other, BODY)).hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
        assertThatThrownBy(() -> store.read(other)).isInstanceOf(ObjectNotFoundException.class);
    }
}
