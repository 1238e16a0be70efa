package io.metawal.storage.temp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
        Path notLocked = Files.createDirectory(directory.resolve("metawal-restore-5"));
        Path file = Files.writeString(directory.resolve("metawal-restore-9"), "x");
        try (TempFolder made = TempFolder.in(directory, "test")) {
            assertThat(ownerless).doesNotExist();
            assertThat(hidden).doesNotExist();
            assertThat(foreign).exists();
            assertThat(notLocked).exists();
            assertThat(file).exists();
            assertThat(made.folder()).exists();
        }
    }

    @Test
    void aDirectoryThatIsMissingIsTyped() {
        assertThatThrownBy(() -> TempFolder.in(directory.resolve("missing"), "test"))
                .isInstanceOfSatisfying(
                        MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.UNREACHABLE))
                .hasMessageContaining("missing");
    }
}
