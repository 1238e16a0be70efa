package io.metawal.storage.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.ObjectExistsException;
import io.metawal.metadata.fault.UnknownOutcomeException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UsageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What no healthy disk does. */
class FileObjectStoreFaultTest {
    private static final ObjectKey KEY = new ObjectKey("segments/1/0a");
    private static final ObjectBody BODY = ObjectBody.of(new byte[] {1, 2, 3});

    @TempDir
    private Path root;

    private final Calls calls = new Calls();

    private ObjectStore store() {
        return new FileObjectStore(root, InstantSource.system(), calls);
    }

    @Test
    void everyFolderUpToTheRootIsForced() {
        store().create(KEY, BODY);
        assertThat(calls.forced).containsExactly(root.resolve("segments/1"), root.resolve("segments"), root);
        calls.forced.clear();
        store().replace(KEY, new byte[1]);
        assertThat(calls.forced).hasSize(3);
    }

    @Test
    void aForceThatFailsLeavesTheOutcomeUnknown() throws IOException {
        calls.onForce = new IOException("Input/output error");
        assertThatThrownBy(() -> store().create(KEY, BODY))
                .isInstanceOf(UnknownOutcomeException.class)
                .hasMessage("file:" + root + ": whether it did create segments/1/0a for good is not known"
                        + " (Input/output error): read it back before anything else");
        assertThatThrownBy(() -> store().replace(KEY, new byte[1])).isInstanceOf(UnknownOutcomeException.class);
        assertThatThrownBy(() -> store().delete(KEY)).isInstanceOf(UnknownOutcomeException.class);
        assertNoTemps();
    }

    @Test
    void aFullDiskIsSaidToBeFull() throws IOException {
        calls.onLink = new FileSystemException("x", null, "No space left on device");
        calls.onMove = new FileSystemException("x", null, "Disk quota exceeded");
        assertThatThrownBy(() -> store().create(KEY, BODY))
                .isInstanceOf(UnreachableException.class)
                .hasMessageContaining("the store is full");
        assertThatThrownBy(() -> store().replace(KEY, new byte[1]))
                .isInstanceOf(UnreachableException.class)
                .hasMessageContaining("the store is full");
        assertNoTemps();
    }

    @Test
    void aBodyThatBreaksOffLeavesNothing() throws IOException {
        ObjectBody full = new ObjectBody() {
            @Override
            public long size() {
                return 9;
            }

            @Override
            public InputStream open(long offset) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        assertThatThrownBy(() -> store().create(KEY, full)).hasMessageContaining("the store is full");
        ObjectBody shorter = new ObjectBody() {
            @Override
            public long size() {
                return 9;
            }

            @Override
            public InputStream open(long offset) {
                return InputStream.nullInputStream();
            }
        };
        assertThatThrownBy(() -> store().create(KEY, shorter))
                .isInstanceOf(UnreachableException.class)
                .hasMessageContaining("announced 9 bytes, gave 0");
        assertThat(store().stat(KEY)).isNull();
        assertNoTemps();
    }

    @Test
    void aMissingPermissionNamesThePath() {
        calls.onLink = new AccessDeniedException(root + "/segments");
        assertThatThrownBy(() -> store().create(KEY, BODY))
                .asInstanceOf(type(MetawalException.class))
                .matches(e -> e.code() == ExitCode.ACCESS_DENIED)
                .matches(e -> e.text().contains(root + "/segments") && e.text().contains("grant"));
        calls.onLink = new FileSystemException("x", null, "Read-only file system");
        assertThatThrownBy(() -> store().create(KEY, BODY))
                .asInstanceOf(type(MetawalException.class))
                .matches(e -> e.code() == ExitCode.ACCESS_DENIED);
    }

    @Test
    void withoutHardLinksThereIsNoExclusion() {
        calls.onLink = new FileSystemException("x", null, "Operation not permitted");
        assertThatThrownBy(() -> store().create(KEY, BODY))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("without hard links");
    }

    @Test
    void aLinkOfWhichNothingIsKnownIsUnknown() {
        calls.onLink = new IOException("Stale file handle");
        assertThatThrownBy(() -> store().create(KEY, BODY)).isInstanceOf(UnknownOutcomeException.class);
    }

    @Test
    void aLinkWhoseReplyWasLostIsRecognised() {
        calls.linkTwice = true;
        store().create(KEY, BODY);
        assertThat(store().read(KEY)).hasSize(3);
        calls.linkTwice = false;
        calls.onLink = new FileAlreadyExistsException("x");
        ObjectKey other = new ObjectKey("segments/1/0b");
        assertThatThrownBy(() -> store().create(other, BODY)).isInstanceOf(ObjectExistsException.class);
    }

    private void assertNoTemps() throws IOException {
        try (var temps = Files.list(root.resolve(TempFiles.FOLDER))) {
            assertThat(temps).isEmpty();
        }
    }

    private static final class Calls implements DirectoryCalls {
        final List<Path> forced = new ArrayList<>();

        @Nullable
        IOException onLink;

        @Nullable
        IOException onMove;

        @Nullable
        IOException onForce;

        boolean linkTwice;

        @Override
        public void link(Path from, Path to) throws IOException {
            fail(onLink);
            REAL.link(from, to);
            if (linkTwice) {
                REAL.link(from, to);
            }
        }

        @Override
        public void move(Path from, Path to) throws IOException {
            fail(onMove);
            REAL.move(from, to);
        }

        @Override
        public void force(Path folder) throws IOException {
            fail(onForce);
            forced.add(folder);
            REAL.force(folder);
        }

        private static void fail(@Nullable IOException with) throws IOException {
            if (with != null) {
                throw with;
            }
        }
    }
}
