package io.metawal.storage.temp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TempFolderTest {
    @TempDir
    Path directory;

    @Test
    void isForItsOwnerAloneAndGoesWithEverythingInIt() throws Exception {
        Path folder;
        try (TempFolder made = TempFolder.in(directory, "test")) {
            folder = made.folder();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                    .isEqualTo("rwx------");
            Files.createDirectories(made.file("a/b"));
            Files.writeString(made.file("a/b/c"), "x");
        }
        assertThat(folder).doesNotExist();
    }

    @Test
    void theFoldersOfOthersStayAndThoseWithoutAnOwnerGo() throws Exception {
        Path ownerless = Files.createDirectory(directory.resolve("metawal-restore-123"));
        Files.writeString(ownerless.resolve(TempFolder.LOCK), "");
        Files.writeString(ownerless.resolve("staged"), "x");
        Path hidden = Files.createDirectory(directory.resolve(".metawal-part-77"));
        Files.writeString(hidden.resolve(TempFolder.LOCK), "");
        Path foreign = Files.createDirectory(directory.resolve("metawal-restore-x"));
        Path killedBeforeItsLock = Files.createDirectory(directory.resolve("metawal-restore-5"));
        Path justMade = Files.createDirectory(directory.resolve("metawal-restore-6"));
        Path notOurs = Files.createDirectory(directory.resolve("metawal-databases-7"));
        Files.writeString(notOurs.resolve("data"), "x");
        FileTime longAgo = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
        Files.setLastModifiedTime(killedBeforeItsLock, longAgo);
        Files.setLastModifiedTime(notOurs, longAgo);
        Path file = Files.writeString(directory.resolve("metawal-restore-9"), "x");
        try (TempFolder made = TempFolder.in(directory, "test")) {
            assertThat(ownerless).doesNotExist();
            assertThat(hidden).doesNotExist();
            assertThat(foreign).exists();
            assertThat(killedBeforeItsLock).doesNotExist();
            assertThat(justMade).exists();
            assertThat(notOurs.resolve("data")).exists();
            assertThat(file).exists();
            assertThat(made.folder()).exists();
        }
    }

    /** The end of the process comes while a thread publishes: what becomes visible is complete. */
    @Test
    void theEndWaitsForWhatIsBeingPublished() throws Exception {
        TempFolder made = TempFolder.in(directory, "test");
        Files.createDirectory(made.file("image"));
        Files.writeString(made.file("image/first"), "1");
        Path place = directory.resolve("published");
        Thread end = new Thread(() -> OpenFolders.delete(made.folder()));
        made.publish(() -> {
            end.start();
            while (end.getState() == Thread.State.NEW || end.getState() == Thread.State.RUNNABLE) {
                Thread.onSpinWait();
            }
            Files.move(made.file("image"), place);
        });
        end.join();
        assertThat(place.resolve("first")).hasContent("1");
        assertThat(made.folder()).doesNotExist();
    }

    /** Files of the folder may be gone by then. */
    @Test
    void nothingIsPublishedOnceTheEndHasBegun() throws Exception {
        TempFolder made = TempFolder.in(directory, "test");
        Files.createDirectory(made.file("image"));
        OpenFolders.delete(made.folder());
        // As if the deletion had not come so far.
        Files.createDirectories(made.file("image"));
        Path place = directory.resolve("published");
        assertThatThrownBy(() -> made.moveOut("image", place))
                .isInstanceOfSatisfying(
                        MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.INTERRUPTED));
        assertThat(place).doesNotExist();
    }

    @Test
    void aDirectoryThatIsMissingIsTyped() {
        assertThatThrownBy(() -> TempFolder.in(directory.resolve("missing"), "test"))
                .isInstanceOfSatisfying(
                        MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.UNREACHABLE))
                .hasMessageContaining("missing");
    }

    @Test
    void aFolderThatAThreadStillFillsGoesCompletelyOrKeepsTheLockThatASweepNeeds() throws Exception {
        for (int round = 0; round < 200; round++) {
            TempFolder made = TempFolder.in(directory, "test");
            AtomicBoolean closed = new AtomicBoolean();
            Thread filling = new Thread(() -> fill(made, closed));
            filling.start();
            made.close();
            closed.set(true);
            filling.join();
            boolean swept = Files.notExists(made.folder());
            assertThat(swept || Files.exists(made.file(TempFolder.LOCK))).isTrue();
        }
    }

    private static void fill(TempFolder folder, AtomicBoolean closed) {
        for (int n = 0; !closed.get(); n++) {
            try {
                Files.writeString(folder.file("a" + n), "x");
                Files.writeString(folder.file("z" + n), "x");
            } catch (IOException gone) {
                return;
            }
        }
    }
}
