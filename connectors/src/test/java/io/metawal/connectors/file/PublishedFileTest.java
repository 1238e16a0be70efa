package io.metawal.connectors.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metawal.metadata.fault.DiskFullException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.testkit.files.FaultMatrix;
import io.metawal.testkit.files.FaultyFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file comes into its place complete, on file systems with hard links and without, and replaces nothing. */
class PublishedFileTest {
    @TempDir
    Path directory;

    private static void publish(Path file, String text) {
        try (PublishedFile out = new PublishedFile(file)) {
            out.line(text);
            out.verify();
            out.publish();
        }
    }

    private void publishes(Path folder) throws IOException {
        publish(folder.resolve("out"), "hello");
        assertThat(directory.resolve("out")).hasContent("hello");
        assertThat(FaultMatrix.names(directory)).containsExactly("out");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("out"))))
                .isEqualTo("rw-------");
        assertThatThrownBy(() -> publish(folder.resolve("out"), "other"))
                .isInstanceOfSatisfying(
                        MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.TARGET_NOT_EMPTY));
        assertThat(directory.resolve("out")).hasContent("hello");
        assertThat(FaultMatrix.names(directory)).containsExactly("out");
    }

    @Test
    void withLinks() throws IOException {
        publishes(directory);
    }

    @Test
    void withoutLinks() throws IOException {
        publishes(FaultyFiles.withoutLinks(directory).directory());
    }

    /** The second place is taken meanwhile: the first file goes again. */
    @Test
    void severalFilesArePublishedAsOne() throws IOException {
        Path first = directory.resolve("first");
        Path second = directory.resolve("second");
        try (PublishedFile one = new PublishedFile(first);
                PublishedFile two = new PublishedFile(second)) {
            for (PublishedFile each : List.of(one, two)) {
                each.line("ours");
                each.verify();
            }
            Files.writeString(second, "theirs");
            assertThatThrownBy(() -> PublishedFile.publishAll(List.of(one, two)))
                    .isInstanceOfSatisfying(
                            MetawalException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.TARGET_NOT_EMPTY));
            assertThat(first).doesNotExist();
            assertThat(second).hasContent("theirs");
            Files.delete(second);
            PublishedFile.publishAll(List.of(one, two));
        }
        assertThat(first).hasContent("ours");
        assertThat(second).hasContent("ours");
    }

    @Test
    void aFileThatThereIsNoRoomForIsRefusedByName() {
        Path small = FaultyFiles.withRoom(directory, 10).directory();
        PublishedFile.requireRoom(small.resolve("out"), 10);
        assertThatThrownBy(() -> PublishedFile.requireRoom(small.resolve("out"), 11))
                .isInstanceOf(DiskFullException.class)
                .hasMessageContaining("out: it needs 11 bytes, and its file system has 10 left");
    }

    @Test
    void nothingIsLeftOfOneThatIsNotPublished() {
        try (PublishedFile out = new PublishedFile(directory.resolve("out"))) {
            out.line("hello");
            out.verify();
        }
        assertThat(directory).isEmptyDirectory();
    }
}
